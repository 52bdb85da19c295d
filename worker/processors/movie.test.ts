import path from 'node:path';
import { made, manifestOf, picture, quickly, Studio, tone } from '../testing/studio';
import { Body } from '../../testing/s3/body';

jest.setTimeout(180_000);

let studio: Studio;

beforeAll(async () => {
  studio = await Studio.open();
});
afterAll(async () => {
  await studio[Symbol.asyncDispose]();
});

describe('a movie', () => {
  it('gets both renditions, playlists, a poster and a manifest, and is moved', async () => {
    await using p = await studio.start();
    const content = await studio.media.make('a.mp4', ...picture('1920x1080', 6, 4), ...tone(6), ...quickly);
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
      const { streams, format } = await studio.media.describe(mp4);
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
    await using p = await studio.start();
    await p.deliver(
      p.upload(
        'uploads/a.mp4',
        Body.of(await studio.media.make('k.mp4', ...picture('1920x1080', 9, 2), ...quickly)),
      ),
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
    await using p = await studio.start();
    const content = await studio.media.make('s.mkv', ...picture(size, 1), '-c:v', 'ffv1');
    await p.deliver(p.upload('uploads/a.mkv', Body.of(content)));
    const manifest = manifestOf(p, 'a.mkv');
    const { streams } = await studio.media.describe(made(p, 'a.mkv', `${manifest.renditions[0]!.name}.mp4`));
    expect(manifest.skipped.map(({ what }) => what)).toEqual(skipped);
    for (const [name, width, height] of expected) {
      expect(manifest.renditions).toMatchObject([{ name, height }]);
      expect(Math.abs(manifest.renditions[0]!.width - Number(width))).toBeLessThanOrEqual(2);
      expect(streams[0]).toMatchObject({ width: manifest.renditions[0]!.width, height });
    }
  });

  it('that is rotated comes out upright, and is not marked as rotated any more', async () => {
    await using p = await studio.start();
    const content = rotated(await studio.media.make('flat.mp4', ...picture('640x360', 1), ...quickly), 360);
    await p.deliver(p.upload('uploads/a.mp4', Body.of(content)));
    expect(manifestOf(p, 'a.mp4').renditions).toMatchObject([{ width: 360, height: 640 }]);
    const { streams } = await studio.media.describe(made(p, 'a.mp4', '360p.mp4'));
    expect(streams[0]).toMatchObject({ width: 360, height: 640 });
    expect(JSON.stringify(streams)).not.toContain('rotation');
  });

  it('with pixels that are not square is shown in its right shape', async () => {
    await using p = await studio.start();
    const content = await studio.media.make(
      'sar.mp4',
      ...picture('720x480', 1),
      '-vf',
      'setsar=32/27',
      ...quickly,
    );
    await p.deliver(p.upload('uploads/a.mp4', Body.of(content)));
    expect(manifestOf(p, 'a.mp4').renditions).toMatchObject([{ width: 852, height: 480 }]);
  });

  it('without audio is made without', async () => {
    await using p = await studio.start();
    await p.deliver(
      p.upload(
        'uploads/a.mp4',
        Body.of(await studio.media.make('n.mp4', ...picture('640x360', 1), ...quickly)),
      ),
    );
    expect(manifestOf(p, 'a.mp4').hasAudio).toBe(false);
    const { streams } = await studio.media.describe(made(p, 'a.mp4', '360p.mp4'));
    expect(streams.map(({ codec_type }) => codec_type)).toEqual(['video']);
    expect(made(p, 'a.mp4', 'master.m3u8').toString()).not.toContain('mp4a');
  });

  it('of ten bits becomes one of eight, which every browser plays', async () => {
    await using p = await studio.start();
    const content = await studio.media.make(
      't.mkv',
      ...picture('640x360', 1),
      '-pix_fmt',
      'yuv420p10le',
      ...quickly,
    );
    await p.deliver(p.upload('uploads/a.mkv', Body.of(content)));
    const { streams } = await studio.media.describe(made(p, 'a.mkv', '360p.mp4'));
    expect(streams[0]).toMatchObject({ pix_fmt: 'yuv420p', profile: 'High' });
  });

  it('of a variable frame rate keeps its length', async () => {
    await using p = await studio.start();
    const drop = "select='not(mod(n,5))+lt(t,1)'";
    const content = await studio.media.make(
      'v.mkv',
      ...picture('640x360', 4, 20),
      '-vf',
      drop,
      '-vsync',
      'vfr',
      ...quickly,
    );
    await p.deliver(p.upload('uploads/a.mkv', Body.of(content)));
    const { format } = await studio.media.describe(made(p, 'a.mkv', '360p.mp4'));
    expect(Math.abs(Number(format.duration) - 4)).toBeLessThan(0.5);
  });
});

describe('subtitles', () => {
  const srt = '1\n00:00:00,500 --> 00:00:01,500\nHello é\n';

  it('embedded in the movie become WebVTT and tracks of the files and the playlist', async () => {
    await using p = await studio.start();
    const file = await studio.media.write('s.srt', srt);
    const language = ['-metadata:s:s:0', 'language=ger', '-c:s', 'srt'];
    const content = await studio.media.make(
      'e.mkv',
      ...picture('640x360'),
      '-i',
      file,
      ...language,
      ...quickly,
    );
    await p.deliver(p.upload('uploads/a.mkv', Body.of(content)));
    expect(manifestOf(p, 'a.mkv').subtitles).toEqual([{ language: 'ger', file: 'subtitles-1-ger.vtt' }]);
    expect(made(p, 'a.mkv', 'subtitles-1-ger.vtt').toString()).toMatch(
      /^WEBVTT\s[\s\S]*00:00\.5\d\d --> 00:01\.5\d\d\s+Hello é/u,
    );
    const { streams } = await studio.media.describe(made(p, 'a.mkv', '360p.mp4'));
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
    await using p = await studio.start();
    p.upload(key, content);
    await p.deliver(
      p.upload(
        'uploads/my film.mp4',
        Body.of(await studio.media.make('b.mp4', ...picture('640x360'), ...quickly)),
      ),
    );
    const [subtitle] = manifestOf(p, 'my film.mp4').subtitles;
    expect(made(p, 'my film.mp4', subtitle!.file).toString()).toContain('Hello é');
    const { streams } = await studio.media.describe(made(p, 'my film.mp4', '360p.mp4'));
    expect(streams.map(({ codec_name }) => codec_name)).toEqual(['h264', 'mov_text']);
  });
});

describe('subtitle files', () => {
  const text = 'Où est la bibliothèque ?';
  const srt = `1\n00:00:00,500 --> 00:00:01,500\n${text}\n`;

  it.each([
    ['Windows-1252', Buffer.from(srt, 'latin1')],
    ['UTF-8 with its mark', Buffer.from(`\ufeff${srt}`)],
    ['UTF-16', Buffer.from(`\ufeff${srt}`, 'utf16le')],
  ])('in %s are read', async (_, content) => {
    await using p = await studio.start();
    p.upload('uploads/a.srt', Body.of(content));
    await p.deliver(
      p.upload('uploads/a.mp4', Body.of(await studio.media.make('s.mp4', ...picture('320x240'), ...quickly))),
    );
    expect(made(p, 'a.mp4', 'subtitles-srt.vtt').toString()).toContain(text);
  });

  it.each([
    ['that are none', 'I am a text.\n', 'it is no subtitle file'],
    ['that are empty', '', 'it is no subtitle file'],
    ['that are binary', Body.zeros(100), 'it is no subtitle file'],
    ['that are too large', Body.zeros(9_000_000), '9000000 bytes are too many for subtitles'],
  ])('%s are skipped, and the movie is made', async (_, content, why) => {
    await using p = await studio.start();
    p.upload('uploads/a.srt', content);
    await p.deliver(
      p.upload('uploads/a.mp4', Body.of(await studio.media.make('s.mp4', ...picture('320x240'), ...quickly))),
    );
    const manifest = manifestOf(p, 'a.mp4');
    expect(manifest.subtitles).toEqual([]);
    expect(manifest.skipped).toContainEqual({ what: 'uploads/a.srt', why });
  });

  it('that move away while they are looked for are found where they went', async () => {
    await using p = await studio.start();
    p.upload('uploads/a.srt', srt);
    const version = p.upload(
      'uploads/a.mp4',
      Body.of(await studio.media.make('s.mp4', ...picture('320x240'), ...quickly)),
    );
    p.server.intercept = ({ operation, key }) => {
      if (operation === 'GetObject' && key === 'uploads/a.srt') {
        p.upload('processed/a.srt', srt);
        p.bucket.delete('uploads/a.srt', undefined);
      }
      return undefined;
    };
    await p.deliver(version);
    expect(manifestOf(p, 'a.mp4').subtitles).toHaveLength(1);
  });
});

describe('a movie out of the ordinary', () => {
  it('is made of its own picture, not of a cover that comes before it', async () => {
    await using p = await studio.start();
    const [film, cover] = [path.join(studio.media.path, 'v.mp4'), path.join(studio.media.path, 'c.jpg')];
    await studio.media.make('v.mp4', ...picture('320x240', 2), ...quickly);
    await studio.media.make('c.jpg', ...picture('64x64', 0.1), '-frames:v', '1');
    const inputs = ['-i', film, '-i', cover, '-map', '0', '-map', '1', '-c', 'copy'];
    const content = coverFirst(
      await studio.media.make('vc.mp4', ...inputs, '-disposition:v:1', 'attached_pic'),
    );
    const { streams } = await studio.media.describe(content);
    expect(streams.map(({ codec_name }) => codec_name)).toEqual(['mjpeg', 'h264']);
    await p.deliver(p.upload('uploads/a.mp4', Body.of(content)));
    const rendition = await studio.media.describe(made(p, 'a.mp4', '240p.mp4'));
    expect(rendition.streams).toMatchObject([{ codec_name: 'h264', nb_read_packets: '20' }]);
  });

  it('that does not state its length, as browsers record them, gets playlists of its real length', async () => {
    await using p = await studio.start();
    p.upload('uploads/a.srt', '1\n00:00:00,500 --> 00:00:01,500\nHello\n');
    await p.deliver(
      p.upload(
        'uploads/a.webm',
        Body.of(await studio.media.make('l.webm', ...picture('320x240', 3), '-c:v', 'vp8', '-live', '1')),
      ),
    );
    expect(manifestOf(p, 'a.webm').durationSeconds).toBeCloseTo(3, 0);
    expect(made(p, 'a.webm', 'subtitles-srt.m3u8').toString()).toMatch(/#EXTINF:[23]\.\d+,/u);
  });

  it('of one picture gets a poster', async () => {
    await using p = await studio.start();
    const content = await studio.media.make(
      'one.mp4',
      ...picture('320x240', 1),
      '-frames:v',
      '1',
      ...quickly,
    );
    await p.deliver(p.upload('uploads/a.mp4', Body.of(content)));
    expect((await studio.media.describe(made(p, 'a.mp4', 'poster.jpg'))).streams).toHaveLength(1);
  });

  it('gets a poster from a tenth of it on', async () => {
    await using p = await studio.start();
    // Black at first, then white.
    const fade = ['-vf', "drawbox=t=fill:c=white:enable='gte(t,0.25)'"];
    const black = ['-f', 'lavfi', '-i', 'color=black:s=320x240:r=10:d=5'];
    const content = await studio.media.make('f.mp4', ...black, ...fade, ...quickly);
    await p.deliver(p.upload('uploads/a.mp4', Body.of(content)));
    expect(await studio.media.brightness(made(p, 'a.mp4', 'poster.jpg'))).toBeGreaterThan(200);
  });

  it('that is smaller is made in both sizes where that is asked', async () => {
    await using p = await studio.start({ upscale: true });
    const content = await studio.media.make('u.mp4', ...picture('320x180', 1), ...quickly);
    await p.deliver(p.upload('uploads/a.mp4', Body.of(content)));
    expect(manifestOf(p, 'a.mp4').renditions).toMatchObject([
      { name: '1080p', width: 1920, height: 1080 },
      { name: '720p', width: 1280, height: 720 },
    ]);
  });
});

/** The same MP4 with its cover in front of its tracks: boxes of `moov` in another order (ISO 14496-12 leaves it open). */
function coverFirst(mp4: Buffer): Buffer {
  const start = mp4.indexOf('moov') + 4;
  const end = start - 8 + mp4.readUInt32BE(start - 8);
  const boxes: Buffer[] = [];
  for (let at = start; at < end; at += mp4.readUInt32BE(at))
    boxes.push(mp4.subarray(at, at + mp4.readUInt32BE(at)));
  const isCover = (box: Buffer): boolean => box.toString('latin1', 4, 8) === 'udta';
  const [head = mp4, ...rest] = boxes;
  const ordered = [head, ...rest.filter(isCover), ...rest.filter((box) => !isCover(box))];
  return Buffer.concat([mp4.subarray(0, start), ...ordered, mp4.subarray(end)]);
}

/** The same MP4 with its picture turned by a quarter: the matrix in its track header (ISO 14496-12, `tkhd`) says so. */
function rotated(mp4: Buffer, height: number): Buffer {
  const matrix = mp4.indexOf('tkhd') + 4 + 40;
  const turned = [0, 1 << 16, 0, -(1 << 16), 0, 0, height << 16, 0, 1 << 30];
  turned.forEach((value, i) => mp4.writeInt32BE(value, matrix + 4 * i));
  return mp4;
}
