import { type Finding, type Rule, changed, isLost } from '../finding';
import type { Plan, ResourceChange } from '../plan';

/** What people or tasks notice when a resource of a type is destroyed, or destroyed and made anew. */
const interruptions: Readonly<Record<string, string>> = {
  aws_autoscaling_group: 'all its instances are terminated',
  aws_lb: 'its address goes, and with it every open connection',
  aws_lb_listener: 'nobody is answered on its port meanwhile',
  aws_lb_target_group: 'its targets get no requests meanwhile',
  aws_vpc: 'everything in it is made anew',
  aws_subnet: 'the instances in it are terminated',
  aws_vpc_endpoint: 'instances cannot reach that service meanwhile',
  aws_nat_gateway: 'instances cannot reach the internet meanwhile',
  aws_sns_topic_subscription: 'uploads that are announced meanwhile make no task',
  aws_s3_bucket_notification: 'uploads that arrive meanwhile make no task',
};

/** The same of a lifecycle hook, by what it waits for. */
const waits: Readonly<Record<string, string>> = {
  'autoscaling:EC2_INSTANCE_TERMINATING':
    'a terminated instance is not waited for meanwhile: its tasks come back after their visibility timeout',
  'autoscaling:EC2_INSTANCE_LAUNCHING':
    'a launching instance is not waited for meanwhile: one of a warm pool may be stopped before it has booted',
};

function interruptionBy({ type, before }: ResourceChange): string | undefined {
  return type === 'aws_autoscaling_lifecycle_hook'
    ? waits[String(before?.lifecycle_transition)]
    : interruptions[type];
}

/** Instances of a group get a new launch template version by an instance refresh, or as they are replaced one day. */
function refreshes(plan: Plan, template: ResourceChange): Finding[] {
  const id = JSON.stringify(template.before?.id);
  const uses = ({ before }: ResourceChange): boolean =>
    JSON.stringify([before?.launch_template, before?.mixed_instances_policy]).includes(id);
  const groups = plan.resources.filter(({ type }) => type === 'aws_autoscaling_group').filter(uses);
  return groups.map(({ address, after }) => {
    const refresh = after?.instance_refresh;
    return Array.isArray(refresh) && refresh.length > 0
      ? {
          severity: 'warning',
          topic: 'restarts',
          address,
          text: `an instance refresh replaces every instance, since ${template.address} changes.`,
        }
      : {
          severity: 'notice',
          topic: 'restarts',
          address,
          text: `only instances that are launched from now on follow the change of ${template.address}: the group has no instance refresh.`,
        };
  });
}

function sizes(change: ResourceChange): Finding[] {
  const smaller = ['max_size', 'desired_capacity'].flatMap((name) => {
    const size = changed(change, name);
    return size !== undefined && Number(size.to) < Number(size.from)
      ? [`${name} goes from ${String(size.from)} to ${String(size.to)}`]
      : [];
  });
  const text = `${smaller.join(', ')}: instances may be terminated.`;
  return smaller.length === 0
    ? []
    : [{ severity: 'notice', topic: 'restarts', address: change.address, text }];
}

function poolGoes(change: ResourceChange): Finding[] {
  const pool = changed(change, 'warm_pool');
  const goes =
    Array.isArray(pool?.from) && pool.from.length > 0 && !(Array.isArray(pool.to) && pool.to.length > 0);
  const text =
    'its warm pool is deleted: the instances in it are terminated, and new ones boot from the beginning.';
  return goes ? [{ severity: 'notice', topic: 'restarts', address: change.address, text }] : [];
}

/** What a change restarts or interrupts. */
export const restarts: Rule = ({ plan }) =>
  plan.changes.flatMap((change): Finding[] => {
    const interruption = interruptionBy(change);
    if (isLost(change) && interruption !== undefined) {
      const what = change.action === 'replace' ? 'is destroyed and made anew' : 'is destroyed';
      const text = `${what}: ${interruption.replace(change.action === 'replace' ? '' : / meanwhile/, '')}.`;
      return [{ severity: 'warning', topic: 'restarts', address: change.address, text }];
    }
    if (
      change.type === 'aws_launch_template' &&
      (change.action === 'update' || change.action === 'replace')
    ) {
      return refreshes(plan, change);
    }
    return change.type === 'aws_autoscaling_group' && change.action === 'update'
      ? [...sizes(change), ...poolGoes(change)]
      : [];
  });
