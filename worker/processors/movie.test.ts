import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MediaTools } from '../media/tools';
import { NonRetryableError } from '../queue/errors';
import { MediaFolder, requireMediaTools } from '../testing/media';
import { startProcessing, type Processing } from '../testing/processing';
import { Body } from '../testing/s3-body';
import { until } from '../testing/until';
import { allProcessors } from './index';
import { Scratch } from './scratch';

jest.setTimeout(60_000);

let tools: MediaTools;
let media: MediaFolder;
let scratchRoot: string;

beforeAll(async () => {
  tools = await requireMediaTools();
  media = await MediaFolder.make(tools);
  scratchRoot = await mkdtemp(path.join(tmpdir(), 'upload-scratch-'));
});
afterAll(async () => {
  await media[Symbol.asyncDispose]();
  await rm(scratchRoot, { recursive: true });
});

interface Manifest {
  readonly prefix: string;
  readonly renditions: readonly { readonly name: string; readonly width: number; readonly height: number }[];
  readonly subtitles: readonly { readonly language: string; readonly file: string }[];
  readonly files: readonly { readonly key: string }[];
  readonly skipped: readonly { readonly what: string; readonly why: string }[];
  readonly hasAudio: boolean;
}

const start = (): Promise<Processing> =>
  startProcessing({
    versioned: true,
    processor: (s3) => ({
      name: 'all',
      accepts: () => true,
      process: async (upload, context) => {
        const options = {
          s3,
          uploadsPrefix: 'uploads/',
          processedPrefix: 'processed/',
          upscale: false,
          scratch: new Scratch(scratchRoot),
          tools,
        };
        await allProcessors(options)
          .find(({ accepts }) => accepts(upload))
          ?.process(upload, context);
      },
    }),
  });

const textOf = ({ bucket }: Processing, key: string): string => bucket.get(key).body.toBuffer().toString();
const manifestOf = (p: Processing, key: string): Manifest =>
  JSON.parse(textOf(p, `processed/${key}/manifest.json`)) as Manifest;
const made = (p: Processing, key: string, name: string): Buffer =>
  p.bucket.get(manifestOf(p, key).prefix + name).body.toBuffer();

/** A picture and a tone of so many seconds. */
const picture = (size: string, seconds = 2, rate = 10): string[] => [
  '-f',
  'lavfi',
  '-i',
  `testsrc2=s=${size}:r=${rate}:d=${seconds}`,
];
const tone = (seconds = 2): string[] => ['-f', 'lavfi', '-i', `sine=d=${seconds}`];
const quickly = ['-c:v', 'libx264', '-preset', 'ultrafast'];

