import { Synthesized } from '../testing/synthesized';
import { tiers } from '../testing/tiers';
import { StepScaling } from './step-scaling';

const synthesize = (scaleOutThreshold = 10): Synthesized<StepScaling> =>
  Synthesized.from(
    (scope) =>
      new StepScaling(scope, 'scaling', {
        name: 'workers',
        groupName: 'the-workers',
        queue: tiers(scope).queue,
        scaleOutThreshold,
      }),
  );

const visible = {
  namespace: 'AWS/SQS',
  metric_name: 'ApproximateNumberOfMessagesVisible',
  dimensions: { QueueName: 'tasks' },
  period: 60,
};

describe('scaling by the queue', () => {
  it('adds an instance when more messages than the threshold are visible', () => {
    const stack = synthesize(25);
    expect(stack.one('aws_cloudwatch_metric_alarm', { alarm_name: 'workers-backlog' })).toMatchObject({
      ...visible,
      comparison_operator: 'GreaterThanThreshold',
      threshold: 25,
      evaluation_periods: 1,
      treat_missing_data: 'notBreaching',
      alarm_actions: [expect.stringMatching(/aws_autoscaling_policy\.scaling_scale-out_\w+\.arn/)],
    });
    expect(stack.one('aws_autoscaling_policy', { name: 'workers-scale-out' })).toMatchObject({
      autoscaling_group_name: 'the-workers',
      policy_type: 'StepScaling',
      adjustment_type: 'ChangeInCapacity',
      step_adjustment: [{ metric_interval_lower_bound: '0', scaling_adjustment: 1 }],
    });
  });

  it('takes an instance away after five minutes without a task: slower than it adds one', () => {
    const stack = synthesize();
    expect(stack.one('aws_cloudwatch_metric_alarm', { alarm_name: 'workers-idle' })).toMatchObject({
      ...visible,
      comparison_operator: 'LessThanThreshold',
      threshold: 1,
      evaluation_periods: 5,
      treat_missing_data: 'breaching',
      alarm_actions: [expect.stringMatching(/aws_autoscaling_policy\.scaling_scale-in_\w+\.arn/)],
    });
    expect(stack.one('aws_autoscaling_policy', { name: 'workers-scale-in' })).toMatchObject({
      step_adjustment: [{ metric_interval_upper_bound: '0', scaling_adjustment: -1 }],
    });
  });

  it('refuses a negative threshold', () => {
    expect(() => synthesize(-1)).toThrow('scaleOutThreshold is -1; it must be a whole number of messages');
  });
});
