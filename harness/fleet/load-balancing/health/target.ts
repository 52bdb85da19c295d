import type { TargetHealthReasonEnum } from '@aws-sdk/client-elastic-load-balancing-v2';

import { TargetPool } from '../proxy/pool';

/** States of a target. Source: target-group-health-checks.html, «Target health status». */
export type TargetState = 'initial' | 'healthy' | 'unhealthy' | 'unused' | 'draining';

/** A time in which a target gets a growing share of requests. */
export interface SlowStart {
  readonly from: Date;
  readonly until: Date;
}

/** What a target group asks to be registered. */
export interface TargetSpec {
  /** Instance id or IP address. */
  readonly id: string;
  readonly port: number;
}

/** The name of a target in its group. */
export function targetKey({ id, port }: TargetSpec): string {
  return `${id}:${port}`;
}

/** A target of a target group, with its health and its connections. */
export class Target {
  readonly key: string;
  readonly id: string;
  readonly port: number;
  readonly pool = new TargetPool();
  state: TargetState = 'unused';
  reason: TargetHealthReasonEnum | undefined;
  description: string | undefined;
  /** Requests that it has not answered yet, tunnels included. */
  inFlight = 0;
  /** Health checks in a row with the same result. */
  passed = 0;
  failed = 0;
  nextCheck: Date | undefined;
  checking = false;
  /** Whether EC2 has told of it: one that was just launched may not be known yet. */
  known = false;
  slowStart: SlowStart | undefined;
  /** When its deregistration is over. */
  drainedAt: Date | undefined;

  constructor(
    spec: TargetSpec,
    /** Availability Zone of an instance; `undefined` for an IP address. */
    readonly zone: string | undefined,
  ) {
    this.id = spec.id;
    this.port = spec.port;
    this.key = targetKey(spec);
  }

  become(state: TargetState, reason?: TargetHealthReasonEnum, description?: string): void {
    this.state = state;
    this.reason = reason;
    this.description = description;
  }

  /** How much of a full share of requests it gets at a moment, over 0 and up to 1. */
  share(now: number): number {
    if (this.slowStart === undefined) {
      return 1;
    }
    const { from, until } = this.slowStart;
    const passed = (now - from.getTime()) / (until.getTime() - from.getTime());
    if (passed >= 1) {
      this.slowStart = undefined;
      return 1;
    }
    return Math.max(passed, 0.01);
  }
}
