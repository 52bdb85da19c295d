import type { Upload } from '../events/upload';

/** What a processor gets besides the upload. */
export interface ProcessorContext {
  /** Aborts when the work must end; the processor stops what it runs and rejects. */
  readonly signal: AbortSignal;
  /** Aborts as soon as the worker stops: long work that has not begun yet rejects with its reason. */
  readonly stopping: AbortSignal;
  /** Says a line of the story on stdout, as `Moved to: processed/x`. */
  readonly tell: (line: string) => void;
}

/**
 * Does the work for one kind of upload. The work is done at least once for each event, possibly by two workers at a
 * time and in any order: its effect must be the same however often it is done.
 */
export interface Processor {
  readonly name: string;
  /** True when this upload is its kind; the first processor of the list that accepts an upload gets it. */
  readonly accepts: (upload: Upload) => boolean;
  /**
   * True when it puts results below the moved upload, as `derivingProcessor` does. An upload whose own key names a place
   * among them is then refused.
   *
   * @default false
   */
  readonly makesResults?: boolean;
  /**
   * Resolves when all effects are in place.
   *
   * @throws NonRetryableError when no retry can help (the file is broken); anything else is tried again.
   */
  readonly process: (upload: Upload, context: ProcessorContext) => Promise<void>;
}
