import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { MemoryQueue, SqsError, type QueueOptions, type StoredMessage } from './sqs-queue';

const attribute = z.object({ DataType: z.string(), StringValue: z.string().optional() });
const send = z.object({
  MessageBody: z.string(),
  MessageAttributes: z.record(z.string(), attribute).default({}),
  MessageGroupId: z.string().optional(),
});
const id = z.object({ Id: z.string() });
const receive = z.object({
  MaxNumberOfMessages: z.number().int().min(1).max(10).default(1),
  WaitTimeSeconds: z.number().int().min(0).max(20).default(0),
  VisibilityTimeout: z.number().int().min(0).max(43_200).optional(),
});
const remove = z.object({ ReceiptHandle: z.string() });
const change = remove.extend({ VisibilityTimeout: z.number().int().min(0).max(43_200) });
const batchOf = <T extends z.ZodType>(entry: T) => z.object({ Entries: z.array(entry) });

export interface SqsServerOptions {
  /** Added to every reply, in milliseconds. @default 0 */
  readonly latencyMs?: number;
}

/**
 * Called before each call is handled. It may wait, and throw an SqsError to be the answer; `reset` breaks the
 * connection, `garbage` answers 200 with a page of HTML, as a proxy may.
 */
export type Intercept = (call: {
  readonly action: string;
  readonly input: unknown;
  /** Of the credentials that signed the request. */
  readonly accessKeyId: string;
}) => Promise<'reset' | 'garbage' | undefined> | undefined;

/** SQS in memory over HTTP (AWS JSON 1.0), for the real clients; just the calls that a consumer makes. */
export class SqsServer implements AsyncDisposable {
  readonly #queues = new Map<string, MemoryQueue>();
  readonly #closing = new AbortController();
  /** Calls so far, by action. */
  readonly calls: Record<string, number> = {};
  intercept: Intercept | undefined;

  private constructor(
    private readonly http: Server,
    private readonly options: SqsServerOptions,
  ) {}

