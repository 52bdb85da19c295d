import { DeleteObjectsCommand, type S3Client } from '@aws-sdk/client-s3';
import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';

import { escapeXml } from '../edge/error-answer';
import type { Answer } from '../edge/guard';

const order = z.object({
  Delete: z.object({
    Quiet: z.stringbool().default(false),
    // As many as AWS takes at once.
    Object: z
      .array(z.object({ Key: z.string().min(1), VersionId: z.string().optional() }))
      .min(1)
      .max(1_000),
  }),
});

/** Which objects a DeleteObjects request wants gone. */
export type DeletionOrder = z.infer<typeof order>['Delete'];

const parser = new XMLParser({
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name) => name === 'Object',
});

/** Reads the body of a DeleteObjects request; `undefined` for what is none: LocalStack may take it all the same. */
export function readDeletionOrder(body: Buffer): DeletionOrder | undefined {
  try {
    return order.parse(parser.parse(body.toString('utf8'))).Delete;
  } catch {
    return undefined;
  }
}

/**
 * Deletes what may be deleted and tells of the rest, as S3 does: it decides on each key by itself, and answers 200.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
 */
export async function deleteAllowed(
  s3: S3Client,
  bucket: string,
  { Quiet, Object: objects }: DeletionOrder,
  forbidden: ReadonlyMap<DeletionOrder['Object'][number], string>,
): Promise<Answer> {
  const allowed = objects.filter((object) => !forbidden.has(object));
  const { Deleted, Errors } =
    allowed.length === 0
      ? { Deleted: [], Errors: [] }
      : await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Quiet, Objects: allowed } }));
  const refusals = [...forbidden].map(([object, Message]) => ({ ...object, Code: 'AccessDenied', Message }));
  const told = [
    ...(Deleted ?? []).map((object) => element('Deleted', { ...object })),
    ...[...(Errors ?? []), ...refusals].map((error) => element('Error', { ...error })),
  ];
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    content: `<?xml version="1.0" encoding="UTF-8"?>\n<DeleteResult>${told.join('')}</DeleteResult>`,
  };
}

function element(name: string, members: Readonly<Record<string, string | boolean | undefined>>): string {
  const content = Object.entries(members).map(([member, value]) =>
    value === undefined ? '' : `<${member}>${escapeXml(String(value))}</${member}>`,
  );
  return `<${name}>${content.join('')}</${name}>`;
}
