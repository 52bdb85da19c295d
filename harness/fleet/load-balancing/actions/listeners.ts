import type {
  CreateListenerInput,
  CreateListenerOutput,
  DeleteListenerInput,
  DescribeListenerAttributesInput,
  DescribeListenerAttributesOutput,
  DescribeListenersInput,
  DescribeListenersOutput,
  Listener as ShownListener,
  ModifyListenerAttributesInput,
  ModifyListenerAttributesOutput,
  ModifyListenerInput,
  ModifyListenerOutput,
} from '@aws-sdk/client-elastic-load-balancing-v2';

import { ServiceError, notDoneHere, validationError } from '../../protocol/errors';
import type { ActionHandlers } from '../../protocol/query-service';
import { listenerAttributes, setAttributes, shownAttributes, usualAttributes } from '../attributes';
import { checkLimit } from '../limits';
import { page } from '../paging';
import type { Listener, LoadBalancer, Protocol } from '../resources';
import { ruleActions } from '../rules/action-settings';
import { checkSslPolicy, usualSslPolicy } from '../ssl-policies';
import { type Store, newId } from '../store';
import { certificateArns } from './certificates';
import { protocolOf } from './health-check-settings';
import { newRuleArn } from './rules';
import { tagMap } from './tags';

type Asked = CreateListenerInput | ModifyListenerInput;

function shown({
  arn,
  loadBalancer,
  port,
  protocol,
  certificates,
  sslPolicy,
  rules,
}: Listener): ShownListener {
  return {
    ListenerArn: arn,
    LoadBalancerArn: loadBalancer.arn,
    Port: port,
    Protocol: protocol,
    DefaultActions: [...(rules.at(-1)?.actions ?? [])],
    ...(protocol === 'HTTPS'
      ? {
          Certificates: certificates.slice(0, 1).map((CertificateArn) => ({ CertificateArn })),
          SslPolicy: sslPolicy,
          MutualAuthentication: { Mode: 'off' },
        }
      : {}),
  };
}

function refuseNotDone({ AlpnPolicy, MutualAuthentication }: Asked): void {
  if (AlpnPolicy !== undefined && AlpnPolicy.length > 0) {
    throw new ServiceError(
      'ALPNPolicyNotFound',
      'ALPN policies are for TLS listeners of Network Load Balancers',
    );
  }
  if ((MutualAuthentication?.Mode ?? 'off') !== 'off') {
    throw notDoneHere('elasticloadbalancing: mutual TLS authentication');
  }
}

function checkPort(port: number | undefined): asserts port is number {
  if (port === undefined || port < 1 || port > 65_535) {
    throw validationError(`Listener port '${port ?? ''}' must be between '1' and '65535' inclusive`);
  }
}

/** What a protocol needs: certificates and a policy, or neither. */
function security(protocol: Protocol, certificates: readonly string[], policy: string | undefined): void {
  if (protocol === 'HTTP' && (certificates.length > 0 || policy !== undefined)) {
    throw new ServiceError(
      'InvalidConfigurationRequest',
      'Certificates and SSL policies cannot be specified for HTTP listeners',
    );
  }
  if (protocol === 'HTTPS' && certificates.length === 0) {
    throw validationError('A certificate must be specified for HTTPS listeners');
  }
  if (policy !== undefined) {
    checkSslPolicy(policy);
  }
}

