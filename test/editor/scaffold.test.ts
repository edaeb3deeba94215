import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { closeAll, eventually, inWorkspace, pause, positionOf, write } from './support/window.ts';

async function scaffold(method: string, path: string): Promise<vscode.TextDocument> {
  const target = vscode.Uri.file(inWorkspace(path));
  const file = await vscode.commands.executeCommand<vscode.Uri>('marginalia.scaffold', { method, target });
  assert.equal(file.fsPath, target.fsPath);
  return vscode.workspace.openTextDocument(file);
}

/** Waits until the TypeScript server knows a file: it completes there. Then answers what it finds wrong. */
async function typeProblems(document: vscode.TextDocument): Promise<string[]> {
  await eventually(async () => {
    const symbols = await vscode.commands.executeCommand<unknown[] | undefined>(
      'vscode.executeDocumentSymbolProvider',
      document.uri,
    );
    assert.ok(symbols !== undefined && symbols.length > 0);
  }, 50_000);
  await pause(2500);
  return vscode.languages
    .getDiagnostics(document.uri)
    .filter(({ source, severity }) => source === 'ts' && severity <= vscode.DiagnosticSeverity.Warning)
    .map(({ message, range }) => `${range.start.line + 1}: ${message}`);
}

describe('scaffolding', () => {
  afterEach(closeAll);

  for (const method of ['rex', 'learning-to-relax', 'cpl', 'rto', 'alp-gmm', 'q-star-search']) {
    it(`gives ${method} without a type error in a folder where nothing is installed`, async () => {
      const document = await scaffold(method, `experiments/${method}.ts`);
      assert.deepEqual(await typeProblems(document), []);
    }).timeout(90_000);
  }

  it('has no type error in a JavaScript workspace either, nor under the strictest options', async () => {
    await write('javascript/jsconfig.json', '{ "compilerOptions": { "checkJs": true } }');
    assert.deepEqual(await typeProblems(await scaffold('rex', 'javascript/rex.ts')), []);
    const strictest = [
      'strict',
      'noUncheckedIndexedAccess',
      'exactOptionalPropertyTypes',
      'noPropertyAccessFromIndexSignature',
    ];
    const options = Object.fromEntries(strictest.map((name) => [name, true]));
    await write(
      'strictest/tsconfig.json',
      JSON.stringify({ compilerOptions: { ...options, target: 'es2022', module: 'nodenext' } }),
    );
    assert.deepEqual(await typeProblems(await scaffold('rex', 'strictest/rex.ts')), []);
  }).timeout(120_000);

  it('opens at the parameters', async () => {
    await scaffold('rex', 'experiments/opened.ts');
    const editor = vscode.window.activeTextEditor!;
    const line = editor.document.lineAt(editor.selection.active.line).text;
    assert.match(line, /:\s*(?:int|float|choice|flag)\(/);
  });

  it('completes what a trial is given', async () => {
    const document = await scaffold('learning-to-relax', 'experiments/completed.ts');
    const given = /trial\(\{[^}]*\}/.exec(document.getText())!;
    const edit = new vscode.WorkspaceEdit();
    const range = new vscode.Range(
      document.positionAt(given.index),
      document.positionAt(given.index + given[0].length),
    );
    edit.replace(document.uri, range, 'trial({  }');
    await vscode.workspace.applyEdit(edit);
    await typeProblems(document);
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      range.start.translate(0, 'trial({ '.length),
    );
    const labels = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    for (const name of ['arm', 'seed', 'params', 'rng', 'tf', 'log', 'show', 'progress']) {
      assert.ok(labels.includes(name), labels.slice(0, 30).join(' '));
    }
  }).timeout(90_000);

  it('never writes over a file unasked', async () => {
    const mine = await write('experiments/mine.ts', '// mine\n');
    const asked = vscode.commands.executeCommand('marginalia.scaffold', { method: 'rex', target: mine });
    await pause(1000);
    assert.equal(await readFile(mine.fsPath, 'utf8'), '// mine\n');
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    assert.equal(await asked, undefined);
    assert.equal(await readFile(mine.fsPath, 'utf8'), '// mine\n');
  });

  it('replaces a file when told to, and Undo brings it back', async () => {
    const mine = await write('experiments/replaced.ts', '// mine\n');
    const asked = vscode.commands.executeCommand('marginalia.scaffold', { method: 'rex', target: mine });
    await pause(1000);
    await vscode.commands.executeCommand('workbench.action.quickOpenSelectNext');
    await vscode.commands.executeCommand('workbench.action.quickOpenSelectNext');
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    await asked;
    const document = await vscode.workspace.openTextDocument(mine);
    assert.match(document.getText(), /experiment\(/);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), '// mine\n');
  });

  it('has a lens to run it and none to scaffold it again', async () => {
    const document = await scaffold('rex', 'experiments/lens.ts');
    const line = positionOf(document, 'export default experiment').line;
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
      1000,
    );
    const titles = (at: number): string[] =>
      lenses.filter(({ range }) => range.start.line === at).map(({ command }) => command?.title ?? '');
    for (const title of ['$(play) Run', '$(debug-alt) Debug', 'Configure…'])
      assert.ok(titles(line).includes(title), title);
    assert.ok(!lenses.some(({ command }) => command?.title === 'Scaffold'));
  });
});
