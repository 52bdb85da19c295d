import type { CopyOptions } from '../objects/copy';
import { NonRetryableError } from '../queue/errors';
import { startProcessing, type Processing } from '../testing/processing';
import { Body } from '../../testing/s3/body';
import { S3Error } from '../../testing/s3/bucket';
import { moveProcessor } from './move';

const GiB = 1024 ** 3;
const MiB = 1024 ** 2;

const startMoving = (versioned: boolean, copy?: CopyOptions): Promise<Processing> =>
  startProcessing({
    versioned,
    processor: (s3) =>
      moveProcessor({ s3, uploadsPrefix: 'uploads/', processedPrefix: 'processed/', ...(copy && { copy }) }),
  });

const described = {
  headers: {
    'content-type': 'text/x-story',
    'content-encoding': 'gzip',
    'content-disposition': 'attachment; filename="x"',
    'content-language': 'de',
    'cache-control': 'max-age=60',
    expires: 'Thu, 01 Jan 2099 00:00:00 GMT',
    'x-amz-storage-class': 'STANDARD_IA',
  },
  metadata: { author: 'aj' },
  tags: { team: 'a&b', 'with space': '<x>' },
};

describe.each([
  ['with versions', true],
  ['without versions', false],
])('moving an upload in a bucket %s', (_, versioned) => {
  it('leaves it under processed/ and not under uploads/, and says so', async () => {
    await using p = await startMoving(versioned);
    await p.deliver(p.upload('uploads/folder/x.txt', 'hello'));
    expect(p.bucket.keys).toEqual(['processed/folder/x.txt']);
    expect(p.bucket.get('processed/folder/x.txt').body.toBuffer().toString()).toBe('hello');
    expect(p.told).toEqual(['Moved to: processed/folder/x.txt']);
  });

  it('keeps metadata, content headers and tags, and notes where the result comes from', async () => {
    await using p = await startMoving(versioned);
    const source = p.upload('uploads/x', 'hello', described);
    await p.deliver(source);
    const { metadata, ...rest } = p.bucket.get('processed/x');
    expect(rest).toMatchObject({ headers: described.headers, tags: described.tags });
    const version = versioned ? source.versionId : source.eTag;
    expect(metadata).toEqual({ author: 'aj', 'upload-source': `${version} ${source.sequencer}` });
  });

  it.each(['a b+c é.txt', '../../etc/passwd', '/leading', 'line\nbreak', '%2F?&=#', 'é'.repeat(500)])(
    'moves a key with anything in it: %j',
    async (name) => {
      await using p = await startMoving(versioned);
      await p.deliver(p.upload(`uploads/${name}`, 'x'));
      expect(p.bucket.keys).toEqual([`processed/${name}`]);
    },
  );

  it('refuses a key that S3 takes under uploads/ but would not under processed/', async () => {
    await using p = await startMoving(versioned);
    await p.deliver(p.upload(`uploads/${'x'.repeat(1014)}`, 'x'));
    const delivery = p.deliver(p.upload(`uploads/${'é'.repeat(508)}`, 'x'));
    await expect(delivery).rejects.toThrow(NonRetryableError);
    await expect(delivery).rejects.toThrow('under processed/ it takes 1026 bytes, and S3 allows 1024');
  });

  it('moves an empty object', async () => {
    await using p = await startMoving(versioned);
    await p.deliver(p.upload('uploads/empty', ''));
    expect(p.bucket.keys).toEqual(['processed/empty']);
  });

  it('does it once, whatever the duplicates', async () => {
    await using p = await startMoving(versioned);
    const version = p.upload('uploads/x', 'hello');
    await p.deliver(version);
    await p.deliver(version);
    expect(p.bucket.versions('processed/x')).toHaveLength(1);
    expect(p.told).toEqual(['Moved to: processed/x', 'Already moved to: processed/x']);
  });

  it('does it once when two workers do it at the same time', async () => {
    await using p = await startMoving(versioned);
    const version = p.upload('uploads/x', 'hello');
    await Promise.all([p.deliver(version), p.deliver(version), p.deliver(version)]);
    expect(p.bucket.versions('processed/x')).toHaveLength(1);
    expect(p.bucket.keys).toEqual(['processed/x']);
  });

  it('is done also when another worker ended it between the two looks', async () => {
    await using p = await startMoving(versioned);
    const version = p.upload('uploads/x', 'hello');
    const looked = Promise.withResolvers<undefined>();
    const moved = Promise.withResolvers<undefined>();
    let first = true;
    p.server.intercept = async ({ operation, key }) => {
      if (operation === 'HeadObject' && key === 'uploads/x' && first) {
        first = false;
        looked.resolve(undefined);
        await moved.promise;
      }
      return undefined;
    };
    const late = p.deliver(version);
    await looked.promise;
    await p.deliver(version);
    moved.resolve(undefined);
    await late;
    expect(p.told.at(-1)).toBe('Already moved to: processed/x');
    expect(p.bucket.keys).toEqual(['processed/x']);
  });

  it('finishes a move that was killed between copy and delete, without copying again', async () => {
    await using p = await startMoving(versioned);
    const version = p.upload('uploads/x', 'hello');
    p.server.intercept = ({ operation }) => {
      if (operation === 'DeleteObject') throw new S3Error('InternalError', 500);
      return undefined;
    };
    await expect(p.deliver(version)).rejects.toThrow();
    expect(p.bucket.keys).toEqual(['processed/x', 'uploads/x']);
    p.server.intercept = undefined;
    await p.deliver(version);
    expect(p.bucket.keys).toEqual(['processed/x']);
    expect(p.server.calls.filter((call) => call.startsWith('CopyObject'))).toHaveLength(1);
  });

  it('tells an upload that was deleted from one that was moved: that one is an error', async () => {
    await using p = await startMoving(versioned);
    const version = p.upload('uploads/x', 'hello');
    p.bucket.delete('uploads/x', versioned ? version.versionId : undefined);
    const delivery = p.deliver(version);
    await expect(delivery).rejects.toThrow(NonRetryableError);
    await expect(delivery).rejects.toThrow('uploads/x was deleted before it could be processed');
  });

  it('puts the second upload of a key over the first', async () => {
    await using p = await startMoving(versioned);
    await p.deliver(p.upload('uploads/x', 'first'));
    await p.deliver(p.upload('uploads/x', 'second'));
    expect(p.bucket.get('processed/x').body.toBuffer().toString()).toBe('second');
    expect(p.bucket.keys).toEqual(['processed/x']);
  });

  it('puts an upload over an object that does not say where it comes from', async () => {
    await using p = await startMoving(versioned);
    p.upload('processed/x', 'put by hand');
    await p.deliver(p.upload('uploads/x', 'hello'));
    expect(p.bucket.get('processed/x').body.toBuffer().toString()).toBe('hello');
  });

  it('looks again when the result was written meanwhile', async () => {
    await using p = await startMoving(versioned);
    const version = p.upload('uploads/x', 'hello');
    let interfered = false;
    p.server.intercept = ({ operation }) => {
      if (operation === 'CopyObject' && !interfered) {
        interfered = true;
        p.upload('processed/x', 'by someone else');
      }
      return undefined;
    };
    await p.deliver(version);
    expect(p.bucket.get('processed/x').body.toBuffer().toString()).toBe('hello');
    expect(p.server.calls.filter((call) => call.startsWith('CopyObject'))).toHaveLength(2);
  });

  it('passes on what may pass: the task is tried again later', async () => {
    await using p = await startMoving(versioned);
    const version = p.upload('uploads/x', 'hello');
    p.server.intercept = () => {
      throw new S3Error('SlowDown', 503);
    };
    const delivery = p.deliver(version);
    await expect(delivery).rejects.toThrow();
    await expect(delivery).rejects.not.toBeInstanceOf(NonRetryableError);
  });

  it('refuses an upload whose metadata leaves no room for the note', async () => {
    await using p = await startMoving(versioned);
    const version = p.upload('uploads/x', 'hello', { metadata: { long: 'x'.repeat(2040) } });
    await expect(p.deliver(version)).rejects.toThrow('metadata leaves no room');
    expect(p.bucket.keys).toEqual(['uploads/x']);
  });

  it('copies an object of more than 5 GiB in parts, with all that belongs to it', async () => {
    await using p = await startMoving(versioned);
    await p.deliver(p.upload('uploads/big', Body.zeros(6 * GiB + 1), described));
    const result = p.bucket.get('processed/big');
    expect(result).toMatchObject({
      headers: described.headers,
      tags: described.tags,
      body: { size: 6 * GiB + 1 },
    });
    expect(result.metadata).toMatchObject({ author: 'aj' });
    expect(p.server.calls.filter((call) => call.startsWith('UploadPartCopy'))).toHaveLength(25);
    expect(p.bucket.keys).toEqual(['processed/big']);
    expect(p.server.openUploads).toBe(0);
  });

  it('copies in parts from the threshold on, and in one below it', async () => {
    await using p = await startMoving(versioned, { multipartThreshold: 6 * MiB, partSize: 5 * MiB });
    await p.deliver(p.upload('uploads/below', Body.zeros(6 * MiB)));
    expect(p.server.calls.filter((call) => call.startsWith('UploadPartCopy'))).toHaveLength(0);
    await p.deliver(p.upload('uploads/above', Body.zeros(6 * MiB + 1)));
    expect(p.server.calls.filter((call) => call.startsWith('UploadPartCopy'))).toHaveLength(2);
  });

  it('says why a copy failed, also when its half cannot be removed', async () => {
    await using p = await startMoving(versioned, { multipartThreshold: 6 * MiB, partSize: 5 * MiB });
    p.server.intercept = ({ operation }) => {
      if (operation === 'UploadPartCopy') throw new S3Error('InternalError', 500);
      if (operation === 'AbortMultipartUpload') throw new S3Error('AccessDenied', 403);
      return undefined;
    };
    await expect(p.deliver(p.upload('uploads/x', Body.zeros(20 * MiB)))).rejects.toMatchObject({
      name: 'InternalError',
    });
  });

  it('leaves no half of a copy behind when a part fails', async () => {
    await using p = await startMoving(versioned, { multipartThreshold: 6 * MiB, partSize: 5 * MiB });
    p.server.intercept = ({ operation }) => {
      if (operation === 'UploadPartCopy') throw new S3Error('InternalError', 500);
      return undefined;
    };
    await expect(p.deliver(p.upload('uploads/x', Body.zeros(20 * MiB)))).rejects.toThrow();
    expect(p.server.openUploads).toBe(0);
    expect(p.bucket.keys).toEqual(['uploads/x']);
  });

  it('stops when its signal aborts', async () => {
    await using p = await startMoving(versioned);
    await expect(p.deliver(p.upload('uploads/x', 'x'), { signal: AbortSignal.abort() })).rejects.toThrow(
      'abort',
    );
    expect(p.bucket.keys).toEqual(['uploads/x']);
  });
});

