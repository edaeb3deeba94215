import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../../../scripts/editor/browser.mjs';
import { ensureEmbeddedEditor } from '../../../scripts/editor/embedded.mjs';
import { installExtension, serveEditor } from '../../../scripts/editor/server.mjs';
import { endMarkedProcesses, markedProcesses } from '../../../scripts/tools/processes.mjs';
import { outFolder, root } from '../../../scripts/tools/root.mjs';
import { environment } from './environment.ts';
import { runCommand } from './workbench.ts';

export interface OpenedEditor {
  readonly page: Page;
  /** A copy of the sample workspace that is this editor's alone. */
  readonly workspace: string;
  /** Command lines of the processes that the editor started and that still run; Linux only. */
  processes(): readonly string[];
  /** Takes a picture of the window into `out/browser/<name>/` (or the path given) and answers where it is. */
  screenshot(picture: string): Promise<string>;
  /** Has the editor load its window again and waits until it can be used. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the sample workspace in a fresh served editor with the packaged extension installed.
 * @param name of the test that opens it, unique among the tests
 * @param settings the user's settings beside those that keep the editor quiet
 */
export async function openEditor(
  name: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<OpenedEditor> {
  const folder = join(outFolder, 'browser', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const workspace = join(folder, 'sample');
  cpSync(join(root, 'test/workspaces/sample'), workspace, { recursive: true });
  const editor = await ensureEmbeddedEditor();
  await installExtension(editor, folder, environment('MARGINALIA_VSIX'));
  const mark = mkdtempSync(join(folder, 'mark-'));
  const served = await serveEditor(editor, { folder, settings, env: { ...process.env, MARGINALIA_MARK: mark } });
  let browser: Browser | undefined;
  const close = async () => {
    await browser?.close();
    await served.stop();
    endMarkedProcesses(`MARGINALIA_MARK=${mark}`);
  };
  try {
    browser = await launchBrowser(environment('MARGINALIA_BROWSER'));
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    await page.goto(`${served.address}/?folder=${encodeURIComponent(workspace)}`);
    await workbenchReady(page);
    return {
      page,
      workspace,
      processes: () => markedProcesses(`MARGINALIA_MARK=${mark}`).map(({ command }) => command),
      screenshot: async (picture) => {
        const path = resolve(folder, `${picture}.png`);
        await page.screenshot({ path });
        return path;
      },
      reload: async () => {
        // The editor's own way, which lets it write down first what is open.
        const loaded = page.waitForEvent('load', { timeout: 60_000 });
        await runCommand(page, 'Developer: Reload Window');
        await loaded;
        await workbenchReady(page);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Has a picture taken wherever a test of the enclosing block fails: `out/browser/<name>/failed-<title>.png`. */
export function pictureOfFailures(editor: () => OpenedEditor): void {
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    await editor().screenshot(`failed-${this.currentTest.title.replaceAll(/\W+/g, '-').slice(0, 80)}`);
  });
}

async function workbenchReady(page: Page): Promise<void> {
  await page.waitForSelector('.monaco-workbench .part.statusbar', { timeout: 60_000 });
  await page.waitForSelector('.explorer-folders-view .monaco-list-row', { timeout: 60_000 });
}
