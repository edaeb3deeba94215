/** Every view in every kind of theme: pictures into `out/screenshots`, and axe-core inside the webviews. */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { outFolder, root } from '../../scripts/tools/root.mjs';
import { openEditor, pictureOfFailures, type OpenedEditor } from './support/editor.ts';
import { assertAccessible, dashboard, paperPage, untilStatus } from './support/webviews.ts';
import { goToLine, hover, lens, openFile, quickPickRow, runCommand, tab } from './support/workbench.ts';

const themes = [
  { name: 'dark', setting: 'Dark Modern', kind: 'vs-dark' },
  { name: 'light', setting: 'Light Modern', kind: 'vs' },
  { name: 'high-contrast', setting: 'Default High Contrast', kind: 'hc-black' },
  { name: 'high-contrast-light', setting: 'Default High Contrast Light', kind: 'hc-light' },
];
const pictures = join(outFolder, 'screenshots');

describe('the views in every kind of theme', function () {
  this.timeout(900_000);
  let editor: OpenedEditor;

  before(async () => {
    mkdirSync(pictures, { recursive: true });
    editor = await openEditor('views', { 'workbench.colorTheme': themes[0]!.setting });
    const { page } = editor;
    // Run in a terminal, to be looked at in the window.
    mkdirSync(join(editor.workspace, '.marginalia'));
    await promisify(execFile)(process.execPath, [join(root, 'dist/cli.js'), 'run', 'alp-gmm', '--seeds', '3'], {
      cwd: editor.workspace,
    });
    await runCommand(page, 'Marginalia: Open Run Dashboard…');
    await quickPickRow(page, 'alp-gmm').click();
    await untilStatus(await dashboard(page), /Completed/, 60_000);
  });
  pictureOfFailures(() => editor);
  after(() => editor.close());

  for (const { name, setting, kind } of themes) {
    it(`shows hover, lenses, dashboard and paper page well in ${name}`, async () => {
      const { page } = editor;
      editor.changeSettings({ 'workbench.colorTheme': setting });
      await page.locator(`.monaco-workbench.${kind}`).waitFor();

      await tab(page, 'alp-gmm').first().click();
      const run = await dashboard(page);
      await assertAccessible(run);
      await editor.screenshot(join(pictures, `dashboard-${name}`));

      await openFile(page, 'train.py');
      await goToLine(page, 1);
      await lens(page, /Chen et al\., 2021/).waitFor();
      await editor.screenshot(join(pictures, `lenses-${name}`));
      await hover(page, 'rex_schedule');
      await editor.screenshot(join(pictures, `hover-${name}`));
      await page.mouse.move(0, 0);

      await lens(page, /Chen et al\., 2021/).click();
      const paper = await paperPage(page);
      await assertAccessible(paper);
      await editor.screenshot(join(pictures, `paper-page-${name}`));
    });
  }
});
