import { Body } from '../../testing/s3/body';
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
});