describe('a movie', () => {
  it('gets both renditions, playlists, a poster and a manifest, and is moved', async () => {
    await using p = await start();
    const content = await media.make('a.mp4', ...picture('1920x1080', 6), ...tone(6), ...quickly);
    await p.deliver(
      p.upload('uploads/my film é.mp4', Body.of(content), { headers: { 'content-type': 'video/mp4' } }),
    );

    const manifest = manifestOf(p, 'my film é.mp4');
    expect(manifest.renditions).toEqual([
      { name: '1080p', width: 1920, height: 1080, file: '1080p.mp4' },
      { name: '720p', width: 1280, height: 720, file: '720p.mp4' },
    ]);
    expect(manifest.skipped).toEqual([]);
    expect(p.bucket.keys).toEqual(
      [
        'processed/my film é.mp4',
        'processed/my film é.mp4/manifest.json',
        ...manifest.files.map(({ key }) => key),
      ].sort(),
    );

    for (const { name, width, height } of manifest.renditions) {
      const mp4 = made(p, 'my film é.mp4', `${name}.mp4`);
      const { streams, format } = await media.describe(mp4);
      expect(streams).toMatchObject([
        { codec_name: 'h264', width, height, pix_fmt: 'yuv420p', profile: 'High' },
        { codec_name: 'aac' },
      ]);
      expect(Number(format.duration)).toBeCloseTo(6, 0);
      // Fast start: the index comes before the data.
      expect(mp4.indexOf('moov')).toBeLessThan(mp4.indexOf('mdat'));
    }
    const master = made(p, 'my film é.mp4', 'master.m3u8').toString();
    expect(master).toMatch(/RESOLUTION=1920x1080,CODECS="avc1\.6400[0-9a-f]{2},mp4a\.40\.2"\n1080p\.m3u8/u);
    expect(master).toMatch(/RESOLUTION=1280x720,CODECS="avc1\.6400[0-9a-f]{2},mp4a\.40\.2"\n720p\.m3u8/u);
    expect(p.told).toEqual(
      expect.arrayContaining(['Progress: uploads/my film é.mp4 100 %', 'Moved to: processed/my film é.mp4']),
    );
  });

  it('has segments that begin at the same times in all renditions, each with a key frame', async () => {
    await using p = await start();
    await p.deliver(
      p.upload('uploads/a.mp4', Body.of(await media.make('k.mp4', ...picture('1920x1080', 9), ...quickly))),
    );
    const times = ['1080p', '720p'].map((name) =>
      made(p, 'a.mp4', `${name}.m3u8`)
        .toString()
        .match(/#EXTINF:[\d.]+/gu),
    );
    expect(times[0]).toHaveLength(3);
    expect(times[0]).toEqual(times[1]);
  });

  it.each([
    ['between both sizes gets the smaller one', '1440x900', [['720p', 1152, 720]], ['1080p']],
    ['smaller than both keeps its size', '640x360', [['360p', 640, 360]], ['1080p', '720p']],
    ['of an odd size gets an even one', '641x361', [['360p', 640, 360]], ['1080p', '720p']],
    ['that stands upright is measured by its width', '720x1280', [['720p', 720, 1280]], ['1080p']],
  ])('%s', async (_, size, expected, skipped) => {
    await using p = await start();
    const content = await media.make('s.mkv', ...picture(size, 1), '-c:v', 'ffv1');
    await p.deliver(p.upload('uploads/a.mkv', Body.of(content)));
    const manifest = manifestOf(p, 'a.mkv');
    const { streams } = await media.describe(made(p, 'a.mkv', `${manifest.renditions[0]!.name}.mp4`));
    expect(manifest.skipped.map(({ what }) => what)).toEqual(skipped);
    for (const [name, width, height] of expected) {
      expect(manifest.renditions).toMatchObject([{ name, height }]);
      expect(Math.abs(manifest.renditions[0]!.width - Number(width))).toBeLessThanOrEqual(2);
      expect(streams[0]).toMatchObject({ width: manifest.renditions[0]!.width, height });
    }
  });

  it('that is rotated comes out upright, and is not marked as rotated any more', async () => {
    await using p = await start();
    const content = rotated(await media.make('flat.mp4', ...picture('640x360', 1), ...quickly), 360);
    await p.deliver(p.upload('uploads/a.mp4', Body.of(content)));
    expect(manifestOf(p, 'a.mp4').renditions).toMatchObject([{ width: 360, height: 640 }]);
    const { streams } = await media.describe(made(p, 'a.mp4', '360p.mp4'));
    expect(streams[0]).toMatchObject({ width: 360, height: 640 });
    expect(JSON.stringify(streams)).not.toContain('rotation');
  });

  it('with pixels that are not square is shown in its right shape', async () => {
    await using p = await start();
    const content = await media.make('sar.mp4', ...picture('720x480', 1), '-vf', 'setsar=32/27', ...quickly);
    await p.deliver(p.upload('uploads/a.mp4', Body.of(content)));
    expect(manifestOf(p, 'a.mp4').renditions).toMatchObject([{ width: 852, height: 480 }]);
  });

  it('without audio is made without', async () => {
    await using p = await start();
    await p.deliver(
      p.upload('uploads/a.mp4', Body.of(await media.make('n.mp4', ...picture('640x360', 1), ...quickly))),
    );
    expect(manifestOf(p, 'a.mp4').hasAudio).toBe(false);
    const { streams } = await media.describe(made(p, 'a.mp4', '360p.mp4'));
    expect(streams.map(({ codec_type }) => codec_type)).toEqual(['video']);
    expect(made(p, 'a.mp4', 'master.m3u8').toString()).not.toContain('mp4a');
  });

  it('of ten bits becomes one of eight, which every browser plays', async () => {
    await using p = await start();
    const content = await media.make(
      't.mkv',
      ...picture('640x360', 1),
      '-pix_fmt',
      'yuv420p10le',
      ...quickly,
    );
    await p.deliver(p.upload('uploads/a.mkv', Body.of(content)));
    const { streams } = await media.describe(made(p, 'a.mkv', '360p.mp4'));
    expect(streams[0]).toMatchObject({ pix_fmt: 'yuv420p', profile: 'High' });
  });

  it('of a variable frame rate keeps its length', async () => {
    await using p = await start();
    const drop = "select='not(mod(n,5))+lt(t,1)'";
    const content = await media.make(
      'v.mkv',
      ...picture('640x360', 4, 20),
      '-vf',
      drop,
      '-vsync',
      'vfr',
      ...quickly,
    );
    await p.deliver(p.upload('uploads/a.mkv', Body.of(content)));
    const { format } = await media.describe(made(p, 'a.mkv', '360p.mp4'));
    expect(Math.abs(Number(format.duration) - 4)).toBeLessThan(0.5);
  });
});

describe('subtitles', () => {
  const srt = '1\n00:00:00,500 --> 00:00:01,500\nHello é\n';

  it('embedded in the movie become WebVTT and tracks of the files and the playlist', async () => {
    await using p = await start();
    const file = await media.write('s.srt', srt);
    const language = ['-metadata:s:s:0', 'language=ger', '-c:s', 'srt'];
    const content = await media.make('e.mkv', ...picture('640x360'), '-i', file, ...language, ...quickly);
    await p.deliver(p.upload('uploads/a.mkv', Body.of(content)));
    expect(manifestOf(p, 'a.mkv').subtitles).toEqual([{ language: 'ger', file: 'subtitles-1-ger.vtt' }]);
    expect(made(p, 'a.mkv', 'subtitles-1-ger.vtt').toString()).toMatch(
      /^WEBVTT\s[\s\S]*00:00\.5\d\d --> 00:01\.5\d\d\s+Hello é/u,
    );
    const { streams } = await media.describe(made(p, 'a.mkv', '360p.mp4'));
    expect(streams).toContainEqual(expect.objectContaining({ codec_name: 'mov_text' }));
    expect(streams.find(({ codec_name }) => codec_name === 'mov_text')?.tags).toMatchObject({
      language: 'ger',
    });
    const master = made(p, 'a.mkv', 'master.m3u8').toString();
    expect(master).toContain('TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="1 ger",LANGUAGE="ger"');
    expect(made(p, 'a.mkv', 'subtitles-1-ger.m3u8').toString()).toContain('subtitles-1-ger.vtt');
  });

  it.each([
    ['beside it', 'uploads/my film.srt', srt],
    ['moved already', 'processed/my film.srt', srt],
    ['beside it, as WebVTT', 'uploads/my film.vtt', 'WEBVTT\n\n00:00.500 --> 00:01.500\nHello é\n'],
  ])('in a file %s are added', async (_, key, content) => {
    await using p = await start();
    p.upload(key, content);
    await p.deliver(
      p.upload('uploads/my film.mp4', Body.of(await media.make('b.mp4', ...picture('640x360'), ...quickly))),
    );
    const [subtitle] = manifestOf(p, 'my film.mp4').subtitles;
    expect(made(p, 'my film.mp4', subtitle!.file).toString()).toContain('Hello é');
    const { streams } = await media.describe(made(p, 'my film.mp4', '360p.mp4'));
    expect(streams.map(({ codec_name }) => codec_name)).toEqual(['h264', 'mov_text']);
  });
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
      async () => (await media.make('x.mp4', ...picture('640x360'), ...quickly)).subarray(0, 20_000),
    ],
    ['sound alone', () => media.make('x.m4a', ...tone(), '-c:a', 'aac')],
  ])('(%s) is refused for good, by name, and stays where it is', async (_, content) => {
    await using p = await start();
    const delivery = p.deliver(p.upload('uploads/bad.mp4', Body.of(await content())));
    await expect(delivery).rejects.toThrow(NonRetryableError);
    await expect(delivery).rejects.toThrow('uploads/bad.mp4');
    expect(p.bucket.keys).toEqual(['uploads/bad.mp4']);
    expect(await readdir(scratchRoot)).toEqual([]);
  });

  it('(empty) is refused for good', async () => {
    await using p = await start();
    await expect(p.deliver(p.upload('uploads/empty.mp4', ''))).rejects.toThrow('uploads/empty.mp4 is empty');
  });

  it('(truncated) is refused for good, with what could be decoded', async () => {
    await using p = await start();
    const whole = await media.make('w.mp4', ...picture('640x360', 10), ...quickly, '-movflags', '+faststart');
    const delivery = p.deliver(p.upload('uploads/cut.mp4', Body.of(whole.subarray(0, whole.byteLength / 2))));
    await expect(delivery).rejects.toThrow(NonRetryableError);
    await expect(delivery).rejects.toThrow(/uploads\/cut\.mp4: .*(truncated|decoded)/u);
  });
});

