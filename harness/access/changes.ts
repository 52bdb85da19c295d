import type { Call } from '../edge/call';

/** Actions that change who may do what, or what policies speak of, by service. */
const changing: Readonly<Record<string, RegExp>> = {
  iam: /^(?!Get|List|Simulate)/,
  sqs: /^(CreateQueue|DeleteQueue|SetQueueAttributes|AddPermission|RemovePermission)$/,
  sns: /^(CreateTopic|DeleteTopic|SetTopicAttributes|AddPermission|RemovePermission)$/,
  kms: /^(Create|Put|Update|Delete|Schedule|Cancel|Enable|Disable)/,
  autoscaling: /^(CreateAutoScalingGroup|DeleteAutoScalingGroup|CreateOrUpdateTags|DeleteTags)$/,
};

/** Whether a call changes what was read of policies and resources. */
export function changesRights({
  service,
  action,
  method,
  path,
}: Pick<Call, 'service' | 'action' | 'method' | 'path'>): boolean {
  return service === 's3'
    ? (method === 'PUT' || method === 'DELETE') && /^\/[^/?]+\/?(\?|$)/.test(path)
    : (changing[service]?.test(action ?? '') ?? false);
}
