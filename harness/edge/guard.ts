import type { IncomingMessage } from 'node:http';

import type { Call } from './call';

/** An answer that the edge gives in a service's place. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly content: string;
}

/** What a guard says of a call. */
export interface Verdict {
  /** Given in the service's place; without one the call goes on. */
  readonly answer?: Answer;
  /** Asked when the service answers 404: what the client is told instead, if anything. */
  readonly onMissing?: () => Promise<Answer | undefined>;
  /** Told what the service answers before the client hears of it. */
  readonly onAnswer?: (content: string) => void;
}

/**
 * Decides on a call before it is served.
 *
 * @param body what the edge has read; `undefined` for a body that streams, which the guard must leave unread.
 */
export type Guard = (call: Call, request: IncomingMessage, body: Buffer | undefined) => Promise<Verdict>;