describe('the work on a movie', () => {
  it('is done once, whatever the duplicates', async () => {
    await using p = await start();
    const version = p.upload(
      'uploads/a.mp4',
      Body.of(await media.make('d.mp4', ...picture('640x360', 1), ...quickly)),
    );
    await p.deliver(version);
    const manifests = p.bucket.versions('processed/a.mp4/manifest.json').length;
    await p.deliver(version);
    expect(p.bucket.versions('processed/a.mp4/manifest.json')).toHaveLength(manifests);
    expect(p.told.at(-1)).toBe('Already moved to: processed/a.mp4');
    expect(await readdir(scratchRoot)).toEqual([]);
  });

  it('replaces the results of an older version and deletes them; an older version that comes late changes nothing', async () => {
    await using p = await start();
    const content = await media.make('o.mp4', ...picture('640x360', 1), ...quickly);
    const first = p.upload('uploads/a.mp4', Body.of(content));
    await p.deliver(first);
    const old = manifestOf(p, 'a.mp4');
    const late = p.upload('uploads/a.mp4', Body.of(content));
    const newest = p.upload(
      'uploads/a.mp4',
      Body.of(await media.make('o2.mp4', ...picture('320x240', 1), ...quickly)),
    );
    await p.deliver(newest);
    await p.deliver(late);
    const manifest = manifestOf(p, 'a.mp4');
    expect(manifest.renditions).toMatchObject([{ height: 240 }]);
    expect(p.bucket.keys.filter((key) => key.startsWith(old.prefix))).toEqual([]);
    expect(p.bucket.keys).toContain(`${manifest.prefix}240p.mp4`);
    expect(p.bucket.keys).not.toContain('uploads/a.mp4');
  });

  it('ends with its task: ffmpeg is killed and the scratch space is freed', async () => {
    await using p = await start();
    const content = await media.make('l.mp4', ...picture('1280x720', 20, 25), ...quickly);
    const stop = new AbortController();
    const delivery = p.deliver(p.upload('uploads/long.mp4', Body.of(content)), stop.signal);
    const failure = delivery.catch((error: unknown) => error);
    await until('it has begun', () => p.told.some((line) => line.startsWith('Progress:')), 50);
    stop.abort(new Error('stopped here'));
    expect(await failure).toMatchObject({ message: 'stopped here' });
    expect(await readdir(scratchRoot)).toEqual([]);
    expect(p.bucket.keys).toEqual(['uploads/long.mp4']);
  });
});

describe('an image', () => {
  it('gets a thumbnail and a manifest, and is moved', async () => {
    await using p = await start();
    const content = await media.make('i.png', ...picture('1000x500', 1), '-frames:v', '1');
    await p.deliver(p.upload('uploads/i.PNG', Body.of(content)));
    const { streams } = await media.describe(made(p, 'i.PNG', 'thumbnail.jpg'));
    expect(streams[0]).toMatchObject({ codec_name: 'mjpeg', width: 320, height: 160 });
    expect(p.bucket.keys).toContain('processed/i.PNG');
  });

  it('that is none is refused for good', async () => {
    await using p = await start();
    await expect(p.deliver(p.upload('uploads/i.jpg', 'no image'))).rejects.toThrow(NonRetryableError);
  });
});

/** The same MP4 with its picture turned by a quarter: the matrix in its track header (ISO 14496-12, `tkhd`) says so. */
function rotated(mp4: Buffer, height: number): Buffer {
  const matrix = mp4.indexOf('tkhd') + 4 + 40;
  const turned = [0, 1 << 16, 0, -(1 << 16), 0, 0, height << 16, 0, 1 << 30];
  turned.forEach((value, i) => mp4.writeInt32BE(value, matrix + 4 * i));
  return mp4;
}
