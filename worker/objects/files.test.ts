import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { S3Error } from '../../testing/s3/bucket';
import { S3Server } from '../../testing/s3/server';
import { downloadFile, uploadFile } from './files';

const never = new AbortController().signal;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function open() {
  const folder = await mkdtemp(path.join(tmpdir(), 'upload-files-'));
  const server = await S3Server.start();
  const s3 = server.client();
  const bucket = server.createBucket('bucket', { versioned: false });
  const source = path.join(folder, 'source');
  return {
    server,
    bucket,
    folder,
    /** Uploads a file of these bytes. */
    async upload(bytes: Uint8Array, signal: AbortSignal = never): Promise<number> {
      await writeFile(source, bytes);
      return uploadFile(s3, { bucket: 'bucket', key: 'x' }, source, 'video/mp4', signal);
    },
    async download(): Promise<Buffer> {
      const file = path.join(folder, 'result');
      await downloadFile(s3, { bucket: 'bucket', key: 'x' }, file, never);
      return readFile(file);
    },
    async [Symbol.asyncDispose]() {
      s3.destroy();
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

describe('a file that is uploaded', () => {
  it.each([
    ['an empty one', 0, 'PutObject'],
    ['one of exactly a part', 5 * 1024 ** 2, 'PutObject'],
    ['one of more parts than are sent at a time', 13 * 1024 ** 2 + 1, 'CreateMultipartUpload'],
  ])('comes back as it was: %s', async (_, size, first) => {
    await using t = await open();
    const bytes = randomBytes(size);
    expect(await t.upload(bytes)).toBe(size);
    expect(t.server.calls[0]).toBe(`${first} x`);
    expect(t.bucket.get('x')).toMatchObject({ headers: { 'content-type': 'video/mp4' } });
    expect(sha256(await t.download())).toBe(sha256(bytes));
    expect(t.server.openUploads).toBe(0);
  });

  it('leaves nothing behind when a part of it fails', async () => {
    await using t = await open();
    t.server.intercept = ({ operation }) =>
      operation === 'UploadPart' ? Promise.reject(new S3Error('AccessDenied', 403)) : undefined;
    await expect(t.upload(randomBytes(11e6))).rejects.toThrow('AccessDenied');
    expect(t.server.openUploads).toBe(0);
  });

  it('leaves nothing behind when it is aborted', async () => {
    await using t = await open();
    const stop = new AbortController();
    t.server.intercept = ({ operation }) => {
      if (operation === 'UploadPart') stop.abort();
      return undefined;
    };
    await expect(t.upload(randomBytes(11e6), stop.signal)).rejects.toThrow('abort');
    expect(t.server.openUploads).toBe(0);
  });
});
