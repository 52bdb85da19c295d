import { type Metric, metricQuery } from './metric';

const visible: Metric = {
  namespace: 'AWS/SQS',
  metricName: 'ApproximateNumberOfMessagesVisible',
  dimensions: { QueueName: 'tasks' },
  statistic: 'Maximum',
  period: 60,
};

describe('a metric', () => {
  it('becomes an operand of metric math, whose statistic is called stat', () => {
    expect(metricQuery('visible', visible)).toEqual({
      id: 'visible',
      metric: {
        namespace: 'AWS/SQS',
        metricName: 'ApproximateNumberOfMessagesVisible',
        dimensions: { QueueName: 'tasks' },
        stat: 'Maximum',
        period: 60,
      },
    });
  });
});
