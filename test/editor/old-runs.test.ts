import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { RunsTree } from '../../src/extension/runs/runs-tree.ts';
import { changeLabels } from '../../src/runtime/runs/label-file.ts';
import * as experiments from './support/experiments.ts';
import { closeAll, eventually, host, inWorkspace, write } from './support/window.ts';

describe('old runs', function () {
  this.timeout(120_000);
  let ids: string[];

  before(async () => {
    const runs = await (await host()).runs();
    ids = [];
    for (const name of ['one', 'other']) {
      const file = await write(`old-runs/${name}.ts`, experiments.quick);
      ids.push(await vscode.commands.executeCommand<string>('marginalia.run', file));
    }
    for (const id of ids) await eventually(() => assert.equal(runs.get(id)?.status, 'completed'), 60_000);
  });
  after(closeAll);

  async function shown(id: string): Promise<vscode.TreeItem> {
    const tree = new RunsTree(await host());
    const item = await tree.getTreeItem({ run: id });
    tree.dispose();
    return item;
  }

  it('are renamed, tagged and noted on, and the tree shows it', async () => {
    const [id] = ids as [string];
    await vscode.commands.executeCommand('marginalia.renameRun', id, 'the good one');
    await vscode.commands.executeCommand('marginalia.tagRun', { run: id }, 'keep, baseline');
    await vscode.commands.executeCommand('marginalia.noteOnRun', id, 'worth a look');
    const item = await shown(id);
    assert.equal(item.label, 'the good one');
    assert.match(String(item.description), /#keep · #baseline$/);
    assert.match(item.tooltip as string, /worth a look/);
    await vscode.commands.executeCommand('marginalia.renameRun', id, '');
    assert.equal((await shown(id)).label, 'one');
  });

  it('show what another window or a terminal writes on them', async () => {
    const runs = await (await host()).runs();
    const id = ids[1]!;
    await changeLabels(runs.get(id)!.folder, { name: 'from a terminal' });
    await eventually(async () => assert.equal((await shown(id)).label, 'from a terminal'));
  });

  it('are set side by side on a page', async () => {
    await vscode.commands.executeCommand('marginalia.compareRuns', ids);
    const page = vscode.Uri.from({
      scheme: 'marginalia-comparison',
      path: '/Runs compared.md',
      query: JSON.stringify(ids),
    });
    const text = (await vscode.workspace.openTextDocument(page)).getText();
    assert.match(text, /\| value \\\(units, higher is better\\\) \| larger \| .*\\\(3\\\) \| .*\\\(3\\\) \|/);
    assert.match(text, /\| experiment \| .*one\.ts \| .*other\.ts \|/);
    await eventually(() =>
      assert.ok(
        vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => label.includes('Runs compared'))),
      ),
    );
  });

  it('are exported in every format', async () => {
    const [id] = ids as [string];
    for (const target of ['old-runs/out.csv', 'old-runs/out.json', 'old-runs/out.html', 'old-runs/board']) {
      await vscode.commands.executeCommand('marginalia.exportRun', id, inWorkspace(target));
      assert.ok(existsSync(inWorkspace(target)), target);
    }
    const rows = (await readFile(inWorkspace('old-runs/out.csv'), 'utf8')).trim().split('\r\n');
    assert.equal(rows.length, 1 + 2 * 3 * 20);
  });
});
