import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { exportRun } from '../../../src/runtime/exports/export-run.ts';
import { writeSampleRun } from './sample-run.ts';

const program = '/usr/bin/chromium';

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

describe('the HTML report in a browser', function () {
  this.timeout(120_000);
  let browser: Browser | undefined;
  let folder: string;
  let file: string;

  before(async function () {
    if (!existsSync(program)) {
      console.log(`      Not run, because there is no ${program}.`);
      this.skip(); // there is nothing to open the report in
    }
    folder = await mkdtemp(join(tmpdir(), 'marginalia-report-'));
    await writeSampleRun(join(folder, 'run'));
    file = join(folder, 'report.html');
    await exportRun(join(folder, 'run'), 'html', file);
    browser = await chromium.launch({
      executablePath: program,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    });
  });
  after(async () => {
    await browser?.close();
    if (browser !== undefined) await rm(folder, { recursive: true, force: true });
  });

  async function withPage(
    colorScheme: 'light' | 'dark',
    width: number,
    use: (page: Page) => Promise<void>,
  ): Promise<void> {
    const page = await browser!.newPage({ colorScheme, viewport: { width, height: 900 } });
    try {
      await use(page);
    } finally {
      await page.close();
    }
  }

  for (const scheme of ['light', 'dark'] as const) {
    it(`asks for nothing, complains of nothing and is free of accessibility faults (${scheme})`, () =>
      withPage(scheme, 1000, async (page) => {
        const said: string[] = [];
        const asked: string[] = [];
        page.on('console', (message) => said.push(message.text()));
        page.on('pageerror', (error) => said.push(error.message));
        page.on('request', (request) => asked.push(request.url()));
        await page.goto(pathToFileURL(file).href);
        assert.deepEqual(asked, [pathToFileURL(file).href]);
        assert.deepEqual(said, []);
        await page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
        const axe = await readFile(createRequire(resolve('package.json')).resolve('axe-core/axe.min.js'), 'utf8');
        await page.evaluate(axe);
        const violations = await page.evaluate<Violation[]>(
          "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then(({ violations }) => violations)",
        );
        assert.deepEqual(
          violations.map(
            ({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]!.html.slice(0, 200)} ${nodes[0]!.failureSummary}`,
          ),
          [],
        );
      }));
  }

  it('is dark where the reader asks for it on a screen, and never on paper', () =>
    withPage('dark', 1000, async (page) => {
      await page.goto(pathToFileURL(file).href);
      const lightness = async () => {
        const colour = await page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
        const channels = [...colour.matchAll(/\d+/g)].map(Number);
        return channels.reduce((sum, channel) => sum + channel, 0) / 3;
      };
      assert.ok((await lightness()) < 60);
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
      assert.ok((await lightness()) > 200);
    }));

  it('fits narrow and wide windows without scrolling sideways', async () => {
    for (const width of [360, 760, 1000, 1900]) {
      await withPage('light', width, async (page) => {
        await page.goto(pathToFileURL(file).href);
        assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
        // On a wide window no table needs to scroll either.
        if (width < 1000) return;
        const wide = await page.evaluate(
          "[...document.querySelectorAll('.scroll')].filter((group) => group.scrollWidth > group.clientWidth).length",
        );
        assert.equal(wide, 0);
      });
    }
  });
});
