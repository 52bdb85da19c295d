import { S3Error, type ObjectVersion } from '../../testing/s3/bucket';
import { Body } from '../../testing/s3/body';
import { NonRetryableError } from '../queue/errors';
import type { Processing } from '../testing/processing';
import { randomFrom } from '../testing/random';
import { expectCompleteSet, made, manifestOf, picture, quickly, Studio, tone } from '../testing/studio';

jest.setTimeout(180_000);

let studio: Studio;
let film: Body;

beforeAll(async () => {
  studio = await Studio.open();
  film = Body.of(await studio.media.make('film.mp4', ...picture('320x240', 2), ...tone(2), ...quickly));
});
afterAll(async () => {
  await studio[Symbol.asyncDispose]();
});

const srt = (text: string): string => `1\n00:00:00,500 --> 00:00:01,500\n${text}\n`;
const vtt = (text: string): string => `WEBVTT\n\n00:00.500 --> 00:01.500\n${text}\n`;

/** The texts of a movie's WebVTT files, in the order of the manifest. */
const textsOf = (p: Processing, name: string): string[] =>
  manifestOf(p, name).subtitles.map(({ file }) => made(p, name, file).toString().trim().split('\n').at(-1)!);

/** Nothing of what an edition adds to names. */
const plain = (text: string): string => text.replaceAll(/(?:-[0-9a-f]{8}){2}(?=\.)/gu, '');