  static async start(options: SqsServerOptions = {}): Promise<SqsServer> {
    const http = createServer({ keepAliveTimeout: 60_000 });
    const server = new SqsServer(http, options);
    http.on('request', (request, response) => void server.#answer(request, response));
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    return server;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  createQueue(name: string, options: QueueOptions = {}): MemoryQueue {
    const queue = new MemoryQueue(name, `${this.endpoint}/000000000000/${name}`, options);
    this.#queues.set(queue.url, queue);
    return queue;
  }

  deleteQueue(queue: MemoryQueue): void {
    this.#queues.delete(queue.url);
  }

  /** Puts a deleted queue back, with all that is in it. */
  restoreQueue(queue: MemoryQueue): void {
    this.#queues.set(queue.url, queue);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    for (const queue of this.#queues.values()) queue.close();
    this.http.closeAllConnections();
    this.http.close();
    await once(this.http, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const action = String(request.headers['x-amz-target']).replace('AmazonSQS.', '');
      const input: unknown = JSON.parse(await bodyOf(request));
      this.calls[action] = (this.calls[action] ?? 0) + 1;
      const fault = await this.intercept?.({ action, input, accessKeyId: accessKeyOf(request) });
      if (fault === 'reset') {
        response.destroy();
        return;
      }
      if (fault === 'garbage') {
        response.end('<html>Welcome</html>');
        return;
      }
      const result = await this.#handle(action, input, response);
      if (this.options.latencyMs !== undefined) await delay(this.options.latencyMs);
      reply(response, 200, result);
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      reply(response, error.status, { __type: `com.amazonaws.sqs#${error.code}`, message: error.message });
    }
  }

  async #handle(action: string, input: unknown, response: ServerResponse): Promise<object> {
    const { QueueUrl } = z.object({ QueueUrl: z.string() }).parse(input);
    const queue = this.#queues.get(QueueUrl);
    if (queue === undefined) throw new SqsError('QueueDoesNotExist', 'The specified queue does not exist.');
    switch (action) {
      case 'SendMessage':
        return sendOne(queue, send.parse(input));
      case 'SendMessageBatch':
        return batch(batchOf(send.extend(id.shape)).parse(input).Entries, (entry) => sendOne(queue, entry));
      case 'ReceiveMessage':
        return this.#receive(queue, receive.parse(input), response);
      case 'DeleteMessage':
        queue.delete(remove.parse(input).ReceiptHandle);
        return {};
      case 'DeleteMessageBatch':
        return batch(batchOf(remove.extend(id.shape)).parse(input).Entries, (entry) => {
          queue.delete(entry.ReceiptHandle);
          return {};
        });
      case 'ChangeMessageVisibility': {
        const { ReceiptHandle, VisibilityTimeout } = change.parse(input);
        queue.changeVisibility(ReceiptHandle, VisibilityTimeout);
        return {};
      }
      case 'ChangeMessageVisibilityBatch':
        return batch(batchOf(change.extend(id.shape)).parse(input).Entries, (entry) => {
          queue.changeVisibility(entry.ReceiptHandle, entry.VisibilityTimeout);
          return {};
        });
      case 'GetQueueAttributes':
        return { Attributes: { VisibilityTimeout: String(queue.visibilityTimeoutSeconds) } };
      default:
        throw new SqsError('UnsupportedOperation', `${action} is not served here`);
    }
  }

  /** A long poll ends with the first messages, after its time, or when the client is gone (nothing is taken then). */
  async #receive(
    queue: MemoryQueue,
    input: z.infer<typeof receive>,
    response: ServerResponse,
  ): Promise<object> {
    const timeout = input.VisibilityTimeout ?? queue.visibilityTimeoutSeconds;
    const take = (): readonly StoredMessage[] =>
      response.destroyed ? [] : queue.receive(input.MaxNumberOfMessages, timeout);
    let messages = take();
    if (messages.length === 0 && input.WaitTimeSeconds > 0) {
      const gone = new AbortController();
      response.once('close', () => {
        gone.abort();
      });
      const deadline = AbortSignal.timeout(input.WaitTimeSeconds * 1000);
      const end = AbortSignal.any([gone.signal, deadline, this.#closing.signal]);
      while (messages.length === 0 && !end.aborted) {
        await queue.arrival(end);
        messages = take();
      }
    }
    return messages.length === 0 ? {} : { Messages: messages.map(toWire) };
  }
}

function sendOne(queue: MemoryQueue, entry: z.infer<typeof send>): object {
  const { MessageBody: body, MessageAttributes, MessageGroupId: groupId } = entry;
  if (queue.fifo && groupId === undefined) {
    throw new SqsError('MissingParameter', 'The request must contain the parameter MessageGroupId.');
  }
  const attributes = Object.fromEntries(
    Object.entries(MessageAttributes).map(([name, { DataType, StringValue }]) => [
      name,
      { DataType, ...(StringValue !== undefined && { StringValue }) },
    ]),
  );
  const message = queue.send({ body, attributes, ...(groupId !== undefined && { groupId }) });
  return { MessageId: message.id, MD5OfMessageBody: message.md5 };
}

function batch<T extends { Id: string }>(entries: readonly T[], handle: (entry: T) => object): object {
  if (entries.length === 0)
    throw new SqsError('EmptyBatchRequest', 'The batch request does not contain any entries.');
  if (entries.length > 10) throw new SqsError('TooManyEntriesInBatchRequest', 'The maximum is 10 entries.');
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw new SqsError('BatchEntryIdsNotDistinct', 'Two or more batch entries have the same Id.');
  }
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...handle(entry) });
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      Failed.push({
        Id: entry.Id,
        Code: error.code,
        Message: error.message,
        SenderFault: error.status < 500,
      });
    }
  }
  return { Successful, Failed };
}

function toWire(message: StoredMessage): object {
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: message.md5,
    MessageAttributes: message.attributes,
    Attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentAt),
      ...(message.groupId !== undefined && { MessageGroupId: message.groupId }),
    },
  };
}

function accessKeyOf({ headers }: IncomingMessage): string {
  return /Credential=([^/]+)/u.exec(headers.authorization ?? '')?.[1] ?? '';
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(body));
}
