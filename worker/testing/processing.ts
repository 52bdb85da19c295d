import type { S3Client } from '@aws-sdk/client-s3';
import type { Upload } from '../events/upload';
import { decodeTask } from '../events/decode';
import type { Processor, ProcessorContext } from '../processors/processor';
import { recordOf, s3Event } from './events';
import { Body } from '../../testing/s3/body';
import type { MemoryBucket, NewObject, ObjectVersion } from '../../testing/s3/bucket';
import { S3Server } from '../../testing/s3/server';

/** A bucket in memory and a processor that works on it through the real SDK client. */
export interface Processing extends AsyncDisposable {
  readonly server: S3Server;
  readonly bucket: MemoryBucket;
  /** What the processor told, oldest first. */
  readonly told: readonly string[];
  /** Puts an upload and returns its version. */
  readonly upload: (key: string, content: string | Body, more?: Partial<NewObject>) => ObjectVersion;
  /** Delivers the event of a version, as often as it is called. */
  readonly deliver: (
    version: ObjectVersion,
    signals?: Partial<Pick<ProcessorContext, 'signal' | 'stopping'>>,
  ) => Promise<void>;
}

export interface ProcessingOptions {
  readonly versioned: boolean;
  readonly processor: (s3: S3Client) => Processor;
}

export async function startProcessing({ versioned, processor }: ProcessingOptions): Promise<Processing> {
  const server = await S3Server.start();
  const bucket = server.createBucket('bucket', { versioned });
  const s3 = server.client();
  const made = processor(s3);
  const told: string[] = [];
  return {
    server,
    bucket,
    told,
    upload: (key, content, more) =>
      bucket.put({ key, body: typeof content === 'string' ? Body.of(content) : content, ...more }),
    deliver: (version, signals) => {
      const { signal } = new AbortController();
      const context = { signal, stopping: signal, tell: (line: string) => told.push(line), ...signals };
      return made.process(uploadOf(bucket, version), context);
    },
    async [Symbol.asyncDispose]() {
      s3.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** The upload as it comes out of the event that S3 sends for this version. */
export function uploadOf(bucket: MemoryBucket, version: ObjectVersion): Upload {
  const task = decodeTask(s3Event(recordOf(bucket, version)));
  const upload = task.kind === 'uploads' ? task.uploads[0] : undefined;
  if (upload === undefined) throw new Error('the event of a version holds one upload');
  return upload;
}