describe('two versions of an upload', () => {
  it.each([
    ['in order', [0, 1]],
    ['in the wrong order', [1, 0]],
    ['in order, with duplicates', [0, 1, 0, 1]],
    ['in the wrong order, with duplicates', [1, 0, 1, 0]],
  ])('delivered %s end as the newest under processed/ and nothing under uploads/', async (_, order) => {
    await using p = await startMoving(true);
    const versions = [p.upload('uploads/x', 'old'), p.upload('uploads/x', 'new')];
    for (const index of order) await p.deliver(versions[index]!);
    expect(p.bucket.get('processed/x').body.toBuffer().toString()).toBe('new');
    expect(p.bucket.keys).toEqual(['processed/x']);
  });

  it('delivered at the same time end the same', async () => {
    await using p = await startMoving(true);
    const versions = [p.upload('uploads/x', 'old'), p.upload('uploads/x', 'new')];
    await Promise.all(versions.map((version) => p.deliver(version)));
    expect(p.bucket.get('processed/x').body.toBuffer().toString()).toBe('new');
    expect(p.bucket.keys).toEqual(['processed/x']);
  });

  it('in a bucket without versions: the event of the overwritten one does nothing', async () => {
    await using p = await startMoving(false);
    const old = p.upload('uploads/x', 'old');
    const current = p.upload('uploads/x', 'new');
    await p.deliver(old);
    expect(p.bucket.keys).toEqual(['uploads/x']);
    await p.deliver(current);
    expect(p.bucket.get('processed/x').body.toBuffer().toString()).toBe('new');
  });

  it('in a bucket without versions: what is uploaded during the move is not deleted', async () => {
    await using p = await startMoving(false);
    const old = p.upload('uploads/x', 'old');
    p.server.intercept = ({ operation }) => {
      if (operation === 'DeleteObject') p.upload('uploads/x', 'new');
      return undefined;
    };
    await p.deliver(old);
    expect(p.bucket.get('uploads/x').body.toBuffer().toString()).toBe('new');
  });

  it('in a store without conditional deletes, the source is deleted all the same', async () => {
    await using p = await startMoving(false);
    let refused = 0;
    p.server.intercept = ({ operation }) => {
      if (operation === 'DeleteObject' && refused === 0) {
        refused += 1;
        throw new S3Error('NotImplemented', 501);
      }
      return undefined;
    };
    await p.deliver(p.upload('uploads/x', 'x'));
    expect(refused).toBe(1);
    expect(p.bucket.keys).toEqual(['processed/x']);
  });
});
