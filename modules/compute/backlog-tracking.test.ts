import { Synthesized } from '../testing/synthesized';
import { tiers } from '../testing/tiers';
import { BacklogTracking } from './backlog-tracking';

const inService = {
  namespace: 'AWS/AutoScaling',
  metricName: 'GroupInServiceInstances',
  dimensions: { AutoScalingGroupName: 'the-workers' },
  statistic: 'Average',
  period: 60,
} as const;

const synthesize = (backlogPerInstance = 30) =>
  Synthesized.from(
    (scope) =>
      new BacklogTracking(scope, 'scaling', {
        name: 'workers',
        groupName: 'the-workers',
        queue: tiers(scope).queue,
        inService,
        backlogPerInstance,
      }),
  );

describe('scaling by the backlog for each instance', () => {
  it('tracks waiting tasks, divided by the instances that work', () => {
    const policy = synthesize(12).one('aws_autoscaling_policy');
    expect(policy).toMatchObject({
      autoscaling_group_name: 'the-workers',
      policy_type: 'TargetTrackingScaling',
      target_tracking_configuration: { target_value: 12 },
    });
    const { customized_metric_specification } = policy.target_tracking_configuration as {
      customized_metric_specification: { metrics: unknown[] };
    };
    expect(customized_metric_specification.metrics).toEqual([
      {
        id: 'visible',
        metric_stat: {
          metric: {
            namespace: 'AWS/SQS',
            metric_name: 'ApproximateNumberOfMessagesVisible',
            dimensions: [{ name: 'QueueName', value: 'tasks' }],
          },
          stat: 'Maximum',
        },
        return_data: false,
      },
      expect.objectContaining({ id: 'instances' }),
      {
        id: 'backlog',
        expression: 'visible / instances',
        label: 'Waiting tasks for each instance',
        return_data: true,
      },
    ]);
  });

  it('leaves the alarms to Auto Scaling, which scales in more slowly than out', () => {
    const stack = synthesize();
    expect(stack.all('aws_cloudwatch_metric_alarm')).toEqual([]);
    expect(stack.one('aws_autoscaling_policy').target_tracking_configuration).not.toHaveProperty(
      'disable_scale_in',
    );
  });

  it.each([0, -1, Number.NaN])('refuses a backlog of %s', (backlog) => {
    expect(() => synthesize(backlog)).toThrow('it must be a number of messages, more than 0.');
  });
});
