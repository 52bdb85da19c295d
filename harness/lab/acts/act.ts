import type { Stage } from './stage';

/** One act of the lab: something is done for real, and something must be seen. */
export interface Act {
  /** Its number in the story. */
  readonly number: number;
  /** One word, as the lab's commands and tables name it. */
  readonly name: string;
  /** One sentence: what is done. */
  readonly story: string;
  /** What this machine lacks for it, and how to get it: the act is then not played, and that is told. @default nothing */
  readonly lack?: () => string | undefined;
  /**
   * Plays it. Resolves with what was seen, one sentence each.
   *
   * @throws NotSeenError when what must be seen was not.
   */
  play(stage: Stage): Promise<readonly string[]>;
}
