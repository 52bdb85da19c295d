import type { StandardUnit } from '@aws-sdk/client-cloudwatch';

import { type Distribution, distributionOf } from '../alarms/metrics/distribution';
import type { Dimensions, MetricSink } from '../alarms/metrics/sink';
import type { Front } from './proxy/front';
import type { LoadBalancer, TargetGroup } from './resources';
import type { Counts } from './tally';

const namespace = 'AWS/ApplicationELB';

/** What the metrics of a load balancer are made of. */
export interface Measured {
  readonly loadBalancer: LoadBalancer;
  readonly targetGroups: readonly TargetGroup[];
  readonly fronts: readonly Front[];
}

/**
 * Reports what load balancers count, by load balancer and by target group; not by Availability Zone.
 * Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export class LoadBalancerMetrics {
  /** Answers of each listener's own that are reported already, by status. */
  private readonly told = new WeakMap<Front, ReadonlyMap<number, number>>();

  /** Reports what happened since the last time. */
  report({ loadBalancer, targetGroups, fronts }: Measured, sink: MetricSink): void {
    const whole = { LoadBalancer: suffix(loadBalancer.arn).replace('loadbalancer/', '') };
    for (const group of targetGroups) {
      const TargetGroup = suffix(group.arn);
      const counts = group.tally.take();
      reportRequests(counts, [whole, { ...whole, TargetGroup }], sink);
      reportTargets(group, counts.requests, { ...whole, TargetGroup }, sink);
    }
    for (const [name, count] of this.ownAnswers(fronts)) {
      sink.put({ namespace, name, dimensions: whole }, distributionOf(1, count), 'Count');
    }
  }

  private ownAnswers(fronts: readonly Front[]): Map<string, number> {
    const counts = new Map<string, number>();
    for (const front of fronts) {
      const told = this.told.get(front);
      for (const [status, count] of front.ownStatuses) {
        const added = count - (told?.get(status) ?? 0);
        const names = [
          `${Math.floor(status / 100)}XX`,
          ...([500, 502, 503, 504].includes(status) ? [status] : []),
        ];
        for (const name of names.map((which) => `HTTPCode_ELB_${which}_Count`)) {
          if (added > 0 && !name.includes('_2XX_')) {
            counts.set(name, (counts.get(name) ?? 0) + added);
          }
        }
      }
      this.told.set(front, new Map(front.ownStatuses));
    }
    return counts;
  }
}

function reportRequests(counts: Counts, places: readonly Dimensions[], sink: MetricSink): void {
  const { requests, responses, responseTimes } = counts;
  for (const dimensions of places) {
    const put = (name: string, values: Distribution, unit: StandardUnit): void => {
      sink.put({ namespace, name, dimensions }, values, unit);
    };
    put('RequestCount', requests === 0 ? distributionOf(0) : distributionOf(1, requests), 'Count');
    for (const [family, count] of responses) {
      if (family >= 2 && family <= 5) {
        put(`HTTPCode_Target_${family}XX_Count`, distributionOf(1, count), 'Count');
      }
    }
    if (responseTimes.count > 0) {
      put('TargetResponseTime', responseTimes, 'Seconds');
    }
  }
}

function reportTargets(
  { targets }: TargetGroup,
  requests: number,
  dimensions: Dimensions,
  sink: MetricSink,
): void {
  const put = (name: string, value: number): void => {
    sink.put({ namespace, name, dimensions }, distributionOf(value), 'Count');
  };
  const states = [...targets.values()].map(({ state }) => state);
  const healthy = states.filter((state) => state === 'healthy').length;
  put('HealthyHostCount', healthy);
  put('UnHealthyHostCount', states.filter((state) => state === 'unhealthy').length);
  // Where no target is healthy, requests go to all of them.
  const serving = healthy === 0 ? Math.max(1, states.length) : healthy;
  put('RequestCountPerTarget', requests / serving);
}

/** Of the ARN of a load balancer or target group, what its metrics call it by. */
function suffix(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}
