import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Runs } from '../../src/extension/runs/runs.ts';
import { RunsTree, type RunItem } from '../../src/extension/runs/runs-tree.ts';
import { readRun } from '../../src/runtime/runs/folder.ts';
import { processExists } from '../../src/runtime/runs/processes.ts';
import { startRun } from '../../src/runtime/runs/start.ts';
import * as experiments from './support/experiments.ts';
import { closeAll, eventually, host, inWorkspace, lenses, panels, positionOf, write } from './support/window.ts';

async function run(path: string, text: string): Promise<string> {
  const file = await write(path, text);
  await vscode.window.showTextDocument(file);
  const id = await vscode.commands.executeCommand<string>('marginalia.run', file);
  assert.equal(typeof id, 'string');
  return id;
}

function status(runs: Runs, id: string): string | undefined {
  return runs.get(id)?.status;
}

describe('running an experiment', () => {
  let runs: Runs;

  before(async () => {
    runs = await (await host()).runs();
  });

  afterEach(async () => {
    await Promise.all(runs.active().map(({ id }) => runs.stop(id)));
    await closeAll();
  });

  it('measures, ends with a verdict and opens the dashboard', async () => {
    const id = await run('runs/quick.ts', experiments.quick);
    await eventually(() => assert.equal(panels('marginalia.dashboard').length, 1));
    await eventually(() => assert.equal(status(runs, id), 'completed'), 40_000);
    assert.equal(runs.get(id)?.verdict?.verdict, 'holds');
    const state = await readRun(runs.get(id)!.folder);
    assert.equal(state.series.length, 6);
    for (const series of state.series) assert.equal(series.length, 20);
  });

  it('saves the file first, so that what runs is what the person sees', async () => {
    const file = await write('runs/unsaved.ts', experiments.quick);
    const editor = await vscode.window.showTextDocument(file);
    await editor.edit((edit) => {
      const at = positionOf(editor.document, 'int(20', 4);
      edit.replace(new vscode.Range(at, at.translate(0, 2)), '7');
    });
    const id = await vscode.commands.executeCommand<string>('marginalia.run', file);
    assert.equal(editor.document.isDirty, false);
    await eventually(() => assert.equal(status(runs, id), 'completed'), 40_000);
    assert.equal((await readRun(runs.get(id)!.folder)).series[0]!.length, 7);
  });

  it('shows what failed in the Problems panel at its line, until the file is edited', async () => {
    const id = await run('runs/throwing.ts', experiments.throwing);
    const file = vscode.Uri.file(inWorkspace('runs/throwing.ts'));
    await eventually(() => assert.equal(status(runs, id), 'failed'), 40_000);
    const problems = vscode.languages.getDiagnostics(file).filter(({ source }) => source === 'Marginalia run');
    assert.deepEqual(
      problems.map(({ range, message }) => [range.start.line + 1, message.includes('no luck today')]),
      [[experiments.throwingLine, true]],
    );
    const editor = await vscode.window.showTextDocument(file);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// edited\n'));
    assert.ok(!vscode.languages.getDiagnostics(file).some(({ source }) => source === 'Marginalia run'));
  });

  it('keeps what was measured before the failure', async () => {
    const id = await run('runs/kept.ts', experiments.throwing);
    await eventually(() => assert.equal(status(runs, id), 'failed'), 40_000);
    const state = await readRun(runs.get(id)!.folder);
    assert.ok(state.series.some(({ length }) => length === 9));
  });

  it('shows code that does not compile in the Problems panel', async () => {
    const id = await run('runs/broken.ts', experiments.broken);
    await eventually(() => assert.equal(status(runs, id), 'failed'), 40_000);
    const file = vscode.Uri.file(inWorkspace('runs/broken.ts'));
    const line = experiments.broken.split('\n').findIndex((text) => text.includes('trial({{')) + 1;
    const problems = vscode.languages.getDiagnostics(file).filter(({ source }) => source === 'Marginalia run');
    assert.equal(problems[0]?.range.start.line, line - 1);
  });

  it('stops a loop that never yields, and leaves no process', async () => {
    const id = await run('runs/endless.ts', experiments.endless);
    await eventually(() => assert.equal(status(runs, id), 'running'), 30_000);
    const { pid } = runs.get(id)!.record!;
    const trials = await eventually(async () => {
      const state = await readRun(runs.get(id)!.folder);
      const running = state.trials.filter((trial) => trial.status === 'running');
      assert.ok(running.length > 0);
      return running;
    });
    assert.ok(trials.length > 0);
    const asked = Date.now();
    await vscode.commands.executeCommand('marginalia.stopRun', id);
    assert.ok(Date.now() - asked < 6000, `stopping took ${Date.now() - asked} ms`);
    assert.equal(processExists(pid), false);
    await eventually(() => assert.equal(status(runs, id), 'stopped'));
  });

  it('stops harder when asked again', async () => {
    const id = await run('runs/harder.ts', experiments.endless);
    await eventually(() => assert.equal(status(runs, id), 'running'), 30_000);
    const first = vscode.commands.executeCommand('marginalia.stopRun', id);
    await vscode.commands.executeCommand('marginalia.stopRun', id);
    await vscode.commands.executeCommand('marginalia.stopRun', id);
    await first;
    assert.equal(processExists(runs.get(id)!.record!.pid), false);
  });

  it('says on the lens how far it is and how it went', async () => {
    const id = await run('runs/lens.ts', experiments.slow);
    const file = vscode.Uri.file(inWorkspace('runs/lens.ts'));
    await eventually(async () => assert.equal((await lenses(file, /Running|Stop/)).length, 2), 30_000);
    const [running] = await lenses(file, /Running/);
    assert.match(running!, /^3: \$\(sync~spin\) Running \d+ %$/);
    await vscode.commands.executeCommand('marginalia.stopRun', id);
    await eventually(async () => assert.equal((await lenses(file, /Run$|stopped/)).length, 2));
  });

  it('pauses and resumes', async () => {
    const id = await run('runs/paused.ts', experiments.slow);
    await eventually(() => assert.equal(status(runs, id), 'running'), 30_000);
    await vscode.commands.executeCommand('marginalia.pauseRun', id);
    await eventually(() => assert.equal(status(runs, id), 'paused'));
    await vscode.commands.executeCommand('marginalia.resumeRun', id);
    await eventually(() => assert.equal(status(runs, id), 'running'));
  });

  it('takes up a run whose process was killed', async () => {
    const id = await run('runs/killed.ts', experiments.endless);
    await eventually(() => assert.equal(status(runs, id), 'running'), 30_000);
    process.kill(runs.get(id)!.record!.pid, 'SIGKILL');
    await eventually(() => assert.equal(status(runs, id), 'interrupted'), 20_000);
    await vscode.commands.executeCommand('marginalia.resumeRun', id);
    await eventually(() => assert.equal(status(runs, id), 'running'), 20_000);
    await vscode.commands.executeCommand('marginalia.stopRun', id);
    await eventually(() => assert.equal(status(runs, id), 'stopped'));
  });

  it('runs again with what was asked the first time', async () => {
    const first = await run('runs/again.ts', experiments.differentiating);
    await eventually(() => assert.equal(status(runs, first), 'completed'), 40_000);
    const second = await vscode.commands.executeCommand<string>('marginalia.runAgain', first);
    assert.notEqual(second, first);
    await eventually(() => assert.equal(status(runs, second), 'completed'), 40_000);
    const [before, again] = [runs.get(first)!.record!, runs.get(second)!.record!];
    assert.deepEqual(again.params, before.params);
    // The engine is chosen anew, not held to the one that was chosen then.
    assert.deepEqual([before.backend.asked, again.backend.asked], ['auto', 'auto']);
  });

  it('runs what was configured', async () => {
    const file = await write('runs/configured.ts', experiments.quick);
    await vscode.window.showTextDocument(file);
    const storage = (await host()).context.workspaceState;
    await storage.update(`choices:${file.toString()}`, { params: { gap: 3 }, seeds: 2, arms: ['gone'] });
    const asked = vscode.commands.executeCommand<string>('marginalia.configure', file);
    let id: string | undefined;
    void asked.then((started) => (id = started));
    // The first entry of the list runs; it is there once the experiment has been read.
    await eventually(async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      assert.ok(id);
    }, 40_000);
    await eventually(() => assert.equal(status(runs, id!), 'completed'), 40_000);
    const { params, seeds, arms } = runs.get(id!)!.record!;
    assert.equal(params.gap, 3);
    assert.deepEqual(seeds, [0, 1]);
    assert.deepEqual(arms, ['larger', 'smaller']);
  });

  it('lists runs that were started elsewhere, and lets go of those that are deleted', async () => {
    const file = await write('runs/elsewhere.ts', experiments.quick);
    const { distribution } = await host();
    const runsFolder = inWorkspace('.marginalia/runs');
    const started = await startRun({ distribution, file: file.fsPath, runsFolder });
    await eventually(() => assert.ok(runs.get(started.id)));
    await eventually(() => assert.equal(status(runs, started.id), 'completed'), 40_000);
    await vscode.workspace.fs.delete(vscode.Uri.file(started.folder), { recursive: true });
    await eventually(() => assert.equal(runs.get(started.id), undefined));
  });

  it('shows runs in the tree with their verdict, the ones that go on first', async () => {
    const ended = await run('runs/tree.ts', experiments.quick);
    await eventually(() => assert.equal(status(runs, ended), 'completed'), 40_000);
    const going = await run('runs/tree-slow.ts', experiments.slow);
    await eventually(() => assert.equal(status(runs, going), 'running'), 30_000);
    const tree = new RunsTree(await host());
    const [first, today] = await tree.getChildren();
    assert.equal((first as RunItem).run, going);
    assert.equal((await tree.getTreeItem(first!)).contextValue, 'run.running');
    const item = (await tree.getChildren(today)).find((entry) => 'run' in entry && entry.run === ended)!;
    const shown = await tree.getTreeItem(item);
    tree.dispose();
    assert.match(String(shown.description), /^the claim holds · /);
    assert.equal((shown.iconPath as vscode.ThemeIcon).id, 'pass');
    assert.equal(shown.contextValue, 'run.ended');
  });

  it('keeps its folder beside the workspace’s other files, out of version control', async () => {
    const id = await run('runs/folder.ts', experiments.quick);
    const { folder } = runs.get(id)!;
    assert.equal(folder, join(inWorkspace('.marginalia/runs'), id));
    await eventually(() => assert.equal(status(runs, id), 'completed'), 40_000);
    for (const name of ['run.json', 'events.jsonl', 'experiment.ts']) assert.ok(existsSync(join(folder, name)), name);
  });
});
