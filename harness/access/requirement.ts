/** What IAM must allow before a call may be made: one of these for each action that the call takes. */
export interface Requirement {
  /** IAM's name of it, e.g. `s3:GetObject`. */
  readonly action: string;
  /** ARN; `*` for an action that knows no resource. */
  readonly resource: string;
  /** Condition keys of this action, beside those that every request has. */
  readonly context?: Context;
}

/** Values of condition keys, by their names. */
export type Context = Readonly<Record<string, string | string[]>>;
