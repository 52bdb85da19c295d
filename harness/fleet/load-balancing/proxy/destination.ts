import type { ResponseCookies } from '../balance/stickiness';
import type { Target } from '../health/target';
import type { Tally } from '../tally';
import type { TargetAddress } from './pool';

/** What the rules said of a request. */
export interface Matched {
  /** Of the rule; 0 is the default rule. */
  readonly priority: number;
  readonly action: 'forward' | 'redirect' | 'fixed-response';
  readonly targetGroupArn?: string;
}

/** Where a request goes. */
export interface Destination {
  readonly target: Target;
  readonly address: TargetAddress;
  readonly cookies: ResponseCookies;
  /** Of the target's group. */
  readonly tally: Tally;
  readonly matched: Matched;
}
