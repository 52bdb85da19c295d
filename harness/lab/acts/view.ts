import { NoBrowserError, openBrowser } from '../browser';
import type { Act } from './act';
import type { Stage } from './stage';

/** 16 × 12 red pixels. */
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAMCAIAAADkharWAAAAFUlEQVR42mM4YaNBEmIY1TCqATsCAO9q4QHM9VQ8AAAAAElFTkSuQmCC',
  'base64',
);
const pictureWidth = 16;

const name = 'picture.png';

/** What a visitor without credentials gets at a URL. */
interface View {
  readonly status: number;
  /** Width of the image that is shown, in pixels; 0 when none is. */
  readonly width: number;
  /** What looked. */
  readonly by: string;
}

export const view: Act = {
  number: 1,
  name: 'view',
  story: 'An image is uploaded; its URL is opened in a browser, without and with the public-read demo.',
  async play(stage) {
    // With every worker down it stays where it was uploaded until it has been looked at.
    const workers = await stage.groupReady();
    for (const worker of workers) {
      await stage.kill(worker);
    }
    await stage.upload(name, picture, 'image/png');
    const url = `${stage.lab.endpoint}/${stage.lab.outputs.uploadBucket}/${stage.pipeline.uploadKey(name)}`;

    const refused = await look(stage, url);
    stage.must(`a refusal (got ${refused.status})`, refused.status === 403 && refused.width === 0);

    stage.say('terraform apply with the public-read demo on');
    await stage.lab.apply({ UPLOAD_PIPELINE_PUBLIC_READ_DEMO: 'true' });
    let shown: View;
    try {
      shown = await look(stage, url);
    } finally {
      stage.say('terraform apply with the public-read demo off again');
      await stage.lab.apply();
    }
    stage.must(`the image (got ${shown.status})`, shown.status === 200 && shown.width === pictureWidth);
    const again = await look(stage, url);
    stage.must(`a refusal once more (got ${again.status})`, again.status === 403);

    for (const worker of workers) {
      await stage.start(worker);
    }
    await stage.processed(name);
    return [
      `${refused.by} is refused ${url} with 403: nothing is public by default`,
      `with the public-read demo switched on by a second apply, ${shown.by} shows the image, ${shown.width} pixels wide`,
      'with the demo off again it is refused again',
    ];
  },
};

/** Opens a URL in a real browser; where there is none, says so and asks by plain HTTP. */
async function look(stage: Stage, url: string): Promise<View> {
  try {
    await using browser = await openBrowser();
    const page = await browser.newPage();
    const answer = await page.goto(url);
    const width = await page.evaluate<number>('document.images[0]?.naturalWidth ?? 0');
    return { status: answer?.status() ?? 0, width, by: `Chromium ${browser.version()}` };
  } catch (error) {
    if (!(error instanceof NoBrowserError)) {
      throw error;
    }
    stage.say(`NO BROWSER LOOKED: ${error.message} Judged by plain HTTP instead.`);
    const answer = await fetch(url);
    const content = Buffer.from(await answer.arrayBuffer());
    return {
      status: answer.status,
      width: content.equals(picture) ? pictureWidth : 0,
      by: 'plain HTTP (no browser on PATH)',
    };
  }
}
