import { crc32, deflateSync } from 'node:zlib';
import { NonRetryableError } from '../queue/errors';
import { Body } from '../../testing/s3/body';
import { S3Error } from '../../testing/s3/bucket';
import { expectCompleteSet, made, manifestOf, picture, quickly, Studio, tone } from '../testing/studio';
import { until } from '../testing/until';

jest.setTimeout(180_000);

let studio: Studio;

beforeAll(async () => {
  studio = await Studio.open();
});
afterAll(async () => {
  await studio[Symbol.asyncDispose]();
});

describe('a file that is no good movie', () => {
  it.each([
    ['a text called .mp4', () => Promise.resolve(Buffer.from('hello, I am no movie\n'.repeat(100)))],
    ['nothing but zeros', () => Promise.resolve(Buffer.alloc(5000))],
    [
      'a playlist that names other files',
      () => Promise.resolve(Buffer.from('#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n')),
    ],
    [
      'a list of files to join',
      () => Promise.resolve(Buffer.from("ffconcat version 1.0\nfile '/etc/passwd'\n")),
    ],
    [
      'a movie without its index',
      async () => (await studio.media.make('x.mp4', ...picture('640x360'), ...quickly)).subarray(0, 20_000),
    ],
    [
      'pictures larger than any level of H.264 has them',
      () => studio.media.make('x.mkv', '-f', 'lavfi', '-i', 'color=s=8000x4600:r=1:d=1', '-c:v', 'mjpeg'),
    ],
    ['sound alone', () => studio.media.make('x.m4a', ...tone(), '-c:a', 'aac')],
  ])('(%s) is refused for good, by name, and stays where it is', async (_, content) => {
    await using p = await studio.start();
    const delivery = p.deliver(p.upload('uploads/bad.mp4', Body.of(await content())));
    await expect(delivery).rejects.toThrow(NonRetryableError);
    await expect(delivery).rejects.toThrow('uploads/bad.mp4');
    expect(p.bucket.keys).toEqual(['uploads/bad.mp4']);
    expect(await studio.scratchLeft()).toEqual([]);
  });

  it('(empty) is refused for good', async () => {
    await using p = await studio.start();
    await expect(p.deliver(p.upload('uploads/empty.mp4', ''))).rejects.toThrow('uploads/empty.mp4 is empty');
  });

  it('(truncated) is refused for good, with what could be decoded', async () => {
    await using p = await studio.start();
    const whole = await studio.media.make(
      'w.mp4',
      ...picture('640x360', 10),
      ...quickly,
      '-movflags',
      '+faststart',
    );
    const delivery = p.deliver(p.upload('uploads/cut.mp4', Body.of(whole.subarray(0, whole.byteLength / 2))));
    await expect(delivery).rejects.toThrow(NonRetryableError);
    await expect(delivery).rejects.toThrow(/uploads\/cut\.mp4: .*(truncated|decoded)/u);
  });
});

describe('a movie whose sound goes on after the picture', () => {
  it.each(['mp4', 'mkv'])('is whole (%s)', async (container) => {
    await using p = await studio.start();
    const content = await studio.media.make(
      `s.${container}`,
      ...picture('320x240', 2),
      ...tone(5),
      ...quickly,
    );
    await p.deliver(p.upload(`uploads/s.${container}`, Body.of(content)));
    expect(manifestOf(p, `s.${container}`).renditions).toHaveLength(1);
  });
});

