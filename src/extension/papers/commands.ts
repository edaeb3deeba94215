import * as vscode from 'vscode';
import { registerCommand } from '../commands.ts';
import type { Host } from '../host.ts';
import { setting } from '../settings.ts';

/** Commands about papers. Their code is loaded when one is called. */
export function registerPaperCommands(host: Host): vscode.Disposable {
  const { log, library } = host;
  return vscode.Disposable.from(
    registerCommand(log, 'marginalia.addPapers', async (...args) => {
      const { addPapers } = await import('./add-papers.ts');
      return addPapers(
        host,
        args.flat().filter((argument) => argument instanceof vscode.Uri),
      );
    }),
    registerCommand(log, 'marginalia.reloadPapers', () => library.reload().then(() => undefined)),
    registerCommand(log, 'marginalia.searchPapers', async () => {
      const { searchPaper } = await import('./pick-paper.ts');
      const key = await searchPaper(host, 'Search Papers');
      if (key !== undefined) await openPaper(host, key);
    }),
    registerCommand(log, 'marginalia.openPaper', async (argument) => {
      const key = await paperFor(host, argument, 'Open Paper Page');
      if (key !== undefined) await openPaper(host, key);
    }),
    registerCommand(log, 'marginalia.citePaper', async (argument) => {
      const key = await paperFor(host, argument, 'Copy Citation');
      if (key !== undefined) await citePaper(host, key);
    }),
    registerCommand(log, 'marginalia.togglePaperLenses', togglePaperLenses),
  );
}

/** Turns the lenses off or on where they are set: in the workspace if it has a say, else for the person. */
async function togglePaperLenses(): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('marginalia');
  const set = configuration.inspect('papers.codeLens')?.workspaceValue !== undefined;
  const target = set ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await configuration.update('papers.codeLens', !setting('papers.codeLens'), target);
}

async function openPaper(host: Host, key: string): Promise<void> {
  const { openPaperPage } = await import('../paper-page/paper-page.ts');
  await openPaperPage(host, key);
}

/** Copies the paper's BibTeX entry to the clipboard. */
async function citePaper(host: Host, key: string): Promise<void> {
  const { corpus } = await host.library.settled();
  const paper = corpus.paper(key);
  if (paper === undefined) throw new Error(`There is no paper with the key "${key}".`);
  const { bibtex } = await import('../../corpus/citation.ts');
  await vscode.env.clipboard.writeText(bibtex(paper));
  vscode.window.setStatusBarMessage(`$(check) Copied the BibTeX entry of ${key}`, 4000);
}

/** The paper that a command means: its argument, one of several, the one at the cursor, or one that is searched for. */
async function paperFor(host: Host, argument: unknown, title: string): Promise<string | undefined> {
  if (typeof argument === 'string') return argument;
  if (isPaperItem(argument)) return argument.paper;
  const { pickAmong, searchPaper } = await import('./pick-paper.ts');
  if (Array.isArray(argument)) {
    const { corpus } = await host.library.settled();
    return pickAmong(
      argument.flatMap((key) => (typeof key === 'string' ? (corpus.paper(key) ?? []) : [])),
      title,
    );
  }
  return (await paperAtCursor(host)) ?? searchPaper(host, title);
}

/** An entry of the library's tree. */
function isPaperItem(argument: unknown): argument is { readonly paper: string } {
  return typeof argument === 'object' && argument !== null && 'paper' in argument && typeof argument.paper === 'string';
}

async function paperAtCursor(host: Host): Promise<string | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return undefined;
  const cancellation = new vscode.CancellationTokenSource();
  try {
    return (await host.references.at(editor.document, editor.selection.active, cancellation.token))?.paper;
  } finally {
    cancellation.dispose();
  }
}
