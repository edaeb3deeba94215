/** Every view in every kind of theme: pictures into `out/screenshots`, and axe-core inside the webviews. */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { outFolder, root } from '../../scripts/tools/root.mjs';
import { openEditor, pictureOfFailures, type OpenedEditor } from './support/editor.ts';
import { assertAccessible, dashboard, paperPage, untilStatus } from './support/webviews.ts';
import { chooseTheme, goToLine, hover, lens, openFile, openQuickPick, runCommand, tab } from './support/workbench.ts';

const themes = [
  { name: 'dark', title: 'Dark Modern', kind: 'vs-dark' },
  { name: 'light', title: 'Light Modern', kind: 'vs' },
  { name: 'high-contrast', title: 'Dark High Contrast', kind: 'hc-black' },
  { name: 'high-contrast-light', title: 'Light High Contrast', kind: 'hc-light' },
];
const pictures = join(outFolder, 'screenshots');

describe('the views in every kind of theme', function () {
  this.timeout(300_000);
  let editor: OpenedEditor;

  before(async () => {
    mkdirSync(pictures, { recursive: true });
    editor = await openEditor('views', { 'workbench.reduceMotion': 'on' });
    const { page } = editor;
    await page.setViewportSize({ width: 1120, height: 700 });
    // Run in a terminal, to be looked at in the window.
    mkdirSync(join(editor.workspace, '.marginalia'));
    const what = ['learning-to-relax', '--seeds', '3'];
    await promisify(execFile)(process.execPath, [join(root, 'dist/cli.js'), 'run', ...what], { cwd: editor.workspace });
    await runCommand(page, 'Marginalia: Open Run Dashboard…');
    await untilStatus(await dashboard(page), /Completed/, 60_000);
    await page.locator('.activitybar .action-label[aria-label^="Marginalia"]').click();
  });
  pictureOfFailures(() => editor);
  after(() => editor.close());

  for (const { name, title, kind } of themes) {
    describe(`in ${name}`, () => {
      before(async () => {
        await chooseTheme(editor.page, title);
        await editor.page.locator(`.monaco-workbench.${kind}`).waitFor();
      });

      it('show a run: its verdict, curves and figures', async () => {
        await tab(editor.page, 'learning-to-relax').click();
        const run = await dashboard(editor.page);
        await assertAccessible(run);
        await editor.screenshot(join(pictures, `dashboard-${name}`));
        await run.locator('.tab-list').evaluate((element) => element.scrollIntoView());
        await run.locator('.metric .badge').first().waitFor();
        await editor.screenshot(join(pictures, `charts-${name}`));
        await run.locator('.run-header').evaluate((element) => element.scrollIntoView({ block: 'end' }));
      });

      it('show papers where code names them: lenses and a hover', async () => {
        const { page } = editor;
        await openFile(page, 'train.py');
        await goToLine(page, 1);
        await lens(page, /Chen et al\., 2021/).waitFor();
        await hover(page, 'rex_schedule');
        await editor.screenshot(join(pictures, `hover-${name}`));
        await page.mouse.move(0, 0);
      });

      it('show a paper', async () => {
        const { page } = editor;
        await lens(page, /Chen et al\., 2021/).click();
        const paper = await paperPage(page);
        await assertAccessible(paper);
        await editor.screenshot(join(pictures, `paper-page-${name}`));
        await paper.locator('.verified').evaluate((element) => element.scrollIntoView({ block: 'center' }));
        await editor.screenshot(join(pictures, `verdict-${name}`));
      });

      it('show the methods that can be scaffolded', async () => {
        const { page } = editor;
        await openQuickPick(page, 'Marginalia: Scaffold Experiment…', 'the claim holds');
        await page.mouse.move(0, 0);
        await editor.screenshot(join(pictures, `scaffold-${name}`));
        await page.keyboard.press('Escape');
      });
    });
  }
});
