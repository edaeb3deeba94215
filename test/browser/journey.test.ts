/** The product's main way, as a person goes it in the window: read, scaffold, run, watch, verdict. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { openEditor, pictureOfFailures, type OpenedEditor } from './support/editor.ts';
import { dashboard, runStatus, untilMorePointsThan, untilStatus } from './support/webviews.ts';
import {
  goToLine,
  hover,
  lens,
  openFile,
  openQuickPick,
  quickPickRow,
  statusBarItem,
  tab,
} from './support/workbench.ts';

describe('the way from a name in the code to a verdict', function () {
  this.timeout(900_000);
  let editor: OpenedEditor;
  let view: Frame;

  before(async () => {
    // One trial after another, so that points are still to come on a machine of any size.
    editor = await openEditor('journey', { 'marginalia.run.processes': 1 });
  });
  pictureOfFailures(() => editor);
  after(() => editor.close());

  it('tells of the paper behind a name: title, summary and equations that can be seen', async () => {
    const { page } = editor;
    await openFile(page, 'train.ts');
    const shown = await hover(page, 'qStarSearch');
    await shown.getByText('A* Search Without Expansions').waitFor();
    const pictures = shown.locator('img');
    assert.ok((await pictures.count()) >= 1, 'no equation is shown');
    const widths = await pictures.evaluateAll((images) =>
      images.map((image) => (image as HTMLImageElement).naturalWidth),
    );
    assert.ok(
      widths.every((width) => width > 0),
      `a picture of an equation is broken: ${widths.join(', ')}`,
    );
    for (const link of ['Paper', 'Page', 'Scaffold', 'Cite']) {
      assert.ok((await shown.locator('a', { hasText: link }).count()) > 0, `there is no link ${link}`);
    }
  });

  it('names the paper once above the code that names it, with a switch to hide that', async () => {
    const { page } = editor;
    await page.mouse.move(0, 0);
    await goToLine(page, 1);
    await lens(page, /Agostinelli et al\., 2021/).waitFor();
    const lenses = page.locator('.codelens-decoration');
    const perPlace = await lenses.evaluateAll((all) => all.map((each) => each.textContent));
    for (const text of perPlace) {
      assert.ok((text.match(/Agostinelli et al\./g) ?? []).length <= 1, `a paper is named twice in one place: ${text}`);
    }
  });

  it('scaffolds the method from the palette', async () => {
    const { page, workspace } = editor;
    await openQuickPick(page, 'Marginalia: Scaffold Experiment…', 'the claim holds');
    const input = page.locator('.quick-input-widget input[type="text"]');
    await input.fill('search without expansions');
    await quickPickRow(page, 'Q* search').click();
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLInputElement>('.quick-input-widget input[type="text"]')].some(
        (each) => each.value === 'experiments/q-star-search.ts',
      ),
    );
    await page.keyboard.press('Enter');
    await tab(page, 'q-star-search.ts').waitFor();
    const text = readFileSync(join(workspace, 'experiments/q-star-search.ts'), 'utf8');
    assert.match(text, /export default experiment\(/);
    assert.ok(existsSync(join(workspace, '.marginalia/types/marginalia.d.ts')));
  });

  it('shows no error in the scaffold although nothing is installed', async () => {
    const { page } = editor;
    // TypeScript has read the file when it can tell a type of the sdk.
    const shown = await hover(page, 'experiment(');
    await shown
      .getByText(/experiment/)
      .first()
      .waitFor();
    await statusBarItem(page, /^\s*0\s+0\s*$/).waitFor();
    assert.equal(await page.locator('.squiggly-error').count(), 0);
  });

  it('runs from the lens above the experiment, beside which a dashboard opens', async () => {
    const { page } = editor;
    await page.mouse.move(0, 0);
    await lens(page, /^\s*Run$/).click();
    view = await dashboard(page);
    await statusBarItem(page, /q-star-search \d+ %/).waitFor();
    await lens(page, /Running \d+ %|Starting/).waitFor();
  });

  it('draws points while they arrive', async () => {
    const first = await untilMorePointsThan(view, 0, 60_000);
    const second = await untilMorePointsThan(view, first, 60_000);
    assert.ok(second > first);
    assert.match(await runStatus(view), /Running/);
  });

  it('says at the end whether the claim held, with its statistics, and leaves no process', async () => {
    await untilStatus(view, /Completed/, 600_000);
    await view.locator('.verdict .outcome', { hasText: 'The claim holds' }).first().waitFor();
    assert.ok((await view.locator('.verdict .conditions tbody tr').count()) >= 1);
    await lens(editor.page, /the claim holds/).waitFor();
    assert.deepEqual(
      editor.processes().filter((command) => /run-process|trial\.cjs/.test(command)),
      [],
    );
  });
});
