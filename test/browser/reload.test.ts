/** A run outlives the window that started it, and its dashboard comes back. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openEditor, pictureOfFailures, type OpenedEditor } from './support/editor.ts';
import { dashboard, runStatus, untilMorePointsThan, untilStatus } from './support/webviews.ts';
import { lens, openFile } from './support/workbench.ts';

/** Logs a point every few milliseconds for as long as the test may take. */
const patient = `import { atLeast, experiment } from 'marginalia';

export default experiment({
  paper: 'patience',
  question: 'Does a run outlive the window that started it?',
  seeds: 1,
  params: {},
  arms: { steady: { role: 'method', about: 'logs a rising value' } },
  metrics: { value: { better: 'higher', unit: 'units', about: 'the step, as a share of all' } },
  async trial({ log, progress }) {
    for (let step = 1; step <= 100_000; step += 1) {
      log(step, { value: step / 100_000 });
      progress(step / 100_000);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  },
  claim: { statement: 'It does.', check: ({ final }) => [atLeast('value', final('steady', 'value'), 1)] },
});
`;

const runProcesses = (editor: OpenedEditor) =>
  editor.processes().filter((command) => /run-process|trial\.cjs/.test(command));

describe('a window that is loaded again while a run goes on', function () {
  this.timeout(180_000);
  let editor: OpenedEditor;

  before(async () => {
    editor = await openEditor('reload');
    writeFileSync(join(editor.workspace, 'patience.ts'), patient);
  });
  pictureOfFailures(() => editor);
  after(() => editor.close());

  it('brings the dashboard back, with every point before and after', async () => {
    const { page } = editor;
    await openFile(page, 'patience.ts');
    await lens(page, /^\s*Run$/).click();
    const before = await untilMorePointsThan(await dashboard(page), 20, 60_000);
    await editor.reload();
    const view = await dashboard(page);
    const after = await untilMorePointsThan(view, before, 60_000);
    assert.match(await runStatus(view), /Running/);
    assert.ok(after > before);
    await editor.screenshot('restored');
  });

  it('stops the run from the dashboard that came back, and no process is left', async () => {
    const view = await dashboard(editor.page);
    assert.ok(process.platform !== 'linux' || runProcesses(editor).length > 0);
    await view.locator('.run-header').getByText('Stop', { exact: true }).click();
    await untilStatus(view, /Stopped/, 10_000);
    for (let tries = 0; runProcesses(editor).length > 0 && tries < 50; tries += 1) await wait(100);
    assert.deepEqual(runProcesses(editor), []);
  });
});
