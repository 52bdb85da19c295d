import { type Distribution, noValues } from '../alarms/metrics/distribution';

/** What was counted of a target group's requests in some time. */
export interface Counts {
  readonly requests: number;
  /** How many responses of targets there were, by the first digit of their status. */
  readonly responses: ReadonlyMap<number, number>;
  /** Seconds until responses began. */
  readonly responseTimes: Distribution;
}

/** Percentiles are kept to so many binary digits: to less than 2 %, in little memory, at little cost a request. */
const digits = 7;

/** Counts what a load balancer sends to a target group, and what comes back, for its metrics. */
export class Tally {
  private requests = 0;
  private responses = new Map<number, number>();
  private responseTimes = noValues();

  forwarded(): void {
    this.requests += 1;
  }

  /** @param seconds until the target began to answer. */
  responded(status: number, seconds: number): void {
    const family = Math.floor(status / 100);
    this.responses.set(family, (this.responses.get(family) ?? 0) + 1);
    const times = this.responseTimes;
    times.count += 1;
    times.sum += seconds;
    times.min = Math.min(times.min, seconds);
    times.max = Math.max(times.max, seconds);
    const value = rounded(seconds);
    times.values?.set(value, (times.values.get(value) ?? 0) + 1);
  }

  /** What was counted since this was asked the last time. */
  take(): Counts {
    const { requests, responses, responseTimes } = this;
    this.requests = 0;
    this.responses = new Map();
    this.responseTimes = noValues();
    return { requests, responses, responseTimes };
  }
}

function rounded(seconds: number): number {
  const microseconds = Math.round(seconds * 1e6);
  const dropped = Math.max(0, 32 - Math.clz32(microseconds) - digits);
  return ((microseconds >>> dropped) << dropped) / 1e6;
}
