import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { Host } from '../../../src/extension/host.ts';

/** The extension's shared services; activates it where nothing has yet. */
export async function host(): Promise<Host> {
  const extension = vscode.extensions.getExtension<Host>('marginalia.marginalia');
  assert.ok(extension, 'the extension is not installed in this window');
  return extension.activate();
}

/** Absolute path of a file of the open workspace. */
export function inWorkspace(...path: readonly string[]): string {
  return join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, ...path);
}

/** Writes a file of the open workspace and answers its address. */
export async function write(path: string, text: string): Promise<vscode.Uri> {
  const file = inWorkspace(path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return vscode.Uri.file(file);
}

/** Opens a file of the open workspace in an editor. */
export async function open(path: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(vscode.Uri.file(inWorkspace(path)));
}

/** Opens a text that is in no file in an editor. */
export async function openText(language: string, content: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language, content }));
}

/** Position of the first character of `text` in a document, or of the character `offset` behind it. */
export function positionOf(document: vscode.TextDocument, text: string, offset = 0): vscode.Position {
  const index = document.getText().indexOf(text);
  assert.ok(index >= 0, `the document does not contain "${text}"`);
  return document.positionAt(index + offset);
}

/** Closes all editors without saving. */
export async function closeAll(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

/** Waits until a check passes; fails with its last error when it does not within the time, in milliseconds. */
export async function eventually<T>(check: () => T | Promise<T>, within = 20_000): Promise<T> {
  const end = Date.now() + within;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await pause(100);
    }
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Titles of the lenses of a document that match, each with its 1-based line: `3: Run`. */
export async function lenses(uri: vscode.Uri, matching: RegExp): Promise<string[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 1000);
  return found.flatMap(({ range, command }) => {
    return command !== undefined && matching.test(command.title) ? [`${range.start.line + 1}: ${command.title}`] : [];
  });
}

/** The panels that are open now, by the type that the extension gave them. */
export function panels(type: string): vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(type));
}
