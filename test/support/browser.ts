import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe } from '@jest/globals';
import { type Browser, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', process.env.CHROMIUM_PATH];

/** Where a browser is installed, if one is. */
const browserPath = PLACES.find((place) => place !== undefined && existsSync(place));

/** A suite that needs a browser; where there is none it is skipped, and says so. */
export function describeInBrowser(name: string, suite: () => void): void {
  if (browserPath) describe(name, suite);
  else describe.skip(`${name} (skipped: no Chromium at ${PLACES.filter(Boolean).join(', ')})`, suite);
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath!,
    // Nothing but the page itself may use the network.
    args: [
      'no-sandbox',
      'disable-gpu',
      'disable-quic',
      'no-first-run',
      'disable-background-networking',
      'disable-component-update',
      'disable-sync',
    ].map((flag) => `--${flag}`),
  });
}

/** Where pictures of the pages are left for people to look at. */
export function screenshotFolder(): string {
  return process.env.NSMON_SCREENSHOTS ?? mkdtempSync(path.join(tmpdir(), 'nsmon-pages-'));
}
