import type { Action, RedirectActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2';

import { ServiceError, notDoneHere, validationError } from '../../protocol/errors';
import { checkLimit, checkTargetCount } from '../limits';
import { isPort } from '../ports';
import type { LoadBalancer, Rule } from '../resources';
import type { Store } from '../store';

const done = ['forward', 'redirect', 'fixed-response'];

const contentTypes = ['text/plain', 'text/css', 'text/html', 'application/javascript', 'application/json'];

function checkFixedResponse({ FixedResponseConfig: fixed }: Action): void {
  if (fixed?.StatusCode === undefined || !/^[245]\d\d$/.test(fixed.StatusCode)) {
    throw validationError(
      `The status code '${fixed?.StatusCode ?? ''}' of a fixed response must be 2XX, 4XX or 5XX`,
    );
  }
  if (fixed.ContentType !== undefined && !contentTypes.includes(fixed.ContentType)) {
    throw validationError(
      `The content type '${fixed.ContentType}' of a fixed response must be one of ${contentTypes.join(', ')}`,
    );
  }
  if ((fixed.MessageBody ?? '').length > 1_024) {
    throw validationError('The message body of a fixed response can have at most 1024 characters');
  }
}

/** A redirect with what AWS puts for what is not said. */
function redirect({ RedirectConfig: config }: Action): RedirectActionConfig {
  if (config?.StatusCode !== 'HTTP_301' && config?.StatusCode !== 'HTTP_302') {
    throw validationError('A redirect action must have a status code, HTTP_301 or HTTP_302');
  }
  const complete = {
    Protocol: config.Protocol ?? '#{protocol}',
    Host: config.Host ?? '#{host}',
    Port: config.Port ?? '#{port}',
    Path: config.Path ?? '/#{path}',
    Query: config.Query ?? '#{query}',
    StatusCode: config.StatusCode,
  };
  if (!['HTTP', 'HTTPS', '#{protocol}'].includes(complete.Protocol)) {
    throw validationError(
      `The protocol '${complete.Protocol}' of a redirect must be HTTP, HTTPS or #{protocol}`,
    );
  }
  if (complete.Port !== '#{port}' && !isPort(complete.Port)) {
    throw validationError(`The port '${complete.Port}' of a redirect must be from 1 to 65535, or #{port}`);
  }
  if (!/^\/.{0,127}$/.test(complete.Path)) {
    throw validationError(
      `The path '${complete.Path}' of a redirect must begin with '/' and have at most 128 characters`,
    );
  }
  const keeps = ['#{protocol}', '#{host}', '#{port}'].every((part, index) =>
    [complete.Protocol, complete.Host, complete.Port][index]?.includes(part),
  );
  if (keeps && complete.Path === '/#{path}') {
    throw new ServiceError(
      'InvalidLoadBalancerAction',
      'The redirect configuration is not valid because it creates a loop.',
    );
  }
  return complete;
}

/** The two ways to say where to forward to, each made complete by the other, as AWS shows them. */
function forward({
  ForwardConfig,
  TargetGroupArn,
}: Action): Pick<Action, 'ForwardConfig' | 'TargetGroupArn'> {
  const given = ForwardConfig?.TargetGroups ?? (TargetGroupArn === undefined ? [] : [{ TargetGroupArn }]);
  if (given.length === 0) {
    throw validationError('A target group ARN must be specified for a forward action');
  }
  checkLimit('target-groups-per-action-on-application-load-balancer', given.length);
  const groups = given.map((each) => ({ TargetGroupArn: each.TargetGroupArn, Weight: each.Weight ?? 1 }));
  const unfit = groups.find(({ Weight }) => Weight < 0 || Weight > 999);
  if (unfit !== undefined) {
    throw validationError(
      `The weight '${unfit.Weight}' of a target group must be between '0' and '999' inclusive`,
    );
  }
  const stickiness = ForwardConfig?.TargetGroupStickinessConfig ?? { Enabled: false };
  if (stickiness.Enabled === true && stickiness.DurationSeconds === undefined) {
    throw validationError('You must specify a stickiness duration when enabling target group stickiness');
  }
  const [only] = groups;
  return {
    ...(groups.length === 1 && only?.TargetGroupArn !== undefined
      ? { TargetGroupArn: only.TargetGroupArn }
      : {}),
    ForwardConfig: { TargetGroups: groups, TargetGroupStickinessConfig: stickiness },
  };
}

function complete(action: Action): Action {
  const { Type, Order } = action;
  const common = { Type, ...(Order === undefined ? {} : { Order }) };
  if (Type === 'forward') {
    return { ...common, ...forward(action) };
  }
  if (Type === 'redirect') {
    return { ...common, RedirectConfig: redirect(action) };
  }
  checkFixedResponse(action);
  return { ...common, FixedResponseConfig: action.FixedResponseConfig };
}

/**
 * Actions of a rule, as AWS keeps them.
 *
 * @param replaced the rule that gets them instead of its own.
 * @throws ServiceError for actions that cannot be, target groups that there are not or that are another load balancer's.
 */
export function ruleActions(
  asked: readonly Action[] | undefined,
  store: Store,
  loadBalancer: LoadBalancer,
  replaced?: Rule,
): Action[] {
  const absent = asked?.find(({ Type = '' }) => !done.includes(Type));
  if (absent !== undefined) {
    throw notDoneHere(`elasticloadbalancing: an action of type ${absent.Type ?? ''}`);
  }
  if (asked?.length !== 1) {
    throw new ServiceError(
      'InvalidLoadBalancerAction',
      'A rule must have exactly one action of type forward, redirect or fixed-response',
    );
  }
  const actions = asked.map(complete);
  const groups = store.groupsOf(loadBalancer, replaced);
  for (const { ForwardConfig } of actions) {
    for (const { TargetGroupArn } of ForwardConfig?.TargetGroups ?? []) {
      const group = store.targetGroup(TargetGroupArn);
      if (store.usersOf(group).some((user) => user !== loadBalancer)) {
        throw new ServiceError(
          'TargetGroupAssociationLimit',
          `The following target groups cannot be associated with more than one load balancer: ${group.arn}`,
        );
      }
      if (group.vpcId !== loadBalancer.vpcId) {
        throw new ServiceError(
          'InvalidConfigurationRequest',
          `The following target groups are in a different VPC than load balancer '${loadBalancer.arn}': ${group.arn}`,
        );
      }
      groups.add(group);
    }
  }
  checkLimit('target-groups-per-application-load-balancer', groups.size);
  checkTargetCount(groups, 0);
  return actions;
}
