/** A LocalStack that answers. */
export interface Emulator {
  /** Where it listens, e.g. `http://127.0.0.1:40123`. Only the edge talks to it; everybody else talks to the edge. */
  readonly url: string;
  /** File with its log, for error messages. */
  readonly logFile: string;
  /** Aborted when it ends, told to or by itself, with how as the reason. */
  readonly ended: AbortSignal;
  /** Stops it and leaves nothing running. Idempotent. */
  stop(): Promise<void>;
}

/** Starting LocalStack. */
export interface EmulatorOptions {
  /** Folder for its files and log; belongs to the lab and is removed with it. */
  readonly folder: string;
  /** URL of the edge: what LocalStack writes into queue URLs and the like. */
  readonly publicUrl: string;
  /** Told what is going on, one short line a step. */
  readonly onProgress: (message: string) => void;
  /** Aborting stops the start and leaves nothing running. */
  readonly signal?: AbortSignal;
}

/** One way to run LocalStack: as a process, or as a container. */
export interface EmulatorBackend {
  /** What it is called in messages: `process` or `container`. */
  readonly name: string;
  /** Resolves once its health endpoint says that every service is available. */
  start(options: EmulatorOptions): Promise<Emulator>;
}
