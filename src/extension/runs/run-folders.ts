import { watch, type FSWatcher } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';

/** The folders of this window that hold runs: one a workspace folder, and one for files outside of all of them. */
export function runsFolders(storage: vscode.Uri): string[] {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === 'file');
  return [...folders.map((folder) => runsBelow(folder.uri.fsPath)), outsideRuns(storage)];
}

/** The folder that the runs of an experiment's file go to. */
export function runsFolderOf(file: vscode.Uri, storage: vscode.Uri): string {
  const folder = vscode.workspace.getWorkspaceFolder(file);
  return folder === undefined ? outsideRuns(storage) : runsBelow(folder.uri.fsPath);
}

/**
 * Calls back when something comes into or leaves a folder, also when the folder itself comes later. Runs are found this way
 * whoever starts them: this window, another one, or a terminal.
 */
export function watchFolder(folder: string, changed: () => void): vscode.Disposable {
  let watcher: FSWatcher | undefined;
  let ended = false;
  const arm = (): void => {
    watcher?.close();
    watcher = ended
      ? undefined
      : watchNearest(folder, (reached) => {
          // What is watched may be a folder above, or one that has just been deleted: look for the nearest again.
          if (!reached) arm();
          changed();
        });
  };
  arm();
  return new vscode.Disposable(() => {
    ended = true;
    watcher?.close();
  });
}

function runsBelow(folder: string): string {
  return join(folder, '.marginalia', 'runs');
}

function outsideRuns(storage: vscode.Uri): string {
  return join(storage.fsPath, 'runs');
}

/** Watches the folder, or the nearest one above it that is there; `reached` tells which. */
function watchNearest(folder: string, changed: (reached: boolean) => void): FSWatcher | undefined {
  for (let path = folder; ; path = dirname(path)) {
    try {
      const watcher = watch(path, { persistent: false }, (event) => changed(path === folder && event !== 'rename'));
      watcher.on('error', () => changed(false));
      return watcher;
    } catch {
      if (dirname(path) === path) return undefined;
    }
  }
}
