import { decodeTask, UnknownTaskError } from './decode';
import { s3Event, snsEnvelope, testEvent } from '../testing/events';

const keyOf = (body: string): string | undefined => {
  const task = decodeTask(body);
  return task.kind === 'uploads' ? task.uploads[0]?.key : undefined;
};

describe('decoding a task', () => {
  it('reads an S3 event in the envelope of an SNS notification', () => {
    const record = { key: 'uploads/a.txt', size: 5, eTag: 'e1', versionId: 'v1', sequencer: '0A' };
    expect(decodeTask(snsEnvelope(s3Event(record)))).toEqual({
      kind: 'uploads',
      uploads: [{ bucket: 'bucket', eventName: 'ObjectCreated:Put', ...record }],
    });
  });

  it('reads the same event by raw message delivery', () => {
    const event = s3Event({ key: 'uploads/a.txt' });
    expect(decodeTask(event)).toEqual(decodeTask(snsEnvelope(event)));
  });

  it.each([
    ['as S3 writes it', 'uploads/a+b%2Bc+%C3%A9.txt'],
    ['with the space percent-encoded', 'uploads/a%20b%2Bc%20%C3%A9.txt'],
    ['with the slash percent-encoded as well', 'uploads%2Fa%20b%2Bc%20%C3%A9.txt'],
  ])('decodes a key %s', (_, key) => {
    expect(keyOf(s3Event({ key, encoded: true }))).toBe('uploads/a b+c é.txt');
  });

  it.each([
    ['parents', 'uploads/../../etc/passwd'],
    ['a leading slash', '/uploads/x'],
    ['control characters', 'uploads/a\nb\u0007'],
    ['1,024 bytes of UTF-8', `uploads/${'é'.repeat(508)}`],
  ])('returns a key with %s as it is', (_, key) => {
    expect(keyOf(s3Event({ key }))).toBe(key);
  });

  it('recognizes the test event that S3 sends when notifications are configured, in both deliveries', () => {
    expect(decodeTask(testEvent())).toEqual({ kind: 'test-event', bucket: 'bucket' });
    expect(decodeTask(snsEnvelope(testEvent()))).toEqual({ kind: 'test-event', bucket: 'bucket' });
  });

  it('returns every record of a message', () => {
    const task = decodeTask(s3Event({ key: 'uploads/1' }, { key: 'uploads/2' }, { key: 'uploads/3' }));
    expect(task.kind === 'uploads' && task.uploads.map(({ key }) => key)).toEqual([
      'uploads/1',
      'uploads/2',
      'uploads/3',
    ]);
  });

  it.each(['Put', 'Post', 'Copy', 'CompleteMultipartUpload'])('accepts ObjectCreated:%s', (kind) => {
    expect(keyOf(s3Event({ key: 'uploads/x', eventName: `ObjectCreated:${kind}` }))).toBe('uploads/x');
  });

  it.each(['2.0', '2.1', '2.99'])('accepts event version %s', (eventVersion) => {
    expect(keyOf(s3Event({ key: 'uploads/x', eventVersion }))).toBe('uploads/x');
  });

  it('accepts an event without versionId and sequencer', () => {
    const task = decodeTask(s3Event({ key: 'uploads/x' }));
    expect(task).toMatchObject({ uploads: [{ versionId: undefined, sequencer: undefined }] });
  });

  it.each([
    [
      'another major version',
      s3Event({ key: 'uploads/x', eventVersion: '3.0' }),
      'event version 3.0: only 2.x',
    ],
    [
      'an event of another kind',
      s3Event({ key: 'uploads/x', eventName: 'ObjectRemoved:Delete' }),
      'ObjectRemoved:Delete',
    ],
    ['another source', s3Event({ key: 'uploads/x', eventSource: 'aws:dynamodb' }), 'eventSource'],
    ['a key that is not UTF-8', s3Event({ key: 'uploads/%FF', encoded: true }), '%FF'],
    ['a text that is not JSON', 'hello', 'not JSON: "hello"'],
    ['an empty text', '', 'not JSON'],
    ['a JSON that is no object', '42', 'not an S3 event'],
    ['an object without Records', '{}', 'Records'],
    ['an empty list of records', '{"Records":[]}', 'Records'],
    ['something like a test event', '{"Event":"s3:TestEvent"}', 'Records'],
    ['an envelope around another text', snsEnvelope('hello'), 'Message of the SNS notification is not JSON'],
    ['another message of SNS', '{"Type":"SubscriptionConfirmation"}', 'Records'],
  ])('refuses %s, saying what it is', (_, body, reason) => {
    expect(() => decodeTask(body)).toThrow(UnknownTaskError);
    expect(() => decodeTask(body)).toThrow(reason);
  });
});
