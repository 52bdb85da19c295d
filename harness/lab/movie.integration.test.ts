import { type Applied, applied } from '../testing/applied';
import { processedMovie, watch } from './acts/movie';
import type { Stage } from './acts/stage';
import { type FilmSpec, makeFilm, subtitlesFor } from './film';
import type { Lab } from './lab';

/** Small, so that two cores make it quickly. */
const film: FilmSpec = { size: '426x240', seconds: 3 };

describe('movies in the pipeline that Terraform applied', () => {
  let pipeline: Applied;
  let lab: Lab;
  let stage: Stage;

  beforeAll(async () => {
    pipeline = await applied();
    ({ lab, stage } = pipeline);
  });

  afterAll(async () => {
    await pipeline[Symbol.asyncDispose]();
  });

  it('come out as files, subtitles and a playlist that a browser plays', async () => {
    await stage.upload('mein Film é.srt', subtitlesFor(film));
    await stage.upload('mein Film é.mp4', await makeFilm(film));
    const manifest = await processedMovie(stage, 'mein Film é.mp4');
    expect(manifest.renditions.map(({ name }) => name)).toEqual(['240p']);
    expect(await watch(stage, manifest)).toEqual([
      expect.stringContaining('240p.mp4 (426×240)'),
      expect.stringContaining('master.m3u8 (426×240)'),
    ]);
  });

  it('get subtitles that come when they are made', async () => {
    await stage.upload('stumm.mp4', await makeFilm(film));
    expect((await processedMovie(stage, 'stumm.mp4')).subtitles).toEqual([]);
    await stage.upload('stumm.srt', subtitlesFor(film));
    const manifest = await stage.until('the subtitles in the manifest', async () => {
      const remade = await processedMovie(stage, 'stumm.mp4');
      return remade.subtitles.length === 1 && remade;
    });
    expect(await watch(stage, manifest)).toEqual([
      expect.stringMatching(/240p(-[0-9a-f]{8}){2}\.mp4 \(426×240\)/u),
      expect.stringMatching(/master(-[0-9a-f]{8}){2}\.m3u8 \(426×240\)/u),
    ]);
  });

  it('that are none go to the dead-letter queue with the reason, and stay where they are', async () => {
    await stage.upload('no film.mp4', 'I am a text.\n');
    const { deadLetterQueueUrl } = lab.outputs;
    await stage.until(
      'the message in the dead-letter queue',
      async () => (await stage.pipeline.depth(deadLetterQueueUrl)).visible === 1,
    );
    // The worker logs it once the message is there.
    const told = await stage.until('the reason in a log', async () => {
      const workers = await stage.whoseLogSays('uploads/no film.mp4: not a media file, or a broken one');
      return workers.length > 0 && workers;
    });
    expect(told).toHaveLength(1);
    expect(await stage.pipeline.exists(stage.pipeline.uploadKey('no film.mp4'))).toBe(true);
    await stage.queueIsEmpty();
  });
});
