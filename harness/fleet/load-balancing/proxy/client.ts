import type { OwnAnswer } from './answers';
import type { ResponseHeaders } from './response-head';

/** The client of an exchange, as far as the exchange is concerned. */
export interface Client {
  /** Header names that targets' responses keep, but for those that the listener sets itself. */
  readonly replacedHeaders: ResponseHeaders;
  /** Header lines that the listener adds to every response. */
  readonly responseLines: string;
  /** Whether the whole request has been read. */
  readonly requestDone: boolean;
  readonly keepsAlive: boolean;
  closeAfterwards(): void;
  touch(): void;
  /** The target's response has begun. */
  responded(status: number): void;
  pause(): void;
  resume(): void;
  /** Whether the client takes more at once; else the exchange is told when. */
  write(data: Buffer | string): boolean;
  /** From now on both sides say what they like. */
  beginTunnel(): void;
  /** Answers the request in the targets' place. */
  answer(answer: OwnAnswer): void;
  /**
   * The exchange is over.
   *
   * @param then `next` goes on with the client's next request, if the connection is kept; `close` ends the connection
   * after what was written; `end` ends it at once.
   */
  finish(then: 'next' | 'close' | 'end'): void;
}
