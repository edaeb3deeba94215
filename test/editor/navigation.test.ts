import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAll, host, openText, positionOf } from './support/window.ts';

async function links(document: vscode.TextDocument): Promise<Map<string, string>> {
  const found = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
    'vscode.executeLinkProvider',
    document.uri,
    100,
  );
  return new Map(found.map(({ range, target }) => [document.getText(range), target?.toString(true) ?? '']));
}

async function definitions(document: vscode.TextDocument, text: string): Promise<vscode.Uri[]> {
  const found = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>(
    'vscode.executeDefinitionProvider',
    document.uri,
    positionOf(document, text, 1),
  );
  return found.map((place) => ('targetUri' in place ? place.targetUri : place.uri));
}

describe('going from a name to its paper', () => {
  after(closeAll);

  it('follows arXiv ids and DOIs to the web, also of papers that are not in the corpus', async () => {
    const { document } = await openText('plaintext', 'arXiv:2107.04197v2, doi:10.1000/xyz.1 and arXiv:1706.03762.');
    const found = [...(await links(document)).values()];
    assert.ok(found.includes('https://arxiv.org/abs/2107.04197'), found.join(' '));
    assert.ok(found.includes('https://doi.org/10.1000/xyz.1'), found.join(' '));
    assert.ok(found.includes('https://arxiv.org/abs/1706.03762'), found.join(' '));
  });

  it('leaves whole web addresses to the editor', async () => {
    const { document } = await openText('plaintext', 'https://arxiv.org/abs/2107.04197');
    assert.deepEqual([...(await links(document)).values()], ['https://arxiv.org/abs/2107.04197']);
  });

  it('goes to where a paper stands in a source', async () => {
    const { corpus } = await (await host()).library.settled();
    const paper = corpus.papers.find(({ locations }) => locations.length > 0);
    assert.ok(paper, 'the sample workspace names no source');
    const { document } = await openText('markdown', `See @${paper.key}.`);
    const places = await definitions(document, paper.key);
    assert.deepEqual(
      places.map(({ fsPath }) => fsPath),
      paper.locations.map(({ file }) => file),
    );
  });

  it('goes to a page of text about a paper that stands in no source', async () => {
    const { corpus } = await (await host()).library.settled();
    const paper = corpus.papers.find(({ locations }) => locations.length === 0)!;
    const { document } = await openText('markdown', `See @${paper.key}.`);
    const [page] = await definitions(document, paper.key);
    assert.equal(page?.scheme, 'marginalia-paper');
    const text = (await vscode.workspace.openTextDocument(page)).getText();
    assert.ok(text.includes(paper.title));
    assert.ok(text.includes('@misc{'));
  });

  it('has a link or a definition, never both, since a click follows both', async () => {
    const { document } = await openText('markdown', 'See @rex and arXiv:2310.13639.');
    assert.deepEqual([...(await links(document)).values()], ['https://arxiv.org/abs/2310.13639']);
    assert.deepEqual(await definitions(document, '2310.13639'), []);
    assert.equal((await definitions(document, 'rex')).length, 1);
  });

  it('leaves identifiers to the language', async () => {
    const { document } = await openText('typescript', 'function rexSchedule() {}\nrexSchedule();\n');
    const places = await definitions(document, 'rexSchedule()');
    assert.ok(places.every(({ scheme }) => scheme !== 'marginalia-paper'));
  });
});
