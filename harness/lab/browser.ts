import { type Browser, chromium } from 'playwright-core';

import { findOnPath } from '../support/child';

/** What Chromium and Chrome are called by those who package them. */
const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];

/**
 * Opens the system's Chromium without a window. Ctrl-C does not reach it: whoever opens it closes it.
 *
 * @throws Error when none is on PATH, saying how to get one.
 */
export async function openBrowser(): Promise<Browser> {
  const [executablePath] = names.flatMap((name) => findOnPath(name) ?? []);
  if (executablePath === undefined) {
    throw new Error(
      `No browser is on PATH; looked for ${names.join(', ')}. Install one (Debian: apt-get install chromium).`,
    );
  }
  return chromium.launch({ executablePath, handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false });
}
