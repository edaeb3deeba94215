import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Host } from '../host.ts';
import { entryFor } from '../library/source-patterns.ts';

/**
 * Adds files or folders to `marginalia.corpus.sources`: those of the workspace where a folder is open, else the user's own.
 * Asks for them where none are given. Answers how many papers are known then.
 */
export async function addPapers(host: Host, given: readonly vscode.Uri[]): Promise<number | undefined> {
  const chosen = given.length > 0 ? given : await choose();
  if (chosen.length === 0) return undefined;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const added: string[] = [];
  for (const { fsPath } of chosen) {
    const kind = (await stat(fsPath)).isDirectory() ? 'folder' : 'file';
    added.push(entryFor(fsPath, kind, folder));
  }
  const before = (await host.library.settled()).corpus.papers.length;
  await addToSetting(added, folder !== undefined);
  const { corpus } = await host.library.reload();
  report(host, corpus.papers.length - before, corpus.problems.length);
  return corpus.papers.length;
}

async function choose(): Promise<readonly vscode.Uri[]> {
  // On systems whose dialogs choose either files or folders, not both, the kind has to be asked for first.
  const kinds = [
    { label: 'Files…', description: 'daily-papers pages as text', folders: false },
    { label: 'Folder…', description: 'every page below it, also those that come later', folders: true },
  ];
  const kind = await vscode.window.showQuickPick(kinds, { title: 'Add papers from', placeHolder: 'Files or a folder' });
  if (kind === undefined) return [];
  const chosen = await vscode.window.showOpenDialog({
    title: 'Add Papers',
    openLabel: 'Add',
    canSelectFiles: !kind.folders,
    canSelectFolders: kind.folders,
    canSelectMany: true,
    ...(kind.folders ? {} : { filters: { 'Pages of papers': ['txt'], 'All files': ['*'] } }),
  });
  return chosen ?? [];
}

async function addToSetting(entries: readonly string[], inWorkspace: boolean): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('marginalia');
  const values = configuration.inspect<readonly string[]>('corpus.sources');
  const known = (inWorkspace ? values?.workspaceValue : values?.globalValue) ?? [];
  const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await configuration.update('corpus.sources', [...new Set([...known, ...entries])], target);
}

function report(host: Host, added: number, problems: number): void {
  const papers = `${added} new ${added === 1 ? 'paper' : 'papers'}`;
  const text = problems === 0 ? papers : `${papers}; ${problems} entries need a look`;
  const choices = problems === 0 ? [] : ['Show Problems'];
  host.log.info(`Added sources: ${text}.`);
  void vscode.window.showInformationMessage(`Marginalia: ${text}.`, ...choices).then((choice) => {
    if (choice !== undefined) void vscode.commands.executeCommand('workbench.actions.view.problems');
  });
}
