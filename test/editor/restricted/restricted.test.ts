import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import * as experiments from '../support/experiments.ts';
import { closeAll, host, inWorkspace, lenses, open, pause, positionOf, write } from '../support/window.ts';

describe('a workspace that is not trusted', () => {
  after(closeAll);

  it('is one', () => {
    assert.equal(vscode.workspace.isTrusted, false);
  });

  it('still shows papers', async () => {
    const { document } = await open('train.py');
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      positionOf(document, 'rex_schedule', 3),
    );
    assert.ok(
      hovers.some(({ contents }) =>
        contents.some((content) => content instanceof vscode.MarkdownString && content.value.includes('Revisiting')),
      ),
    );
    assert.ok((await lenses(document.uri, /Chen et al/)).length > 0);
  });

  it('runs nothing', async () => {
    const file = await write('runs/quick.ts', experiments.quick);
    await vscode.window.showTextDocument(file);
    void vscode.commands.executeCommand('marginalia.run', file);
    await pause(2000);
    assert.equal(existsSync(inWorkspace('.marginalia/runs')), false);
    assert.deepEqual((await (await host()).runs()).list(), []);
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  it('may set native TensorFlow up, which is about the machine', async () => {
    const folder = await vscode.commands.executeCommand<string>('marginalia.setUpTensorFlow', 'cpu');
    assert.ok(existsSync(join(folder, 'ready.json')), folder);
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  it('reads pages inside it and none outside', async () => {
    const outside = join(await mkdtemp(join(tmpdir(), 'marginalia-outside-')), 'page.txt');
    const page = (title: string): string => `Daily Papers\n\n${title}\n\nWe look at it and report what we find.\n`;
    await writeFile(outside, page('A Title From Outside the Workspace'));
    await write('inside.txt', page('A Title From Inside the Workspace'));
    const configuration = vscode.workspace.getConfiguration('marginalia');
    await configuration.update(
      'corpus.sources',
      ['inside.txt', outside, '../**/page.txt'],
      vscode.ConfigurationTarget.Workspace,
    );
    const { corpus } = await (await host()).library.reload();
    const titles = corpus.papers.map(({ title }) => title);
    assert.ok(titles.includes('A Title From Inside the Workspace'));
    assert.ok(!titles.includes('A Title From Outside the Workspace'));
  });
});
