import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { linkedCommands } from '../../src/extension/command-link.ts';
import { closeAll, eventually, host, open, openText, positionOf, write } from './support/window.ts';

/** The Markdown of our cards at a place of a document. */
async function cards(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.MarkdownString[]> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    position,
  );
  return hovers
    .flatMap((hover) => hover.contents)
    .filter((content) => content instanceof vscode.MarkdownString)
    .filter((content) => content.value.includes('command:marginalia.'));
}

async function setTheme(name: string, kind: vscode.ColorThemeKind): Promise<void> {
  await vscode.workspace.getConfiguration('workbench').update('colorTheme', name, vscode.ConfigurationTarget.Global);
  await eventually(() => assert.equal(vscode.window.activeColorTheme.kind, kind));
}

describe('the hover', () => {
  after(async () => {
    await vscode.workspace
      .getConfiguration('workbench')
      .update('colorTheme', undefined, vscode.ConfigurationTarget.Global);
    await closeAll();
  });

  it('shows title, authors, date, summary, equations and links where code names a paper', async () => {
    const { document } = await open('train.py');
    const [card, ...others] = await cards(document, positionOf(document, 'rex_schedule', 3));
    assert.equal(others.length, 0);
    assert.match(card!.value, /\*\*REX\\: Revisiting Budgeted Training with an Improved Schedule\*\*/);
    assert.match(card!.value, /John Chen/);
    assert.match(card!.value, /2021/);
    assert.match(card!.value, /!\[Schedule[^\n]*\]\(data:image\/svg\+xml;base64,/);
    assert.match(card!.value, /\[Paper\]\(https:\/\/arxiv\.org\/abs\/2107\.04197/);
    for (const name of ['Page', 'Scaffold', 'Cite']) assert.match(card!.value, new RegExp(`\\[${name}\\]\\(command:`));
  });

  it('knows identifiers, titles, arXiv ids and links in other files', async () => {
    const notes = await open('notes.md');
    for (const text of ['2107.04197', '2310.13639v3', 'DPO Meets PPO', '1910.07224']) {
      assert.equal((await cards(notes.document, positionOf(notes.document, text, 2))).length, 1, text);
    }
  });

  it('says nothing where no paper is named', async () => {
    const { document } = await open('train.py');
    assert.deepEqual(await cards(document, positionOf(document, 'import random', 2)), []);
  });

  it('draws equations in the ink of each kind of theme', async () => {
    const { document } = await openText('markdown', 'See @rex.');
    const inks = new Set<string>();
    for (const [name, kind] of [
      ['Default Dark Modern', vscode.ColorThemeKind.Dark],
      ['Default Light Modern', vscode.ColorThemeKind.Light],
      ['Default High Contrast', vscode.ColorThemeKind.HighContrast],
      ['Default High Contrast Light', vscode.ColorThemeKind.HighContrastLight],
    ] as const) {
      await setTheme(name, kind);
      const [card] = await cards(document, positionOf(document, 'rex'));
      const svg = Buffer.from(/base64,([\w+/=]+)\)/.exec(card!.value)![1]!, 'base64').toString();
      inks.add(/^<svg[^>]* color="(#\w+)"/.exec(svg)![1]!);
    }
    assert.equal(inks.size, 4);
  });

  it('lets nothing that a source says become a link, a picture or markup, and no other command through', async () => {
    const title = 'Honest <img src=x onerror=alert(1)> [press](command:workbench.action.quit) Results';
    await write(
      'hostile/page.txt',
      `Daily Papers\n\n${title}\n\nWe click ![x](https://evil.example/x.png) and **win**.\n`,
    );
    const library = (await host()).library;
    const before = (await library.settled()).corpus;
    await vscode.commands.executeCommand(
      'marginalia.addPapers',
      vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, 'hostile/page.txt'),
    );
    const { corpus } = await library.settled();
    const paper = corpus.papers.find(({ title: found }) => found.startsWith('Honest'));
    assert.ok(paper, `no new paper among ${corpus.papers.length}, before ${before.papers.length}`);
    const { document } = await openText('markdown', `As in @${paper.key} here.`);
    const [card] = await cards(document, positionOf(document, paper.key, 1));
    assert.deepEqual(card!.isTrusted, { enabledCommands: linkedCommands });
    assert.notEqual(card!.supportHtml, true);
    const html = await vscode.commands.executeCommand<string>('markdown.api.render', card!.value);
    assert.ok(!html.includes('<img'), html);
    assert.ok(!/href="(?!https:\/\/arxiv|command:marginalia\.)/.test(html), html);
    assert.ok(
      html.includes('Honest &lt;img src=x onerror=alert(1)&gt; [press](command:workbench.action.quit) Results'),
      html,
    );
  });

  it('can be turned off', async () => {
    const configuration = vscode.workspace.getConfiguration('marginalia');
    await configuration.update('papers.hover', false, vscode.ConfigurationTarget.Global);
    try {
      const { document } = await open('train.py');
      assert.deepEqual(await cards(document, positionOf(document, 'rex_schedule', 3)), []);
    } finally {
      await configuration.update('papers.hover', undefined, vscode.ConfigurationTarget.Global);
    }
  });
});