describe('the work on a movie', () => {
  it('is done once, whatever the duplicates', async () => {
    await using p = await studio.start();
    const version = p.upload(
      'uploads/a.mp4',
      Body.of(await studio.media.make('d.mp4', ...picture('640x360', 1), ...quickly)),
    );
    await p.deliver(version);
    const manifests = p.bucket.versions('processed/a.mp4/manifest.json').length;
    await p.deliver(version);
    expect(p.bucket.versions('processed/a.mp4/manifest.json')).toHaveLength(manifests);
    expect(p.told.at(-1)).toBe('Already moved to: processed/a.mp4');
    expect(await studio.scratchLeft()).toEqual([]);
  });

  it('is done once, when a duplicate waited for its turn meanwhile', async () => {
    await using p = await studio.start();
    const content = await studio.media.make('t.mp4', ...picture('320x240', 1), ...quickly);
    const version = p.upload('uploads/a.mp4', Body.of(content));
    await Promise.all([p.deliver(version), p.deliver(version)]);
    expect(p.told.filter((line) => line.startsWith('Made: '))).toHaveLength(1);
    expectCompleteSet(p, 'a.mp4');
  });

  it('that a duplicate does on another instance touches nothing that is published', async () => {
    await using p = await studio.start({ apart: true });
    const content = await studio.media.make('e.mp4', ...picture('320x240', 1), ...quickly);
    const version = p.upload('uploads/a.mp4', Body.of(content));
    let published: readonly string[] = [];
    p.server.intercept = async ({ operation, key }) => {
      if (operation !== 'PutObject' || !key.endsWith('poster.jpg')) return;
      p.server.intercept = undefined;
      await p.deliver(version);
      published = manifestOf(p, 'a.mp4').files.map((file) => file.key);
    };
    await expect(p.deliver(version)).rejects.toThrow('changed while uploads/a.mp4 was worked on');
    expect(published.map((key) => p.bucket.versions(key).length)).toEqual(published.map(() => 1));
    expectCompleteSet(p, 'a.mp4');
    await p.deliver(version);
    expect(p.told.at(-1)).toBe('Already moved to: processed/a.mp4');
    expectCompleteSet(p, 'a.mp4');
  });

  it('leaves nothing of an attempt that failed in the middle of its uploads', async () => {
    await using p = await studio.start();
    const content = await studio.media.make('f.mp4', ...picture('320x240', 1), ...quickly);
    const version = p.upload('uploads/a.mp4', Body.of(content));
    p.server.intercept = ({ operation, key }) => {
      if (operation === 'PutObject' && key.endsWith('manifest.json')) throw new S3Error('SlowDown', 503);
      return undefined;
    };
    await expect(p.deliver(version)).rejects.toThrow('SlowDown');
    p.server.intercept = undefined;
    const left = p.bucket.keys.filter((key) => key.startsWith('processed/'));
    expect(left).not.toEqual([]);
    await p.deliver(version);
    expect(p.bucket.keys.filter((key) => left.includes(key))).toEqual([]);
    expectCompleteSet(p, 'a.mp4');
  });

  it('on a newer version goes on undisturbed while the older one is published', async () => {
    await using p = await studio.start({ apart: true });
    const content = await studio.media.make('n.mp4', ...picture('320x240', 1), ...quickly);
    const [older, newer] = [
      p.upload('uploads/a.mp4', Body.of(content)),
      p.upload('uploads/a.mp4', Body.of(content)),
    ];
    p.server.intercept = async ({ operation, key }) => {
      if (operation !== 'PutObject' || !key.endsWith('manifest.json')) return;
      p.server.intercept = undefined;
      await p.deliver(older);
    };
    await p.deliver(newer);
    expect(p.told.filter((line) => line.startsWith('Made: '))).toHaveLength(2);
    expectCompleteSet(p, 'a.mp4');
  });

  it('replaces the results of an older version and deletes them; an older version that comes late changes nothing', async () => {
    await using p = await studio.start();
    const content = await studio.media.make('o.mp4', ...picture('640x360', 1), ...quickly);
    const first = p.upload('uploads/a.mp4', Body.of(content));
    await p.deliver(first);
    const old = manifestOf(p, 'a.mp4');
    const late = p.upload('uploads/a.mp4', Body.of(content));
    const newest = p.upload(
      'uploads/a.mp4',
      Body.of(await studio.media.make('o2.mp4', ...picture('320x240', 1), ...quickly)),
    );
    await p.deliver(newest);
    await p.deliver(late);
    const manifest = manifestOf(p, 'a.mp4');
    expect(manifest.renditions).toMatchObject([{ height: 240 }]);
    expect(p.bucket.keys.filter((key) => key.startsWith(old.prefix))).toEqual([]);
    expect(p.bucket.keys).toContain(`${manifest.prefix}240p.mp4`);
    expect(p.bucket.keys).not.toContain('uploads/a.mp4');
  });

  it.each(['S3 kept some of them', 'the worker was killed'])(
    'deletes the results of an older version at the next try, when %s',
    async (why) => {
      await using p = await studio.start();
      const content = await studio.media.make('k.mp4', ...picture('320x240', 1), ...quickly);
      await p.deliver(p.upload('uploads/a.mp4', Body.of(content)));
      const fault = new S3Error('InternalError', 500);
      p.bucket.deleteFault = (key) => (why.startsWith('S3') && key.endsWith('.m4s') ? fault : undefined);
      const killed = new AbortController();
      p.server.intercept = ({ operation }) => {
        if (!why.startsWith('S3') && operation === 'DeleteObjects') {
          killed.abort();
          throw fault;
        }
        return undefined;
      };
      const version = p.upload('uploads/a.mp4', Body.of(content));
      await expect(p.deliver(version, { signal: killed.signal })).rejects.toThrow();
      p.bucket.deleteFault = undefined;
      p.server.intercept = undefined;
      await p.deliver(version);
      expectCompleteSet(p, 'a.mp4');
    },
  );

  it('that another version overtook leaves nothing of its own behind', async () => {
    await using p = await studio.start();
    const content = await studio.media.make('r.mp4', ...picture('320x240', 1), ...quickly);
    const version = p.upload('uploads/a.mp4', Body.of(content));
    const manifest = JSON.stringify({ prefix: 'processed/a.mp4/other/', files: [] });
    p.server.intercept = ({ operation, key }) => {
      if (operation === 'PutObject' && key === 'processed/a.mp4/manifest.json')
        p.upload(key, manifest, { metadata: { 'upload-source': 'newer FFFF' } });
      return undefined;
    };
    await expect(p.deliver(version)).rejects.toThrow(
      'manifest.json changed while uploads/a.mp4 was worked on',
    );
    expect(p.bucket.keys).toEqual(['processed/a.mp4/manifest.json', 'uploads/a.mp4']);
    p.server.intercept = undefined;
    await p.deliver(version);
    expect(p.bucket.keys).toEqual(['processed/a.mp4', 'processed/a.mp4/manifest.json']);
  });

  it('takes the place of a manifest that is none of ours', async () => {
    await using p = await studio.start();
    p.upload('processed/a.mp4/manifest.json', 'put by hand');
    const content = await studio.media.make('h.mp4', ...picture('320x240', 1), ...quickly);
    await p.deliver(p.upload('uploads/a.mp4', Body.of(content)));
    expect(manifestOf(p, 'a.mp4').renditions).toHaveLength(1);
  });

  it('deletes nothing that a manifest names which somebody uploaded', async () => {
    await using p = await studio.start();
    p.upload('processed/theirs/film.txt', 'precious');
    p.upload('processed/a.mp4/0123456789ab/old.mp4', 'made for an older version');
    const named = ['processed/theirs/film.txt', 'processed/a.mp4/0123456789ab/old.mp4', 'processed/a.mp4'];
    p.upload(
      'processed/a.mp4/manifest.json',
      JSON.stringify({ prefix: 'x/', files: named.map((key) => ({ key })) }),
    );
    const content = await studio.media.make('p.mp4', ...picture('320x240', 1), ...quickly);
    await p.deliver(p.upload('uploads/a.mp4', Body.of(content)));
    expect(p.bucket.get('processed/theirs/film.txt').body.toBuffer().toString()).toBe('precious');
    expect(p.bucket.keys).not.toContain('processed/a.mp4/0123456789ab/old.mp4');
  });

  it('goes on when its progress cannot be published, and says so', async () => {
    await using p = await studio.start();
    p.server.intercept = ({ key }) => {
      if (key.endsWith('progress.json')) throw new S3Error('SlowDown', 503);
      return undefined;
    };
    const content = await studio.media.make('p.mp4', ...picture('320x240', 1), ...quickly);
    await p.deliver(p.upload('uploads/a.mp4', Body.of(content)));
    expect(p.told).toContainEqual(expect.stringContaining('Progress of uploads/a.mp4 cannot be published'));
    expect(p.told.at(-1)).toBe('Moved to: processed/a.mp4');
  });

  it('takes its progress away in the end, when that failed at first', async () => {
    await using p = await studio.start();
    const fault = new S3Error('SlowDown', 503);
    p.bucket.deleteFault = (key) => (key.endsWith('progress.json') ? fault : undefined);
    p.server.intercept = ({ operation, key }) => {
      if (operation === 'PutObject' && key.endsWith('manifest.json')) p.bucket.deleteFault = undefined;
      return undefined;
    };
    const content = await studio.media.make('q.mp4', ...picture('320x240', 1), ...quickly);
    await p.deliver(p.upload('uploads/a.mp4', Body.of(content)));
    expect(p.told).toContainEqual(expect.stringContaining('Progress of uploads/a.mp4 cannot be published'));
    expectCompleteSet(p, 'a.mp4');
  });

  it('is refused before it begins when the names of its results would be too long', async () => {
    await using p = await studio.start();
    const delivery = p.deliver(p.upload(`uploads/${'x'.repeat(960)}.mp4`, 'never looked at'));
    await expect(delivery).rejects.toThrow(NonRetryableError);
    await expect(delivery).rejects.toThrow('too long a key');
  });

  it('ends with its task: ffmpeg is killed and the scratch space is freed', async () => {
    await using p = await studio.start();
    const content = await studio.media.make('l.mp4', ...picture('1280x720', 20, 10), ...quickly);
    const stop = new AbortController();
    const delivery = p.deliver(p.upload('uploads/long.mp4', Body.of(content)), { signal: stop.signal });
    const failure = delivery.catch((error: unknown) => error);
    await until('it has begun', () => p.told.some((line) => line.startsWith('Progress:')));
    stop.abort(new Error('stopped here'));
    expect(await failure).toMatchObject({ message: 'stopped here' });
    expect(await studio.scratchLeft()).toEqual([]);
    expect(p.bucket.keys).toEqual(['uploads/long.mp4']);
  });
});

