import { join } from 'node:path';

import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';

import type { PipelineClient } from './pipeline-client';

const showing = z.object({
  seconds: z.number(),
  hasData: z.boolean(),
  width: z.number(),
  height: z.number(),
  subtitles: z.array(z.string()),
  error: z.string().optional(),
});

/** What the browser shows of a video: how far it is, its size, and every subtitle shown so far. */
export type Showing = z.infer<typeof showing>;

/** Plays processed movies in a real browser, which gets them from the edge by presigned URLs. */
export class Player implements AsyncDisposable {
  private constructor(
    private readonly page: Page,
    private readonly origin: string,
  ) {}

  /** @param endpoint the edge: to the browser, page and video are of this one origin, as behind a CDN. */
  static async open(browser: Browser, endpoint: string, pipeline: PipelineClient): Promise<Player> {
    const { origin } = new URL(endpoint);
    const page = await browser.newPage();
    // A playlist names its segments by relative URLs: each request is signed on its way.
    await page.route(`${origin}/**`, async (route) => {
      const key = decodeURIComponent(new URL(route.request().url()).pathname.slice(1));
      await route.continue({ url: await pipeline.presign(key) });
    });
    await page.route(`${origin}/player?*`, (route) =>
      route.fulfill({ path: join(__dirname, 'player.html') }),
    );
    return new Player(page, origin);
  }

  /** Begins to play an object, with the WebVTT of another beside it. */
  async play(sourceKey: string, subtitlesKey: string): Promise<void> {
    const [source, subtitles] = [sourceKey, subtitlesKey].map(
      (key) => `/${key.split('/').map(encodeURIComponent).join('/')}`,
    );
    const asked = new URLSearchParams({ source: source ?? '', subtitles: subtitles ?? '' });
    await this.page.goto(`${this.origin}/player?${asked.toString()}`);
  }

  /** What it shows now; nothing before the first picture. */
  async showing(): Promise<Showing | undefined> {
    const text = await this.page.locator('output').textContent();
    return text === null || text === '' ? undefined : showing.parse(JSON.parse(text));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.close();
  }
}
