import { createHash, randomUUID } from 'node:crypto';

/** SQS keeps a message invisible for at most 12 hours from its receipt. */
const MAX_INVISIBLE_MS = 43_200_000;

/** What SQS answers with instead of a result. */
export class SqsError extends Error {
  constructor(
    /** As in the service's model, `QueueDoesNotExist`. */
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
}

export interface SentMessage {
  readonly body: string;
  readonly attributes?: Readonly<Record<string, MessageAttribute>>;
  readonly groupId?: string;
}

/** A message in a queue, and what was done with it. Times in milliseconds since 1970. */
export interface StoredMessage extends SentMessage {
  readonly id: string;
  readonly md5: string;
  readonly sentAt: number;
  /** Position in the order of sending. */
  readonly sequence: number;
  receiveCount: number;
  /** Handle of the last receipt. */
  receiptHandle: string | undefined;
  receivedAt: number;
  expiry: NodeJS.Timeout | undefined;
}

export interface QueueOptions {
  /** @default 30 */
  readonly visibilityTimeoutSeconds?: number;
  /** Receives after which a message moves to the dead-letter queue. @default - never */
  readonly redrive?: { readonly maxReceiveCount: number; readonly deadLetterQueue: MemoryQueue };
}

/**
 * A queue in memory with the semantics that the SQS Developer Guide documents: visibility timeout, receipt handles that
 * a later receive replaces, redrive, and in FIFO queues (name ends in `.fifo`) as many messages of one group as there are
 * in one receive, and none of it while another is in flight. Delivery is in order and once for each visibility timeout.
 *
 * Groups: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
 */
export class MemoryQueue {
  readonly fifo: boolean;
  /** Set by a test: the error that a delete or a change of visibility of this handle is answered with. */
  entryFault: ((receiptHandle: string) => SqsError | undefined) | undefined;
  readonly visibilityTimeoutSeconds: number;
  #visible: StoredMessage[] = [];
  readonly #inFlight = new Map<string, StoredMessage>();
  readonly #everReceived = new Set<string>();
  readonly #arrivals = new Set<() => void>();
  #sent = 0;
  #deleted = 0;

  constructor(
    readonly name: string,
    readonly url: string,
    private readonly options: QueueOptions,
  ) {
    this.fifo = name.endsWith('.fifo');
    this.visibilityTimeoutSeconds = options.visibilityTimeoutSeconds ?? 30;
  }

  get visible(): readonly StoredMessage[] {
    return this.#visible;
  }

  get inFlight(): readonly StoredMessage[] {
    return [...this.#inFlight.values()];
  }

  /** Messages deleted so far. */
  get deleted(): number {
    return this.#deleted;
  }

  send(message: SentMessage): StoredMessage {
    const stored: StoredMessage = {
      ...message,
      id: randomUUID(),
      md5: createHash('md5').update(message.body).digest('hex'),
      sentAt: Date.now(),
      sequence: (this.#sent += 1),
      receiveCount: 0,
      receiptHandle: undefined,
      receivedAt: 0,
      expiry: undefined,
    };
    this.#visible.push(stored);
    this.#announce();
    return stored;
  }

  receive(max: number, visibilityTimeoutSeconds: number): StoredMessage[] {
    const open = this.fifo ? this.#openByGroup() : this.#visible;
    const taken: StoredMessage[] = [];
    let next = 0;
    while (taken.length < max && next < open.length) {
      const message = open[next];
      next += 1;
      if (message !== undefined && !this.#redrive(message)) taken.push(message);
    }
    if (this.fifo) {
      const gone = new Set(open.slice(0, next));
      this.#visible = this.#visible.filter((message) => !gone.has(message));
    } else this.#visible.splice(0, next);
    for (const message of taken) this.#take(message, visibilityTimeoutSeconds);
    return taken;
  }

  /** Resolves at the next arrival of a message, or when the signal aborts. */
  arrival(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#arrivals.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#arrivals.add(done);
      signal.addEventListener('abort', done);
    });
  }

  /** A handle that a later receive replaced is accepted, without effect, as documented for DeleteMessage. */
  delete(receiptHandle: string): void {
    const message = this.#find(receiptHandle);
    if (message === undefined) return;
    clearTimeout(message.expiry);
    this.#inFlight.delete(receiptHandle);
    this.#deleted += 1;
    this.#announce();
  }

  /** @throws SqsError MessageNotInflight, ReceiptHandleIsInvalid or InvalidParameterValue. */
  changeVisibility(receiptHandle: string, seconds: number): void {
    const message = this.#find(receiptHandle);
    if (message === undefined) throw new SqsError('MessageNotInflight', 'The message is not in flight.');
    if (Date.now() + seconds * 1000 - message.receivedAt > MAX_INVISIBLE_MS) {
      throw new SqsError(
        'InvalidParameterValue',
        'Total VisibilityTimeout for the message is beyond the limit [43200 seconds]',
      );
    }
    this.#expireIn(message, receiptHandle, seconds);
  }

  close(): void {
    for (const { expiry } of this.#inFlight.values()) clearTimeout(expiry);
    this.#announce();
  }

  /** As many as there are of one group come first, then those of the next; none while another of its group is in flight. */
  #openByGroup(): StoredMessage[] {
    const locked = new Set(this.inFlight.map(({ groupId }) => groupId));
    const open = this.#visible.filter(({ groupId }) => !locked.has(groupId));
    return [...Map.groupBy(open, ({ groupId }) => groupId).values()].flat();
  }

  #take(message: StoredMessage, visibilityTimeoutSeconds: number): void {
    const handle = randomUUID();
    message.receiveCount += 1;
    message.receiptHandle = handle;
    message.receivedAt = Date.now();
    this.#everReceived.add(handle);
    this.#inFlight.set(handle, message);
    this.#expireIn(message, handle, visibilityTimeoutSeconds);
  }

  #expireIn(message: StoredMessage, handle: string, seconds: number): void {
    clearTimeout(message.expiry);
    const expire = (): void => {
      this.#inFlight.delete(handle);
      this.#visible.push(message);
      if (this.fifo) this.#visible.sort((a, b) => a.sequence - b.sequence);
      this.#announce();
    };
    if (seconds === 0) expire();
    else message.expiry = setTimeout(expire, seconds * 1000);
  }

  #redrive(message: StoredMessage): boolean {
    const { redrive } = this.options;
    if (redrive === undefined || message.receiveCount < redrive.maxReceiveCount) return false;
    redrive.deadLetterQueue.send(message);
    return true;
  }

  #find(receiptHandle: string): StoredMessage | undefined {
    const fault = this.entryFault?.(receiptHandle);
    if (fault !== undefined) throw fault;
    const message = this.#inFlight.get(receiptHandle);
    if (message === undefined && !this.#everReceived.has(receiptHandle)) {
      throw new SqsError('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');
    }
    return message;
  }

  #announce(): void {
    for (const arrival of [...this.#arrivals]) arrival();
  }
}