describe('an image', () => {
  it('gets a thumbnail as it is shown: the orientation that a camera notes is applied', async () => {
    await using p = await studio.start();
    const lying = await studio.media.make('o.jpg', ...picture('400x200', 0.1), '-frames:v', '1');
    await p.deliver(p.upload('uploads/o.jpg', Body.of(turnedByExif(lying))));
    const { streams } = await studio.media.describe(made(p, 'o.jpg', 'thumbnail.jpg'));
    expect(streams).toMatchObject([{ width: 160, height: 320 }]);
    expect(manifestOf(p, 'o.jpg')).toMatchObject({
      width: 200,
      height: 400,
      thumbnail: { width: 160, height: 320 },
    });
  });

  it('gets a thumbnail and a manifest, and is moved', async () => {
    await using p = await studio.start();
    const content = await studio.media.make('i.png', ...picture('1000x500', 1), '-frames:v', '1');
    await p.deliver(p.upload('uploads/i.PNG', Body.of(content)));
    const { streams } = await studio.media.describe(made(p, 'i.PNG', 'thumbnail.jpg'));
    expect(streams[0]).toMatchObject({ codec_name: 'mjpeg', width: 320, height: 160 });
    expect(p.bucket.keys).toContain('processed/i.PNG');
  });

  it('of more pixels than memory may take is refused for good, however small its file', async () => {
    await using p = await studio.start();
    const content = emptyPng(15_000, 15_000);
    expect(content.length).toBeLessThan(100_000);
    const delivery = p.deliver(p.upload('uploads/i.png', Body.of(content)));
    await expect(delivery).rejects.toThrow(NonRetryableError);
    await expect(delivery).rejects.toThrow('more than 200000000 pixels');
    await p.deliver(p.upload('uploads/i.png', Body.of(emptyPng(5000, 5000))));
    expect(manifestOf(p, 'i.png')).toMatchObject({ width: 5000, height: 5000 });
  });

  it('that is none is refused for good', async () => {
    await using p = await studio.start();
    await expect(p.deliver(p.upload('uploads/i.jpg', 'no image'))).rejects.toThrow(NonRetryableError);
  });
});

/** A black PNG. */
function emptyPng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    const body = Buffer.concat([Buffer.from(type), data]);
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // One bit a pixel, in shades of grey.
  head[8] = 1;
  const rows = Buffer.alloc(height * (1 + Math.ceil(width / 8)));
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The JPEG with orientation 6 in its EXIF: to be turned by 90° clockwise. */
function turnedByExif(jpeg: Buffer): Buffer {
  const orientation = Buffer.from('0112000300000001' + '00060000', 'hex');
  const tiff = [Buffer.from('MM\0*\0\0\0\x08\0\x01', 'latin1'), orientation, Buffer.alloc(4)];
  const exif = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), ...tiff]);
  const head = Buffer.from([0xff, 0xe1, 0, exif.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), head, exif, jpeg.subarray(2)]);
}