/** The actions on listeners. */
export function listenerActions(store: Store): ActionHandlers {
  function refuseTaken(loadBalancer: LoadBalancer, port: number, but?: Listener): void {
    if (store.listenersOf(loadBalancer).some((other) => other !== but && other.port === port)) {
      throw new ServiceError(
        'DuplicateListener',
        `A listener already exists on this port for this load balancer '${loadBalancer.arn}'`,
      );
    }
  }

  return {
    CreateListener: (input: CreateListenerInput): CreateListenerOutput => {
      const loadBalancer = store.loadBalancer(input.LoadBalancerArn);
      const { Port: port } = input;
      checkPort(port);
      refuseNotDone(input);
      const protocol = protocolOf(input.Protocol, 'a listener');
      const certificates = certificateArns(input.Certificates);
      security(protocol, certificates, input.SslPolicy);
      refuseTaken(loadBalancer, port);
      checkLimit('listeners-per-application-load-balancer', store.listenersOf(loadBalancer).length + 1);
      const arn = `${loadBalancer.arn.replace(':loadbalancer/', ':listener/')}/${newId()}`;
      const listener: Listener = {
        arn,
        tags: tagMap(input.Tags),
        loadBalancer,
        port,
        protocol,
        certificates,
        sslPolicy: protocol === 'HTTPS' ? (input.SslPolicy ?? usualSslPolicy) : undefined,
        rules: [
          {
            arn: newRuleArn(arn),
            tags: new Map(),
            priority: 'default',
            conditions: [],
            actions: ruleActions(input.DefaultActions, store, loadBalancer),
          },
        ],
        attributes: usualAttributes(listenerAttributes(protocol)),
      };
      store.listeners.set(arn, listener);
      return { Listeners: [shown(listener)] };
    },

    DescribeListeners: (input: DescribeListenersInput): DescribeListenersOutput => {
      const { LoadBalancerArn, ListenerArns } = input;
      if ((LoadBalancerArn === undefined) === (ListenerArns === undefined)) {
        throw validationError('You must specify either listener ARNs or a load balancer ARN');
      }
      const listeners =
        ListenerArns?.map((arn) => store.listener(arn)) ??
        store.listenersOf(store.loadBalancer(LoadBalancerArn));
      const { items, nextMarker } = page(listeners, input);
      return { Listeners: items.map(shown), NextMarker: nextMarker };
    },

    ModifyListener: (input: ModifyListenerInput): ModifyListenerOutput => {
      const listener = store.listener(input.ListenerArn);
      const { Port: port = listener.port } = input;
      checkPort(port);
      refuseNotDone(input);
      const protocol =
        input.Protocol === undefined ? listener.protocol : protocolOf(input.Protocol, 'a listener');
      const isSecure = protocol === 'HTTPS';
      const [first] = certificateArns(input.Certificates);
      const certificates =
        first === undefined ? listener.certificates : [first, ...listener.certificates.slice(1)];
      security(protocol, isSecure ? certificates : certificateArns(input.Certificates), input.SslPolicy);
      refuseTaken(listener.loadBalancer, port, listener);
      const actions =
        input.DefaultActions === undefined
          ? undefined
          : ruleActions(input.DefaultActions, store, listener.loadBalancer, listener.rules.at(-1));
      if (protocol !== listener.protocol) {
        const attributes = usualAttributes(listenerAttributes(protocol));
        listener.attributes.clear();
        attributes.forEach((value, key) => listener.attributes.set(key, value));
      }
      listener.port = port;
      listener.protocol = protocol;
      listener.certificates = isSecure ? certificates : [];
      listener.sslPolicy = isSecure ? (input.SslPolicy ?? listener.sslPolicy ?? usualSslPolicy) : undefined;
      const rule = listener.rules.at(-1);
      if (rule !== undefined && actions !== undefined) {
        rule.actions = actions;
      }
      return { Listeners: [shown(listener)] };
    },

    DeleteListener: ({ ListenerArn }: DeleteListenerInput): void => {
      store.listeners.delete(store.listener(ListenerArn).arn);
    },

    DescribeListenerAttributes: ({
      ListenerArn,
    }: DescribeListenerAttributesInput): DescribeListenerAttributesOutput => ({
      Attributes: shownAttributes(store.listener(ListenerArn).attributes),
    }),

    ModifyListenerAttributes: (input: ModifyListenerAttributesInput): ModifyListenerAttributesOutput => {
      const { attributes, protocol } = store.listener(input.ListenerArn);
      setAttributes(attributes, listenerAttributes(protocol), input.Attributes ?? [], 'Listener');
      return { Attributes: shownAttributes(attributes) };
    },
  };
}
