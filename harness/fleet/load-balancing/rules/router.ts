import type { Action, RedirectActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2';

import type { Clock } from '../../clock';
import { Balancer } from '../balance/algorithm';
import { type ResponseCookies, Sticky } from '../balance/stickiness';
import type { Target } from '../health/target';
import type { OwnAnswer } from '../proxy/answers';
import type { Destination } from '../proxy/destination';
import type { Peer } from '../proxy/forwarded-head';
import type { RequestHead } from '../proxy/request-head';
import type { Listener, Rule, TargetGroup } from '../resources';
import { type Matcher, hostName, matcher } from './conditions';

/** What happens with a request that a rule applies to. */
type Route = (request: RequestHead, peer: Peer) => Destination | OwnAnswer;

/** A rule, ready for requests. */
interface CompiledRule {
  readonly matchers: readonly Matcher[];
  readonly route: Route;
}

/** What routes need to know beyond their listener. */
export interface RouterWorld {
  readonly clock: Clock;
  readonly targetGroup: (arn: string) => TargetGroup | undefined;
  /** Where this machine reaches a target; `undefined` for one that cannot be reached. */
  readonly addressOf: (
    group: TargetGroup,
    target: Target,
  ) => { readonly host: string; readonly port: number } | undefined;
  /** The local port where a listener's port is to be found, for redirects from one listener to another. */
  readonly localPort: (listener: Listener, port: number) => number | undefined;
}

interface Weighted {
  readonly group: TargetGroup;
  readonly weight: number;
}

/** No target to send it to. Source: load-balancer-troubleshooting.html, «HTTP 503». */
const noTargets: OwnAnswer = { status: 503 };

/** A target that cannot be reached at all refuses the connection. Source: the same, «HTTP 502». */
const unreachable: OwnAnswer = { status: 502 };

/** Finds for each request its rule and its target. One for all listeners: balancers and sticky cookies go on when rules change. */
export class Router {
  private readonly balancers = new WeakMap<TargetGroup, Balancer>();
  private readonly sticky: Sticky;

  constructor(private readonly world: RouterWorld) {
    this.sticky = new Sticky(world.clock);
  }

  /** The rules of a listener as one function. */
  compile(listener: Listener, localPort: number): Route {
    const rules = listener.rules.map((rule) => this.compileRule(rule, listener, localPort));
    return (request, peer) => {
      for (const { matchers, route } of rules) {
        if (matchers.every((matches) => matches(request, peer))) {
          return route(request, peer);
        }
      }
      return noTargets;
    };
  }

  private compileRule(rule: Rule, listener: Listener, localPort: number): CompiledRule {
    const last = rule.actions.at(-1);
    return {
      matchers: rule.conditions.map(matcher),
      route: last === undefined ? () => noTargets : this.compileAction(last, rule, listener, localPort),
    };
  }

  private compileAction(action: Action, rule: Rule, listener: Listener, localPort: number): Route {
    const { FixedResponseConfig: fixed, RedirectConfig: redirect } = action;
    if (action.Type === 'fixed-response' && fixed !== undefined) {
      const answer: OwnAnswer = {
        status: Number(fixed.StatusCode),
        contentType: fixed.ContentType ?? 'text/plain',
        body: fixed.MessageBody ?? '',
      };
      return () => answer;
    }
    if (action.Type === 'redirect' && redirect !== undefined) {
      return (request) => ({
        status: redirect.StatusCode === 'HTTP_301' ? 301 : 302,
        location: this.location(redirect, request, listener, localPort),
      });
    }
    return this.compileForward(action, rule, listener.protocol === 'HTTPS');
  }

  private compileForward({ ForwardConfig }: Action, rule: Rule, secure: boolean): Route {
    const groups = (ForwardConfig?.TargetGroups ?? []).flatMap(
      ({ TargetGroupArn = '', Weight = 1 }): Weighted[] => {
        const group = this.world.targetGroup(TargetGroupArn);
        return group === undefined ? [] : [{ group, weight: Weight }];
      },
    );
    const [only] = groups;
    if (only !== undefined && groups.length === 1) {
      return only.weight === 0
        ? () => noTargets
        : (request) => this.toGroup(only.group, request, '', secure);
    }
    const stickiness = ForwardConfig?.TargetGroupStickinessConfig;
    const seconds = stickiness?.Enabled === true ? (stickiness.DurationSeconds ?? 3_600) : undefined;
    return (request) => {
      const kept = seconds === undefined ? undefined : this.sticky.group(rule.arn, request.cookie);
      const group = groups.find(({ group: { arn } }) => arn === kept)?.group ?? byWeight(groups);
      if (group === undefined) {
        return noTargets;
      }
      const cookies =
        seconds === undefined ? '' : this.sticky.groupCookies(rule.arn, group.arn, seconds, secure);
      return this.toGroup(group, request, cookies, secure);
    };
  }

  private toGroup(
    group: TargetGroup,
    request: RequestHead,
    extraCookies: string,
    secure: boolean,
  ): Destination | OwnAnswer {
    const target = this.sticky.target(group, request.cookie) ?? this.balancer(group).choose();
    if (target === undefined) {
      return noTargets;
    }
    const address = this.world.addressOf(group, target);
    if (address === undefined) {
      return unreachable;
    }
    const own = this.sticky.cookies(group, target, request, secure);
    const cookies: ResponseCookies = extraCookies === '' ? own : (set) => extraCookies + own(set);
    return { target, address: { ...address, tls: group.protocol === 'HTTPS' }, cookies, tally: group.tally };
  }

  private balancer(group: TargetGroup): Balancer {
    let balancer = this.balancers.get(group);
    if (balancer === undefined) {
      balancer = new Balancer(group, this.world.clock);
      this.balancers.set(group, balancer);
    }
    return balancer;
  }

  /**
   * Where a redirect leads. A port that is another listener's of the same load balancer is that listener's local port.
   * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#redirect-actions
   */
  private location(
    {
      Protocol = '#{protocol}',
      Host = '#{host}',
      Port = '#{port}',
      Path = '/#{path}',
      Query = '#{query}',
    }: RedirectActionConfig,
    request: RequestHead,
    listener: Listener,
    localPort: number,
  ): string {
    const said: Readonly<Record<string, string>> = {
      protocol: listener.protocol,
      host: hostName(request.host),
      port: String(localPort),
      path: request.path.slice(1),
      query: request.query,
    };
    const filled = (template: string): string =>
      template.replace(/#\{(protocol|host|port|path|query)\}/g, (_all, name: string) => said[name] ?? '');
    const protocol = filled(Protocol).toLowerCase();
    const asked = filled(Port);
    const port = Port === '#{port}' ? asked : String(this.world.localPort(listener, Number(asked)) ?? asked);
    const shownPort = port === (protocol === 'https' ? '443' : '80') ? '' : `:${port}`;
    const query = filled(Query);
    return `${protocol}://${filled(Host)}${shownPort}${filled(Path)}${query === '' ? '' : `?${query}`}`;
  }
}

/** One of several groups, as often as its weight says; one of weight 0 never. */
function byWeight(groups: readonly Weighted[]): TargetGroup | undefined {
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  let left = Math.random() * total;
  for (const { group, weight } of groups) {
    left -= weight;
    if (left < 0) {
      return group;
    }
  }
  return undefined;
}
