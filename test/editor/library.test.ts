import assert from 'node:assert/strict';
import { rename, rm } from 'node:fs/promises';
import * as vscode from 'vscode';
import { LibraryTree, type LibraryGroup } from '../../src/extension/library/library-tree.ts';
import { closeAll, eventually, host, inWorkspace, write } from './support/window.ts';

/** A page in the daily-papers format with these titles. */
function page(...titles: readonly string[]): string {
  const entries = titles.map((title) => `${title}\n\nWe look at ${title.toLowerCase()} and report what we find.\n`);
  return `Daily Papers\n\n${entries.join('\n')}`;
}

async function titles(): Promise<string[]> {
  const { corpus } = await (await host()).library.current();
  return corpus.papers.map(({ title }) => title);
}

describe('the library', () => {
  before(async () => {
    await (await host()).library.settled();
  });

  after(closeAll);

  it('reads the pages that the workspace names', async () => {
    const { corpus } = await (await host()).library.settled();
    assert.ok(corpus.papers.some(({ locations }) => locations.some(({ file }) => file.endsWith('.txt'))));
  });

  it('takes files and folders that are added, and reads them again when they change', async () => {
    const file = await write('added/one.txt', page('Counting Sheep With Transformers', 'A Study of Very Slow Lights'));
    await vscode.commands.executeCommand('marginalia.addPapers', file);
    assert.ok((await titles()).includes('Counting Sheep With Transformers'));
    await write('added/one.txt', page('Counting Goats With Transformers'));
    await eventually(async () => {
      const now = await titles();
      assert.ok(now.includes('Counting Goats With Transformers') && !now.includes('Counting Sheep With Transformers'));
    });
    await write('shelf/deep/two.txt', page('Reading Maps Upside Down'));
    await vscode.commands.executeCommand('marginalia.addPapers', vscode.Uri.file(inWorkspace('shelf')));
    assert.ok((await titles()).includes('Reading Maps Upside Down'));
    await write('shelf/later.txt', page('Arriving After Everyone Else'));
    await eventually(async () => assert.ok((await titles()).includes('Arriving After Everyone Else')));
    // Of a folder that is moved or deleted the editor tells, not of what was in it.
    await rename(inWorkspace('shelf/deep'), inWorkspace('elsewhere'));
    await eventually(async () => assert.ok(!(await titles()).includes('Reading Maps Upside Down')));
    await rm(inWorkspace('shelf'), { recursive: true });
    await eventually(async () => assert.ok(!(await titles()).includes('Arriving After Everyone Else')));
  });

  it('keeps what was added in the settings of the workspace', () => {
    const values =
      vscode.workspace.getConfiguration('marginalia').inspect<string[]>('corpus.sources')?.workspaceValue ?? [];
    assert.ok(values.includes('added/one.txt'), values.join(' '));
    assert.ok(values.includes('shelf/**/*.txt'), values.join(' '));
  });

  it('shows what a source could not read in the Problems panel', async () => {
    const file = await write(
      'added/torn.txt',
      Buffer.from([0xff, 0xfe, 0x00, 0x01, 0x02]).toString('latin1').repeat(50),
    );
    await vscode.commands.executeCommand('marginalia.addPapers', file);
    const problems = await eventually(() => {
      const found = vscode.languages.getDiagnostics(file).filter(({ source }) => source === 'Marginalia');
      assert.ok(found.length > 0);
      return found;
    });
    assert.ok(problems.every(({ message }) => message.length > 10));
  });

  it('lists methods by family and other papers by year', async () => {
    const tree = new LibraryTree(await host());
    const groups = (await tree.getChildren()) as LibraryGroup[];
    const optimization = groups.find(({ label }) => label === 'Optimization')!;
    const rex = optimization.papers.find(({ method }) => method === 'rex')!;
    assert.equal(tree.getTreeItem(rex).contextValue, 'paper.method');
    assert.match(tree.getTreeItem(rex).tooltip as string, /Verified: the claim holds\. .* over \d+ seeds/);
    assert.ok(groups.some(({ papers }) => papers.some(({ title }) => title === 'Counting Goats With Transformers')));
  });

  it('copies a citation', async () => {
    await vscode.commands.executeCommand('marginalia.citePaper', 'rex');
    assert.match(await vscode.env.clipboard.readText(), /^@misc\{rex,/);
  });
});
