import type { Browser, Page } from 'playwright-core';

import { NoBrowserError, openBrowser } from './browser';

/** A person on the site: with a browser, or by hand where there is none. */
export interface Visitor extends AsyncDisposable {
  /** How the site is visited, for the story. */
  readonly means: string;
  /** Uploads a file by the form; resolves with the key it got. */
  upload(fileName: string, content: string): Promise<string>;
  /** What the page of the upload says now. */
  state(): Promise<string>;
}

/**
 * Opens the site in a real browser. Where there is none, its forms and pages are used by plain HTTP.
 *
 * @param say told, loudly, why there is no browser.
 */
export async function visit(site: string, say: (line: string) => void): Promise<Visitor> {
  try {
    return await BrowserVisitor.open(await openBrowser(), site);
  } catch (error) {
    if (!(error instanceof NoBrowserError)) {
      throw error;
    }
    say(`NO BROWSER: ${error.message} The site is used by plain HTTP instead.`);
    return new HttpVisitor(site);
  }
}

class BrowserVisitor implements Visitor {
  private constructor(
    private readonly browser: Browser,
    private readonly page: Page,
  ) {}

  static async open(browser: Browser, site: string): Promise<BrowserVisitor> {
    const page = await browser.newPage();
    await page.goto(site);
    return new BrowserVisitor(browser, page);
  }

  get means(): string {
    return `Chromium ${this.browser.version()}`;
  }

  async upload(fileName: string, content: string): Promise<string> {
    const file = { name: fileName, mimeType: 'text/plain', buffer: Buffer.from(content) };
    await this.page.getByLabel('Choose a file').setInputFiles(file);
    const landed = this.page.waitForRequest((request) => request.url().includes('/uploaded?'));
    await this.page.getByRole('button', { name: 'Upload' }).click();
    const key = new URL((await landed).url()).searchParams.get('key') ?? '';
    await this.page.waitForURL('**/uploads?*');
    return key;
  }

  /** The page follows along by itself: it is never loaded again here. */
  async state(): Promise<string> {
    return (await this.page.locator('.badge').textContent()) ?? '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
  }
}

class HttpVisitor implements Visitor {
  readonly means = 'plain HTTP';
  private uploadPage = '';

  constructor(private readonly site: string) {}

  async upload(fileName: string, content: string): Promise<string> {
    const html = await textOf(this.site);
    const form = new FormData();
    for (const [, name = '', value = ''] of html.matchAll(
      /<input type="hidden" name="([^"]*)" value="([^"]*)"/g,
    )) {
      form.append(unescapeHtml(name), unescapeHtml(value));
    }
    form.append('file', new Blob([content]), fileName);
    const action = unescapeHtml(/<form [^>]*action="([^"]*)"/.exec(html)?.[1] ?? '');
    const posted = await fetch(action, { method: 'POST', body: form, redirect: 'manual' });
    const location = posted.headers.get('location');
    if (posted.status !== 303 || location === null) {
      throw new Error(`S3 answered the form with ${posted.status}: ${await posted.text()}`);
    }
    const landed = await fetch(location, { redirect: 'manual' });
    this.uploadPage = new URL(landed.headers.get('location') ?? '/', this.site).href;
    return new URL(location).searchParams.get('key') ?? '';
  }

  async state(): Promise<string> {
    return /class="badge[^"]*">([^<]*)</.exec(await textOf(this.uploadPage))?.[1] ?? '';
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

async function textOf(url: string): Promise<string> {
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`${url} answered ${response.status}: ${text}`);
  }
  return text;
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
