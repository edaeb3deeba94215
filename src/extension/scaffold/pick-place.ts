import { isAbsolute, join, normalize, relative } from 'node:path';
import * as vscode from 'vscode';
import type { Method } from '../../corpus/method.ts';
import { setting } from '../settings.ts';

/** Asks where to write a method's experiment; proposes `<marginalia.scaffold.folder>/<id>.ts` of the workspace folder. */
export async function askForTarget(method: Method): Promise<vscode.Uri | undefined> {
  const folder = await workspaceFolder();
  return folder === undefined ? browse(method) : askInFolder(method, folder);
}

async function workspaceFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === 'file');
  if (folders.length <= 1) return folders[0];
  return vscode.window.showWorkspaceFolderPick({ placeHolder: 'The folder to write the experiment into' });
}

async function askInFolder(method: Method, folder: vscode.WorkspaceFolder): Promise<vscode.Uri | undefined> {
  const browseButton = { iconPath: new vscode.ThemeIcon('folder-opened'), tooltip: 'Choose another place…' };
  const input = vscode.window.createInputBox();
  input.title = `Scaffold ${method.id}`;
  input.prompt = `The file to write, in ${folder.name}`;
  input.value = join(setting('scaffold.folder', folder.uri), `${method.id}.ts`).replaceAll('\\', '/');
  input.buttons = [browseButton];
  return new Promise((resolve) => {
    input.onDidChangeValue((value) => (input.validationMessage = problemOf(value) ?? ''));
    input.onDidTriggerButton(() => {
      resolve(browse(method, folder));
      input.hide();
    });
    input.onDidAccept(() => {
      if (problemOf(input.value) !== undefined) return;
      resolve(vscode.Uri.file(join(folder.uri.fsPath, normalize(input.value))));
      input.hide();
    });
    input.onDidHide(() => {
      input.dispose();
      resolve(undefined);
    });
    input.validationMessage = problemOf(input.value) ?? '';
    input.show();
  });
}

function problemOf(path: string): string | undefined {
  if (!/[^/\\]\.ts$/.test(path.trim())) return 'The name of a TypeScript file, such as experiments/rex.ts';
  if (isAbsolute(path) || relative('.', path).startsWith('..'))
    return 'A place inside this folder; the button chooses another';
  return undefined;
}

function browse(method: Method, folder?: vscode.WorkspaceFolder): Thenable<vscode.Uri | undefined> {
  const name = `${method.id}.ts`;
  return vscode.window.showSaveDialog({
    title: `Scaffold ${method.id}`,
    saveLabel: 'Scaffold',
    filters: { TypeScript: ['ts'] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder.uri, name) }),
  });
}
