/** A message as received: ours until its visibility timeout ends. */
export interface QueueMessage {
  readonly id: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** How often the queue has handed it out, this time included. */
  readonly receiveCount: number;
  /** When it was sent, in milliseconds since 1970. */
  readonly sentAt: number;
  /** Group of a FIFO queue; messages of one group are handled one after the other. */
  readonly groupId: string | undefined;
  /** Message attributes of type String (trace context travels in them). */
  readonly attributes: Readonly<Record<string, string>>;
}

/** One entry of a batch call that did not succeed. */
export interface BatchFailure {
  readonly receiptHandle: string;
  readonly code: string;
  readonly message: string;
  /** True when asking again can help (the service's fault); false when the receipt handle is no longer good. */
  readonly retryable: boolean;
}

export interface VisibilityChange {
  readonly receiptHandle: string;
  /** From now; 0 makes the message visible at once. */
  readonly seconds: number;
}

export interface ReceiveRequest {
  /** 1 to 10. */
  readonly maxMessages: number;
  /** 0 to 20. */
  readonly waitSeconds: number;
  readonly visibilityTimeoutSeconds: number;
}

/** The calls to a queue that a consumer needs. Batches hold 1 to 10 entries; a rejected promise means the whole call failed. */
export interface QueueTransport {
  /**
   * How many messages a receive call is asked for at most, 1 to 10; 1 where messages have groups, since of a group no more
   * than one message may be out at a time.
   */
  readonly receiveBatchSize: number;
  receive(request: ReceiveRequest, signal: AbortSignal): Promise<readonly QueueMessage[]>;
  delete(receiptHandles: readonly string[]): Promise<readonly BatchFailure[]>;
  changeVisibility(changes: readonly VisibilityChange[]): Promise<readonly BatchFailure[]>;
  /**
   * Copies the message to the dead-letter queue with the reason as an attribute. Absent where no dead-letter queue is
   * known: the message is then handed back until the queue's redrive policy moves it.
   */
  readonly sendToDeadLetterQueue?: (message: QueueMessage, reason: string) => Promise<void>;
}
