import { type Browser, chromium } from 'playwright-core';

import { findOnPath } from '../support/child';

/** What Chromium and Chrome are called by those who package them. */
const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];

/** There is no browser on this machine; the message says how to get one. */
export class NoBrowserError extends Error {
  override readonly name = 'NoBrowserError';
}

/**
 * Opens the system's Chromium without a window. Ctrl-C does not reach it: whoever opens it closes it.
 *
 * @throws NoBrowserError when none is on PATH.
 */
export async function openBrowser(): Promise<Browser> {
  const [executablePath] = names.flatMap((name) => findOnPath(name) ?? []);
  if (executablePath === undefined) {
    throw new NoBrowserError(
      `No browser is on PATH; looked for ${names.join(', ')}. Install one (Debian: apt-get install chromium).`,
    );
  }
  return chromium.launch({ executablePath, handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false });
}
