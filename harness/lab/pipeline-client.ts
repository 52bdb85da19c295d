import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  S3Client,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

import { administrator } from '../support/account';
import type { LabOutputs } from './outputs';

/** How many tasks a queue holds, by SQS's own (approximate) counters. */
export interface QueueDepth {
  /** `ApproximateNumberOfMessages`: waiting, and visible to a receiver. */
  readonly visible: number;
  /** `ApproximateNumberOfMessagesNotVisible`: received and not yet deleted. */
  readonly inFlight: number;
}

/** The pipeline as its users see it: uploads go in, processed objects come out, the queue is looked at in between. */
export class PipelineClient {
  private readonly s3: S3Client;
  private readonly sqs: SQSClient;

  constructor(
    endpoint: string,
    private readonly outputs: LabOutputs,
  ) {
    const common = { endpoint, region: outputs.region, credentials: administrator };
    this.s3 = new S3Client({ ...common, forcePathStyle: true });
    this.sqs = new SQSClient(common);
  }

  /** Puts an object under the uploads prefix and returns its whole key. */
  async upload(name: string, body: string | Uint8Array, contentType?: string): Promise<string> {
    const key = this.uploadKey(name);
    await this.s3.send(
      new PutObjectCommand({
        Bucket: this.outputs.uploadBucket,
        Key: key,
        Body: body,
        ContentType: contentType,
      }),
    );
    return key;
  }

  /** `uploads/<name>`, with the prefix that was applied. */
  uploadKey(name: string): string {
    return `${this.outputs.uploadsPrefix}${name}`;
  }

  /** `processed/<name>`, with the prefix that was applied. */
  processedKey(name: string): string {
    return `${this.outputs.processedPrefix}${name}`;
  }

  async exists(key: string): Promise<boolean> {
    try {
      await this.s3.send(new HeadObjectCommand({ Bucket: this.outputs.uploadBucket, Key: key }));
      return true;
    } catch (error) {
      if (error instanceof NotFound) {
        return false;
      }
      throw error;
    }
  }

  /** A URL that lets anyone read an object for a quarter of an hour. */
  async presign(key: string): Promise<string> {
    const command = new GetObjectCommand({ Bucket: this.outputs.uploadBucket, Key: key });
    return getSignedUrl(this.s3, command, { expiresIn: 900 });
  }

  /** The text of an object, or nothing when there is no such object. */
  async readIfThere(key: string): Promise<string | undefined> {
    try {
      return await this.read(key);
    } catch (error) {
      if (error instanceof NoSuchKey) {
        return undefined;
      }
      throw error;
    }
  }

  /** The text of an object. */
  async read(key: string): Promise<string> {
    const { Body } = await this.s3.send(
      new GetObjectCommand({ Bucket: this.outputs.uploadBucket, Key: key }),
    );
    return (await Body?.transformToString()) ?? '';
  }

  /** Whether the file is under `processed/` and no longer under `uploads/`. */
  async isProcessed(name: string): Promise<boolean> {
    return (await this.exists(this.processedKey(name))) && !(await this.exists(this.uploadKey(name)));
  }

  /** Every key under a prefix. */
  async list(prefix: string): Promise<string[]> {
    const pages = paginateListObjectsV2(
      { client: this.s3 },
      { Bucket: this.outputs.uploadBucket, Prefix: prefix },
    );
    const keys: string[] = [];
    for await (const page of pages) {
      keys.push(...(page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key])));
    }
    return keys;
  }

  /** How many versions each object under a prefix has; deleted ones are left out. */
  async versions(prefix: string): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    let next: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
    while (next !== undefined) {
      const page: ListObjectVersionsCommandOutput = await this.s3.send(
        new ListObjectVersionsCommand({ Bucket: this.outputs.uploadBucket, Prefix: prefix, ...next }),
      );
      const deleted = new Set(
        (page.DeleteMarkers ?? []).flatMap(({ Key, IsLatest }) => (IsLatest === true ? [Key] : [])),
      );
      for (const { Key } of page.Versions ?? []) {
        if (Key !== undefined && !deleted.has(Key)) {
          counts.set(Key, (counts.get(Key) ?? 0) + 1);
        }
      }
      next =
        page.IsTruncated === true
          ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
          : undefined;
    }
    return counts;
  }

  async depth(queueUrl: string = this.outputs.queueUrl): Promise<QueueDepth> {
    const { Attributes } = await this.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return {
      visible: Number(Attributes?.ApproximateNumberOfMessages),
      inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible),
    };
  }

  /** `receive-message` that hides nothing: the bodies of waiting tasks, visible again at once (VisibilityTimeout 0). */
  async peek(): Promise<string[]> {
    const { Messages } = await this.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.outputs.queueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 0,
      }),
    );
    return (Messages ?? []).flatMap(({ Body }) => (Body === undefined ? [] : [Body]));
  }

  close(): void {
    this.s3.destroy();
    this.sqs.destroy();
  }
}
