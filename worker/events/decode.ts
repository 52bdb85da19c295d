import * as z from 'zod';
import { NonRetryableError } from '../queue/errors';
import type { Task, Upload } from './upload';

const object = z.object({
  key: z.string().min(1),
  size: z.number().int().nonnegative(),
  eTag: z.string().min(1),
  versionId: z.string().min(1).optional(),
  sequencer: z
    .string()
    .regex(/^[0-9a-f]+$/iu)
    .optional(),
});

const record = z.object({
  eventVersion: z.string().regex(/^\d+\.\d+$/u),
  eventSource: z.literal('aws:s3'),
  eventName: z.string(),
  s3: z.object({ bucket: z.object({ name: z.string().min(1) }), object }),
});

const notification = z.object({ Records: z.array(record).min(1) });

const testEvent = z.object({
  Service: z.literal('Amazon S3'),
  Event: z.literal('s3:TestEvent'),
  Bucket: z.string(),
});

const snsEnvelope = z.object({ Type: z.literal('Notification'), TopicArn: z.string(), Message: z.string() });

/** The body of a message is not an S3 event this worker knows; it must reach the dead-letter queue, never be dropped. */
export class UnknownTaskError extends NonRetryableError {
  override readonly name = 'UnknownTaskError';
}

/**
 * Reads the body of a queue message: an S3 event, raw or in the envelope of an SNS notification.
 *
 * Event structure: AWS, "Event message structure" of the S3 User Guide. Any minor version of event version 2 is accepted.
 *
 * @throws UnknownTaskError when the body is anything else, saying what was found.
 */
export function decodeTask(body: string): Task {
  const outer = parseJson(body, 'the message body');
  const envelope = snsEnvelope.safeParse(outer);
  const event = envelope.success
    ? parseJson(envelope.data.Message, 'Message of the SNS notification')
    : outer;

  const test = testEvent.safeParse(event);
  if (test.success) return { kind: 'test-event', bucket: test.data.Bucket };

  const parsed = notification.safeParse(event);
  if (!parsed.success) throw new UnknownTaskError(`not an S3 event: ${explain(parsed.error)}`);
  return { kind: 'uploads', uploads: parsed.data.Records.map(toUpload) };
}

function toUpload({ eventVersion, eventName, s3 }: z.infer<typeof record>): Upload {
  if (!eventVersion.startsWith('2.')) {
    throw new UnknownTaskError(`event version ${eventVersion}: only 2.x is understood`);
  }
  if (!eventName.startsWith('ObjectCreated:')) {
    throw new UnknownTaskError(`event ${eventName}: only ObjectCreated:* is handled`);
  }
  return {
    bucket: s3.bucket.name,
    key: decodeKey(s3.object.key),
    versionId: s3.object.versionId,
    eTag: s3.object.eTag.replaceAll('"', ''),
    size: s3.object.size,
    sequencer: s3.object.sequencer,
    eventName,
  };
}

/** Keys in events are form-urlencoded: `+` is a space, the rest is percent-encoded UTF-8. */
function decodeKey(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    throw new UnknownTaskError(`key ${JSON.stringify(encoded)} is not form-urlencoded UTF-8`);
  }
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnknownTaskError(`${what} is not JSON: ${JSON.stringify(text.slice(0, 80))}`);
  }
}

function explain(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map((issue) => `${['event', ...issue.path].join('.')}: ${issue.message}`)
    .join('; ');
}
