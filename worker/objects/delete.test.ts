import { Body } from '../../testing/s3/body';
import { S3Error } from '../../testing/s3/bucket';
import { S3Server } from '../../testing/s3/server';
import { deleteKeys } from './delete';

describe('objects that are deleted', () => {
  it('are named in one list, those apart whose keys XML cannot hold', async () => {
    await using server = await S3Server.start();
    const bucket = server.createBucket('bucket', { versioned: false });
    const keys = ['a', 'b & c', 'd\u0001', 'e\uffff', '\u{1f3ac}'];
    for (const key of keys) bucket.put({ key, body: Body.of('x') });
    const s3 = server.client();
    await deleteKeys(s3, 'bucket', keys, new AbortController().signal);
    s3.destroy();
    expect(bucket.keys).toEqual([]);
    expect(server.calls).toEqual(['DeleteObject d\u0001', 'DeleteObject e\uffff', 'DeleteObjects ']);
  });

  it('of which S3 keeps some are an error that names one and says why; the others are gone', async () => {
    await using server = await S3Server.start();
    const bucket = server.createBucket('bucket', { versioned: false });
    const keys = ['a', 'b & c', 'd', 'e'];
    for (const key of keys) bucket.put({ key, body: Body.of('x') });
    bucket.deleteFault = (key) =>
      key === 'a' || key === 'd'
        ? undefined
        : new S3Error('SlowDown', 503, 'Please reduce your request rate.');
    const s3 = server.client();
    await expect(deleteKeys(s3, 'bucket', keys, new AbortController().signal)).rejects.toThrow(
      '2 of 4 objects were not deleted, b & c first: SlowDown Please reduce your request rate.',
    );
    s3.destroy();
    expect(bucket.keys).toEqual(['b & c', 'e']);
  });
});
