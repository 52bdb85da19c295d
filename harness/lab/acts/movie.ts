import { z } from 'zod';

import { lackOfBrowser, openBrowser } from '../browser';
import { type FilmSpec, lackOfFfmpeg, makeFilm, subtitle, subtitlesFor } from '../film';
import { Player, type Showing } from '../player';
import type { Act } from './act';
import type { Stage } from './stage';

const film: FilmSpec = { size: '1920x1080', seconds: 4 };

/** Two encodings of a film by machines that do other things as well. */
const encodingSeconds = 600;

/** What the act reads of `manifest.json`, which lists what was made of a movie. */
const movieManifest = z.object({
  prefix: z.string(),
  renditions: z.array(
    z.object({ name: z.string(), width: z.number(), height: z.number(), file: z.string() }),
  ),
  subtitles: z.array(z.object({ file: z.string() })),
  playlist: z.string(),
});
type MovieManifest = z.infer<typeof movieManifest>;

export const movie: Act = {
  number: 10,
  name: 'movie',
  story: 'A video is uploaded, with a subtitle file beside it.',
  lack: () => lackOfFfmpeg() ?? lackOfBrowser(),
  async play(stage) {
    await stage.upload('film.srt', subtitlesFor(film));
    await stage.upload('film.mp4', await makeFilm(film));
    const manifest = await processedMovie(stage, 'film.mp4');
    const sizes = manifest.renditions.map(({ name }) => name);
    stage.must(`renditions of 1080p and 720p (got ${sizes.join(', ')})`, sizes.join() === '1080p,720p');

    const seen = await watch(stage, manifest);
    return [
      `the workers made ${sizes.join(' and ')}, subtitles, an HLS playlist over both and a poster under ${manifest.prefix}`,
      ...seen,
    ];
  },
};

/** Waits until a movie is processed, telling how far the workers are, and reads what was made of it. */
export async function processedMovie(stage: Stage, name: string): Promise<MovieManifest> {
  const { pipeline } = stage;
  const key = pipeline.processedKey(name);
  let told = '';
  await stage.processed(name, {
    seconds: encodingSeconds,
    meanwhile: async () => {
      const progress = (await pipeline.readIfThere(`${key}/progress.json`)) ?? told;
      if (progress !== told) {
        stage.say(`${key}/progress.json: ${progress}`);
      }
      told = progress;
    },
  });
  const manifest = await pipeline.readIfThere(`${key}/manifest.json`);
  const withoutTools = await stage.whoseLogSays('there is no ffmpeg');
  stage.must(
    withoutTools.length === 0
      ? `${key}/manifest.json`
      : `a movie made of ${name}: there is no ffmpeg on ${withoutTools.map(({ instanceId }) => instanceId).join(', ')}. ` +
          'Put it on PATH where the bodies run, or bring it to the instances: npm run build:media, then ' +
          'UPLOAD_PIPELINE_MEDIA_ARTIFACT=dist/media.tar.gz',
    manifest !== undefined,
  );
  return movieManifest.parse(JSON.parse(manifest ?? ''));
}

/** Plays every rendition and the playlist over them in a browser; answers what was seen. */
export async function watch(stage: Stage, manifest: MovieManifest): Promise<string[]> {
  const { prefix, renditions, subtitles, playlist } = manifest;
  await using browser = await openBrowser();
  await using player = await Player.open(browser, stage.lab.endpoint, stage.pipeline);
  const seen: string[] = [];
  for (const file of [...renditions.map((rendition) => rendition.file), playlist]) {
    await player.play(prefix + file, prefix + (subtitles[0]?.file ?? ''));
    let last: Showing | undefined;
    const { width, height } = await stage.until(
      `${file} playing with its subtitle in Chromium ${browser.version()}`,
      async () => {
        last = await player.showing();
        return last?.hasData === true && last.seconds > 1 && last.subtitles.includes(subtitle) && last;
      },
      { instead: () => JSON.stringify(last) },
    );
    const expected = renditions.find((rendition) => rendition.file === file);
    stage.must(
      `${file} in its size (got ${width}×${height})`,
      expected === undefined || (expected.width === width && expected.height === height),
    );
    seen.push(`Chromium plays ${file} (${width}×${height}) and shows «${subtitle}»`);
  }
  return seen;
}
