import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { MemoryBucket, S3Error } from './bucket';
import { operationOf, type S3Call, type S3Reply } from './operations';
import { Uploads } from './uploads';

/** S3 in memory over HTTP (path style), for the real client; just the calls that processors make. */
export class S3Server implements AsyncDisposable {
  readonly #buckets = new Map<string, MemoryBucket>();
  readonly #uploads = new Uploads();
  /** Operations so far, oldest first, as `CopyObject processed/x`. */
  readonly calls: string[] = [];
  /** Called before each call is handled; it may wait, change a bucket, or throw an S3Error to be the answer. */
  intercept:
    ((call: { readonly operation: string; readonly key: string }) => Promise<void> | undefined) | undefined;

  private constructor(private readonly http: Server) {}

  static async start(): Promise<S3Server> {
    const http = createServer();
    const server = new S3Server(http);
    http.on('request', (request, response) => void server.#answer(request, response));
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    return server;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  /** Multipart uploads that were begun and neither completed nor aborted. */
  get openUploads(): number {
    return this.#uploads.open;
  }

  createBucket(name: string, { versioned }: { readonly versioned: boolean }): MemoryBucket {
    const bucket = new MemoryBucket(name, versioned);
    this.#buckets.set(name, bucket);
    return bucket;
  }

  client(): S3Client {
    return new S3Client({
      region: 'us-east-2',
      endpoint: this.endpoint,
      forcePathStyle: true,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.http.closeAllConnections();
    this.http.close();
    await once(this.http, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const call = await this.#read(request);
      const [operation, handle] = operationOf(call);
      this.calls.push(`${operation} ${call.key}`);
      await this.intercept?.({ operation, key: call.key });
      await send(response, 200, handle(call), request.method === 'HEAD');
    } catch (error) {
      // A client that goes away while it sends waits for no answer.
      if (error === request.errored) return;
      if (!(error instanceof S3Error)) throw error;
      const xml = `<Error><Code>${error.code}</Code><Message>${error.message}</Message></Error>`;
      await send(response, error.status, { xml }, request.method === 'HEAD');
    }
  }

  async #read(request: IncomingMessage): Promise<S3Call> {
    // Not through URL: it would resolve `..` in keys.
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const [, bucketName = '', ...key] = path.split('/');
    const bucket = this.#buckets.get(bucketName);
    if (bucket === undefined) throw new S3Error('NoSuchBucket', 404);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return {
      method: request.method ?? 'GET',
      bucket,
      key: decodeURIComponent(key.join('/')),
      query: new URLSearchParams(query),
      headers: request.headers,
      content: Buffer.concat(chunks),
      uploads: this.#uploads,
      bucketNamed: (name) => this.#buckets.get(name),
    };
  }
}

async function send(
  response: ServerResponse,
  status: number,
  reply: S3Reply,
  headOnly: boolean,
): Promise<void> {
  if (reply.body !== undefined) {
    response.writeHead(reply.status ?? status, { ...reply.headers, 'content-length': reply.body.size });
    if (headOnly) response.end();
    // A client that stops reading ends the pipeline; that is its business.
    else await pipeline(reply.body.chunks(), response).catch(() => undefined);
    return;
  }
  response.writeHead(reply.status ?? status, { 'content-type': 'application/xml', ...reply.headers });
  response.end(
    headOnly || reply.xml === undefined ? undefined : `<?xml version="1.0" encoding="UTF-8"?>${reply.xml}`,
  );
}
