import type { ResponseCookies } from '../balance/stickiness';
import type { Target } from '../health/target';
import type { Tally } from '../tally';
import type { TargetAddress } from './pool';

/** Where a request goes. */
export interface Destination {
  readonly target: Target;
  readonly address: TargetAddress;
  readonly cookies: ResponseCookies;
  /** Of the target's group. */
  readonly tally: Tally;
}
