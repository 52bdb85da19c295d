import { type Browser, chromium } from 'playwright-core';

import { findOnPath } from '../support/child';

/** What Chromium and Chrome are called by those who package them. */
const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];

/** There is no browser on this machine; the message says how to get one. */
export class NoBrowserError extends Error {
  override readonly name = 'NoBrowserError';
}

const findBrowser = (): string | undefined => names.flatMap((name) => findOnPath(name) ?? [])[0];

/** Why there is no browser, and how to get one; `undefined` where there is one. */
export function lackOfBrowser(): string | undefined {
  return findBrowser() === undefined
    ? `No browser is on PATH; looked for ${names.join(', ')}. Install one (Debian: apt-get install chromium).`
    : undefined;
}

/**
 * Opens the system's Chromium without a window. Ctrl-C does not reach it: whoever opens it closes it.
 *
 * @throws NoBrowserError when none is on PATH.
 */
export async function openBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) {
    throw new NoBrowserError(lackOfBrowser());
  }
  return chromium.launch({
    executablePath,
    // A sound device would leave PulseAudio's folder in the temporary one.
    args: ['--disable-audio-output'],
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}
