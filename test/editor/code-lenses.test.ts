import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAll, eventually, lenses, open, openText, positionOf } from './support/window.ts';

const paper = / · /;

describe('the line above code that names papers', () => {
  after(closeAll);

  it('stands once above each symbol or comment, with what can be done', async () => {
    const { document } = await open('train.py');
    const titles = await lenses(document.uri, paper);
    const line = positionOf(document, 'def rex_schedule').line + 1;
    assert.ok(
      titles.some((title) => title.startsWith(`${line}: Chen et al., 2021 · REX`)),
      titles.join('\n'),
    );
    const all = await lenses(document.uri, /./);
    for (const title of titles) {
      const at = title.slice(0, title.indexOf(':'));
      assert.equal(all.filter((other) => other === `${at}: Scaffold`).length, 1, title);
      assert.equal(all.filter((other) => other === `${at}: $(eye-closed)`).length, 1, title);
    }
    assert.equal(new Set(titles).size, titles.length);
  });

  it('names a paper once in a block, however often the block does', async () => {
    const text =
      '// @rex and arXiv:2107.04197\nfunction f() {\n  // again @rex\n  return rexSchedule(rexSchedule(1));\n}\n';
    const { document } = await openText('typescript', text);
    assert.deepEqual(
      (await lenses(document.uri, /Chen/)).map((title) => title.split(':')[0]),
      ['1'],
    );
  });

  it('stays where it is from the first time on', async () => {
    const { document } = await open('train.ts');
    const first = await lenses(document.uri, paper);
    assert.ok(first.length > 0);
    await vscode.commands.executeCommand('vscode.executeDocumentSymbolProvider', document.uri);
    for (let again = 0; again < 5; again++) assert.deepEqual(await lenses(document.uri, paper), first);
  });

  it('moves with the text when lines are written above, and back with undo', async () => {
    const editor = await openText('python', 'import a\n\n\ndef f():\n    return rex_schedule(1, 2)\n');
    const at = async (): Promise<string[]> =>
      (await lenses(editor.document.uri, /Chen/)).map((title) => title.split(':')[0]!);
    assert.deepEqual(await at(), ['4']);
    await editor.edit((edit) => edit.insert(new vscode.Position(1, 0), 'import b\nimport c\n'));
    assert.deepEqual(await at(), ['6']);
    await editor.edit((edit) => edit.replace(new vscode.Range(5, 0, 5, 7), 'def g()'));
    assert.deepEqual(await at(), ['6']);
    await vscode.commands.executeCommand('undo');
    await vscode.commands.executeCommand('undo');
    assert.deepEqual(await at(), ['4']);
  });

  it('goes away and comes back with its own switch', async () => {
    const { document } = await open('train.py');
    await vscode.commands.executeCommand('marginalia.togglePaperLenses');
    await eventually(async () => assert.deepEqual(await lenses(document.uri, paper), []));
    await vscode.commands.executeCommand('marginalia.togglePaperLenses');
    await eventually(async () => assert.ok((await lenses(document.uri, paper)).length > 0));
  });

  it('is not there in a page that papers are read from', async () => {
    const [page] = await vscode.workspace.findFiles('papers/*.txt');
    assert.ok(page, 'the sample workspace has no page of papers');
    await vscode.window.showTextDocument(page);
    assert.deepEqual(await lenses(page, paper), []);
  });
});
