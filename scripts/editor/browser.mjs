/** The browser that shows the embedded editor in tests. */
import { existsSync } from 'node:fs';
import { findProgram } from '../tools/processes.mjs';
import { ensureSystemPackages } from '../tools/system-packages.mjs';

const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
  'C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe',
];

const find = () =>
  findProgram('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge') ??
  places.find((place) => existsSync(place));

/** Makes sure that there is a Chromium. @returns {Promise<string>} its path */
export async function ensureBrowser() {
  await ensureSystemPackages(
    [{ what: 'Chromium (or Chrome, or Edge)', packages: ['chromium'], met: () => Boolean(find()) }],
    'run the tests in the editor',
  );
  return /** @type {string} */ (find());
}

/**
 * Starts a browser without a window.
 * @param {string} program
 * @returns {Promise<import('playwright-core').Browser>}
 */
export async function launchBrowser(program) {
  const { chromium } = await import('playwright-core');
  return chromium.launch({
    executablePath: program,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
