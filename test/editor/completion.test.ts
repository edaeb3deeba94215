import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAll, openText } from './support/window.ts';

/** What completion offers at the end of a text, by label. */
async function completions(language: string, text: string): Promise<Map<string, vscode.CompletionItem>> {
  const { document } = await openText(language, text);
  const end = document.positionAt(text.length);
  const list = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    document.uri,
    end,
    undefined,
    1000,
  );
  return new Map(list.items.map((item) => [typeof item.label === 'string' ? item.label : item.label.label, item]));
}

describe('completion', () => {
  after(closeAll);

  it('offers citation keys where one is called for', async () => {
    for (const [language, text] of [
      ['markdown', 'We follow @'],
      ['python', '# cite: '],
      ['latex', 'as in \\cite{re'],
      ['typescript', "const x = { paper: '"],
      ['rust', '// after @re'],
    ] as const) {
      const offered = await completions(language, text);
      assert.ok(offered.has('rex') && offered.has('q-star-search'), `${language}: ${text}`);
    }
  });

  it('finds a key by author and title', async () => {
    const rex = (await completions('markdown', '@')).get('rex');
    assert.match(rex!.filterText!, /Chen/);
    assert.match(rex!.filterText!, /Revisiting/);
  });

  it('offers names of methods in comments', async () => {
    assert.ok((await completions('python', '# with Refl')).has('Reflected Exponential schedule'));
  });

  it('offers nothing of ours in code', async () => {
    assert.ok(!(await completions('python', 'x = re')).has('rex'));
    assert.ok(!(await completions('python', '@re')).has('rex'));
  });

  it('works out what a paper is about when its item is looked at', async () => {
    const rex = (await completions('markdown', '@re')).get('rex');
    assert.ok(rex?.documentation instanceof vscode.MarkdownString);
    assert.match(rex.documentation.value, /Revisiting/);
  });

  it('replaces what was typed and what follows of the word', async () => {
    const { document } = await openText('markdown', 'See @re-old here.');
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      new vscode.Position(0, 7),
    );
    const item = list.items.find(({ label }) => typeof label !== 'string' && label.label === 'rex')!;
    const range = item.range as { inserting: vscode.Range; replacing: vscode.Range };
    assert.equal(document.getText(range.inserting), 're');
    assert.equal(document.getText(range.replacing), 're-old');
  });
});
