import type { TaskQueueBase } from '../messaging';
import { type MetricQuery, metricQuery } from '../metric';

/** Long enough to hold a few long tasks. */
const period = 300;

/** An expression of metric math, whose result is what counts. */
export interface Expression {
  readonly id: string;
  readonly expression: string;
  readonly label: string;
  readonly returnData: true;
}

/**
 * How long the workers need for the tasks that wait, in seconds, at the pace of the last five minutes. Where tasks wait and
 * none was done, there is no pace: then it is `stuckSeconds`.
 */
export function timeToDrain(queue: TaskQueueBase, stuckSeconds: number): [Expression, ...MetricQuery[]] {
  return [
    {
      id: 'drain',
      expression: `IF(FILL(done, 0) > 0, ${period} * waiting / done, IF(waiting > 0, ${stuckSeconds}, 0))`,
      label: 'seconds to drain',
      returnData: true,
    },
    metricQuery('waiting', queue.metricVisible({ period })),
    metricQuery('done', queue.metricDone({ period })),
  ];
}