describe('subtitles that come after their movie', () => {
  it('are added as if they had come before: tracks, WebVTT and playlist; nothing is encoded again', async () => {
    await using late = await studio.start();
    await late.deliver(late.upload('uploads/a.mp4', film));
    const before = manifestOf(late, 'a.mp4');
    const [old] = before.renditions;
    const mp4 = made(late, 'a.mp4', old!.file);
    await late.deliver(late.upload('uploads/a.srt', srt('Hello é')));

    const manifest = manifestOf(late, 'a.mp4');
    expect(textsOf(late, 'a.mp4')).toEqual(['Hello é']);
    const [rendition] = manifest.renditions;
    const after = made(late, 'a.mp4', rendition!.file);
    const [was, is] = [await studio.media.describe(mp4), await studio.media.describe(after)];
    expect(is.streams.map(({ codec_name }) => codec_name)).toEqual(['h264', 'aac', 'mov_text']);
    expect(is.streams.slice(0, 2)).toMatchObject(
      was.streams.map(({ codec_name, nb_read_packets, start_time, duration }) => ({
        codec_name,
        nb_read_packets,
        start_time,
        duration,
      })),
    );
    expect(after.indexOf('moov')).toBeLessThan(after.indexOf('mdat'));
    expect(await studio.media.pictures(after)).toBe(await studio.media.pictures(mp4));
    // What somebody may be watching stays.
    const stays = before.files
      .map(({ key }) => key)
      .filter((key) => /240p\.m4s|240p\.m3u8|poster/u.test(key));
    expect(stays).toHaveLength(3);
    expect(late.bucket.keys).toEqual(expect.arrayContaining(stays));
    expectCompleteSet(late, 'a.mp4');
    expect(late.told.slice(-2)).toEqual([
      'Moved to: processed/a.srt',
      'Added: uploads/a.srt to processed/a.mp4',
    ]);
    expect(await studio.scratchLeft()).toEqual([]);

    await using inTime = await studio.start();
    inTime.upload('uploads/a.srt', srt('Hello é'));
    await inTime.deliver(inTime.upload('uploads/a.mp4', film));
    const expected = manifestOf(inTime, 'a.mp4');
    for (const name of ['master.m3u8', 'subtitles-srt.m3u8', 'subtitles-srt.vtt']) {
      const own = manifest.files.map(({ key }) => key).find((key) => plain(key).endsWith(`/${name}`));
      const text = late.bucket.get(own!).body.toBuffer().toString();
      expect(plain(text)).toBe(made(inTime, 'a.mp4', name).toString());
    }
    expect(manifest.files.map(({ key }) => plain(key.slice(manifest.prefix.length))).sort()).toEqual(
      expected.files.map(({ key }) => key.slice(expected.prefix.length)).sort(),
    );
    expect(Object.keys(manifest).sort()).toEqual(Object.keys(expected).sort());
  });

  it('stand beside those that the movie had', async () => {
    await using p = await studio.start();
    const embedded = await studio.media.write('e.srt', srt('Hallo'));
    const german = ['-i', embedded, '-metadata:s:s:0', 'language=ger', '-c:s', 'srt'];
    const content = await studio.media.make('e.mkv', ...picture('320x240'), ...german, ...quickly);
    await p.deliver(p.upload('uploads/a.mkv', Body.of(content)));
    await p.deliver(p.upload('uploads/a.vtt', vtt('Hello')));
    await p.deliver(p.upload('uploads/a.srt', srt('Bonjour')));

    expect(textsOf(p, 'a.mkv')).toEqual(['Hallo', 'Hello', 'Bonjour']);
    const { renditions, playlist } = manifestOf(p, 'a.mkv');
    const { streams } = await studio.media.describe(made(p, 'a.mkv', renditions[0]!.file));
    const tracks = streams.filter(({ codec_name }) => codec_name === 'mov_text');
    expect(tracks.map(({ tags }) => tags?.language ?? 'und')).toEqual(['ger', 'und', 'und']);
    const master = made(p, 'a.mkv', playlist).toString();
    expect(master.match(/NAME="[^"]+"/gu)).toEqual(['NAME="1 ger"', 'NAME="2 und"', 'NAME="3 und"']);
    expect(master.match(/SUBTITLES="subtitles"/gu)).toHaveLength(1);
    expectCompleteSet(p, 'a.mkv');
  });

  it('take the place of an older version of theirs', async () => {
    await using p = await studio.start();
    const [first, second] = [p.upload('uploads/a.srt', srt('one')), p.upload('uploads/a.srt', srt('two'))];
    await p.deliver(p.upload('uploads/a.mp4', film));
    await p.deliver(first);
    expect(textsOf(p, 'a.mp4')).toEqual(['one']);
    await p.deliver(second);
    expect(textsOf(p, 'a.mp4')).toEqual(['two']);
    const manifests = p.bucket.versions('processed/a.mp4/manifest.json').length;
    await p.deliver(first);
    await p.deliver(second);
    expect(p.bucket.versions('processed/a.mp4/manifest.json')).toHaveLength(manifests);
    expectCompleteSet(p, 'a.mp4');
  });

  it('that are none are left out, and the manifest says so', async () => {
    await using p = await studio.start();
    await p.deliver(p.upload('uploads/a.mp4', film));
    await p.deliver(p.upload('uploads/a.srt', 'I am a text.\n'));
    const skipped = { what: 'uploads/a.srt', why: 'it is no subtitle file' };
    expect(manifestOf(p, 'a.mp4').subtitles).toEqual([]);
    expect(manifestOf(p, 'a.mp4').skipped).toContainEqual(skipped);
    expect(p.told.at(-1)).toBe('Left out: uploads/a.srt of processed/a.mp4, since it is no subtitle file');
    await p.deliver(p.upload('uploads/a.srt', srt('better')));
    expect(textsOf(p, 'a.mp4')).toEqual(['better']);
    expect(manifestOf(p, 'a.mp4').skipped).not.toContainEqual(skipped);
    expectCompleteSet(p, 'a.mp4');
  });

  it('belong to every movie of just that name, whatever is in it', async () => {
    await using p = await studio.start();
    for (const name of ['my film é+&.MP4', 'my film é+&.mkv', 'my film é+&.2.mp4', 'my film é+&'])
      await p.deliver(p.upload(`uploads/${name}`, film));
    await p.deliver(p.upload('uploads/my film é+&.srt', srt('Hello')));
    expect(textsOf(p, 'my film é+&.MP4')).toEqual(['Hello']);
    expect(textsOf(p, 'my film é+&.mkv')).toEqual(['Hello']);
    expect(textsOf(p, 'my film é+&.2.mp4')).toEqual([]);
  });

  it('may have their extension in capitals, before or after the movie', async () => {
    await using p = await studio.start();
    await p.deliver(p.upload('uploads/FILM.MP4', film));
    await p.deliver(p.upload('uploads/FILM.SRT', srt('late')));
    expect(textsOf(p, 'FILM.MP4')).toEqual(['late']);
    p.upload('uploads/B.VTT', vtt('early'));
    await p.deliver(p.upload('uploads/B.MP4', film));
    expect(textsOf(p, 'B.MP4')).toEqual(['early']);
  });

  it('of no movie are moved as any file', async () => {
    await using p = await studio.start();
    p.upload('processed/b.mp4/manifest.json', 'put by hand');
    await p.deliver(p.upload('uploads/a.srt', srt('Hello')));
    await p.deliver(p.upload('uploads/b.srt', srt('Hello')));
    expect(p.bucket.keys).toEqual(['processed/a.srt', 'processed/b.mp4/manifest.json', 'processed/b.srt']);
  });

  it('touch nothing that a manifest names which somebody uploaded', async () => {
    await using p = await studio.start();
    await p.deliver(p.upload('uploads/a.mp4', film));
    await p.deliver(p.upload('uploads/b.mp4', film));
    const theirs = p.bucket.get('processed/a.mp4/manifest.json');
    p.upload('processed/b.mp4/manifest.json', theirs.body, { metadata: theirs.metadata });
    const keys = p.bucket.keys;
    await p.deliver(p.upload('uploads/b.srt', srt('Hello')));
    expect(p.bucket.keys).toEqual([...keys, 'processed/b.srt'].sort());
    expect(p.bucket.versions('processed/b.mp4/manifest.json')).toHaveLength(2);
  });

  it('are tried again when the results changed meanwhile, and leave nothing of the attempt', async () => {
    await using p = await studio.start();
    await p.deliver(p.upload('uploads/a.mp4', film));
    const version = p.upload('uploads/a.srt', srt('Hello'));
    p.server.intercept = ({ operation, key }) => {
      if (operation !== 'PutObject' || !key.endsWith('/manifest.json')) return undefined;
      p.server.intercept = undefined;
      const { body, metadata } = p.bucket.get(key);
      p.upload(key, `${body.toBuffer().toString()}\n`, { metadata });
      return undefined;
    };
    await expect(p.deliver(version)).rejects.toThrow('manifest.json changed while it was given subtitles');
    expectCompleteSet(p, 'a.mp4');
    expect(textsOf(p, 'a.mp4')).toEqual([]);
    await p.deliver(version);
    expect(textsOf(p, 'a.mp4')).toEqual(['Hello']);
    expectCompleteSet(p, 'a.mp4');
  });

  it.each([
    ['before others were added', true],
    ['while others were added', false],
  ])('leave nothing of an attempt that failed in the middle of its uploads, %s', async (_, isBefore) => {
    await using p = await studio.start();
    await p.deliver(p.upload('uploads/a.mp4', film));
    const other = p.upload('uploads/a.vtt', vtt('other'));
    let attempt: string | undefined;
    p.server.intercept = async ({ operation, key }) => {
      const [, name, id] = /\/(240p|master)-([0-9a-f-]+)\.(?:mp4|m3u8)$/u.exec(key) ?? [];
      if (operation !== 'PutObject' || id === undefined) return;
      attempt ??= id;
      if (attempt !== id) return;
      if (name === 'master') throw new S3Error('SlowDown', 503);
      if (!isBefore) await p.deliver(other);
    };
    const version = p.upload('uploads/a.srt', srt('Hello'));
    await expect(p.deliver(version)).rejects.toThrow('SlowDown');
    const named = manifestOf(p, 'a.mp4').files.map(({ key }) => key);
    const left = p.bucket.keys.filter((key) => /\/240p-.*\.mp4$/u.test(key) && !named.includes(key));
    expect(left).toHaveLength(1);
    if (isBefore) await p.deliver(other);
    else await p.deliver(version);
    expectCompleteSet(p, 'a.mp4');
    expect(textsOf(p, 'a.mp4').sort()).toEqual(['Hello', 'other']);
    expect(p.bucket.keys).not.toContain(left[0]);
  });

  it('leave alone what another task is about to publish', async () => {
    await using p = await studio.start();
    const first = p.upload('uploads/a.vtt', vtt('first'));
    await p.deliver(first);
    await p.deliver(p.upload('uploads/a.mp4', film));
    p.server.intercept = async ({ operation, key }) => {
      if (operation !== 'PutObject' || !key.endsWith('/manifest.json')) return;
      p.server.intercept = undefined;
      // Its own task sees none that is late.
      p.bucket.delete('processed/a.srt', undefined);
      await p.deliver(first);
    };
    await p.deliver(p.upload('uploads/a.srt', srt('second')));
    expect(textsOf(p, 'a.mp4')).toEqual(['first', 'second']);
    expectCompleteSet(p, 'a.mp4');
  });
});

describe('subtitles that come while their movie is made', () => {
  it.each([
    ['and are moved before the manifest is there', true],
    ['and are moved afterwards', false],
  ])('%s are added', async (_, isDelivered) => {
    await using p = await studio.start();
    const version: ObjectVersion[] = [];
    p.server.intercept = async ({ operation, key }) => {
      if (operation !== 'PutObject' || !key.endsWith('poster.jpg')) return;
      p.server.intercept = undefined;
      version.push(p.upload('uploads/a.srt', srt('Hello')));
      if (isDelivered) await p.deliver(version[0]!);
    };
    await p.deliver(p.upload('uploads/a.mp4', film));
    expect(textsOf(p, 'a.mp4')).toEqual(isDelivered ? ['Hello'] : []);
    await p.deliver(version[0]!);
    expect(textsOf(p, 'a.mp4')).toEqual(['Hello']);
    expectCompleteSet(p, 'a.mp4');
  });

  it('do not have a newer version of it made again, whose older one they were added to', async () => {
    await using p = await studio.start();
    const first = p.upload('uploads/a.mp4', film);
    await p.deliver(first);
    p.server.intercept = async ({ operation, key }) => {
      if (operation !== 'PutObject' || !key.endsWith('/manifest.json')) return;
      p.server.intercept = undefined;
      await p.deliver(p.upload('uploads/a.srt', srt('Hello')));
    };
    await p.deliver(p.upload('uploads/a.mp4', film));
    expect(p.told.filter((line) => line.startsWith('Made: '))).toHaveLength(2);
    expect(textsOf(p, 'a.mp4')).toEqual(['Hello']);
    expectCompleteSet(p, 'a.mp4');
  });
});

describe('a movie and its subtitles, delivered in a random order, twice each, by two workers, with failures at any call', () => {
  it.each(Array.from({ length: 6 }, (_, seed) => seed))('end the same (seed %i)', async (seed) => {
    const random = randomFrom(seed);
    await using p = await studio.start({ versioned: random() < 0.5 });
    p.server.intercept = () => {
      if (random() < 0.02) throw new S3Error('InternalError', 500);
      return undefined;
    };
    const tiny = await studio.media.make('tiny.mp4', ...picture('64x48', 1), ...quickly);
    const uploads = [
      () => p.upload('uploads/a.mp4', Body.of(tiny)),
      () => p.upload('uploads/a.srt', srt('old')),
      () => p.upload('uploads/a.vtt', vtt('other')),
      () => p.upload('uploads/a.mp4', Body.of(tiny)),
      () => p.upload('uploads/a.srt', srt('new')),
    ];
    const waiting: ObjectVersion[] = [];
    const deliverLater = (version: ObjectVersion): void => {
      waiting.splice(Math.floor(random() * (waiting.length + 1)), 0, version);
    };
    const work = async (): Promise<void> => {
      for (;;) {
        const arriving = random() < 0.5 || waiting.length === 0 ? uploads.shift() : undefined;
        if (arriving !== undefined) {
          const version = arriving();
          [version, version].forEach(deliverLater);
        }
        const version = waiting.shift();
        if (version === undefined) return;
        await p.deliver(version).catch((error: unknown) => {
          if (!(error instanceof NonRetryableError)) deliverLater(version);
        });
      }
    };
    while (waiting.length + uploads.length > 0) await Promise.all([work(), work()]);
    expect(textsOf(p, 'a.mp4').sort()).toEqual(['new', 'other']);
    const { renditions } = manifestOf(p, 'a.mp4');
    const { streams } = await studio.media.describe(made(p, 'a.mp4', renditions[0]!.file));
    expect(streams.map(({ codec_name }) => codec_name)).toEqual(['h264', 'mov_text', 'mov_text']);
    // What failed twice to be deleted.
    p.bucket.delete('processed/a.mp4/progress.json', undefined);
    expectCompleteSet(p, 'a.mp4');
  });
});
