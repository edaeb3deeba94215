import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { Method } from '../../corpus/method.ts';
import { scaffoldExperiment, scaffoldText, type ScaffoldOptions } from '../../runtime/scaffold.ts';
import { findExperiment } from '../experiments/find-experiment.ts';
import type { Host } from '../host.ts';
import { pickMethod } from './pick-method.ts';
import { askForTarget } from './pick-place.ts';

/** Lines above `experiment(` that stay in view when a scaffold is shown. */
const linesAbove = 3;

/**
 * Writes a method's experiment where the person wants it and opens it at its parameters. `method` and `target` are asked
 * for where they are not given. Answers the file, or nothing where the person changed their mind.
 */
export async function scaffold(host: Host, method?: string, target?: vscode.Uri): Promise<vscode.Uri | undefined> {
  const { corpus } = await host.library.current();
  const methods = [...corpus.methods.values()];
  const chosen = method === undefined ? await pickMethod(methods) : corpus.methods.get(method);
  if (chosen === undefined) {
    if (method === undefined) return undefined;
    throw new Error(
      `There is no method "${method}" here. Choose one from the list of Marginalia: Scaffold Experiment….`,
    );
  }
  const place = target ?? (await askForTarget(chosen));
  return place === undefined ? undefined : write(host, chosen, place);
}

async function write(host: Host, method: Method, target: vscode.Uri): Promise<vscode.Uri | undefined> {
  const written = await scaffoldExperiment(options(host, method, target));
  if ('exists' in written) return askAboutExisting(host, method, target);
  host.log.info(`Scaffolded ${method.id} into ${written.file}.`);
  await openAtParameters(target);
  return target;
}

function options(host: Host, method: Method, target: vscode.Uri): ScaffoldOptions {
  const workspaceRoot = vscode.workspace.getWorkspaceFolder(target)?.uri.fsPath ?? dirname(target.fsPath);
  return { distribution: host.distribution, snippets: host.snippets, method, target: target.fsPath, workspaceRoot };
}

/** Nothing is replaced unasked. */
async function askAboutExisting(host: Host, method: Method, target: vscode.Uri): Promise<vscode.Uri | undefined> {
  const free = await freeName(target);
  const choices = [
    { label: 'Open the file that is there', action: 'open' as const },
    { label: `Write ${basename(free.fsPath)} beside it`, action: 'beside' as const },
    { label: 'Replace its text', description: 'Undo brings the old text back', action: 'replace' as const },
  ];
  const choice = await vscode.window.showQuickPick(choices, {
    title: `${vscode.workspace.asRelativePath(target)} exists`,
    placeHolder: 'What should happen?',
  });
  if (choice === undefined) return undefined;
  if (choice.action === 'beside') return write(host, method, free);
  if (choice.action === 'replace') await replaceText(target, await scaffoldText(options(host, method, target)));
  await openAtParameters(target);
  return target;
}

/** Replaces a file through the editor, so that Undo works. */
async function replaceText(file: vscode.Uri, text: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(file);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(file, new vscode.Range(0, 0, document.lineCount, 0), text);
  await vscode.workspace.applyEdit(edit);
  await document.save();
}

/** The first of `rex-2.ts`, `rex-3.ts`, … that is free. */
async function freeName(target: vscode.Uri): Promise<vscode.Uri> {
  const stem = basename(target.fsPath, '.ts');
  for (let number = 2; ; number++) {
    const file = join(dirname(target.fsPath), `${stem}-${number}.ts`);
    const taken = await stat(file).then(
      () => true,
      () => false,
    );
    if (!taken) return vscode.Uri.file(file);
  }
}

/** Shows an experiment with the cursor in its first parameter and the line that runs it in view. */
async function openAtParameters(file: vscode.Uri): Promise<void> {
  const document = await vscode.workspace.openTextDocument(file);
  const definition = findExperiment(document.languageId, document.getText())?.line ?? 0;
  const position = firstParameter(document, definition);
  const selection = new vscode.Range(position, position);
  const editor = await vscode.window.showTextDocument(document, { selection, preview: false });
  const top = Math.max(0, definition - linesAbove);
  editor.revealRange(new vscode.Range(top, 0, top, 0), vscode.TextEditorRevealType.AtTop);
}

/** Where the value of the first declared parameter stands; the definition itself where there is none. */
function firstParameter(document: vscode.TextDocument, definition: number): vscode.Position {
  const start = document.offsetAt(new vscode.Position(definition, 0));
  const found = /\bparams\s*:\s*\{\s*\w+\s*:\s*\w+\(\s*/.exec(document.getText().slice(start));
  return document.positionAt(found === null ? start : start + found.index + found[0].length);
}
