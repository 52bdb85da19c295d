import type { Stage } from './stage';

/** One act of the lab: something is done for real, and something must be seen. */
export interface Act {
  /** Its number in the story. */
  readonly number: number;
  /** One word, as the lab's commands and tables name it. */
  readonly name: string;
  /** One sentence: what is done. */
  readonly story: string;
  /**
   * Plays it. Resolves with what was seen, one sentence each.
   *
   * @throws NotSeenError when what must be seen was not.
   */
  play(stage: Stage): Promise<readonly string[]>;
}
