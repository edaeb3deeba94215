import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { RunRecord } from '../../runtime/runs/record.ts';
import type { FromDashboard } from '../../webviews/messages.ts';
import type { Host } from '../host.ts';

/** Does what a dashboard's view asks. */
export async function answerDashboard(
  host: Host,
  id: string,
  record: RunRecord,
  message: Exclude<FromDashboard, { type: 'ready' | 'points' }>,
): Promise<void> {
  switch (message.type) {
    case 'stop':
      await vscode.commands.executeCommand('marginalia.stopRun', id);
      return;
    case 'pause':
      await vscode.commands.executeCommand('marginalia.pauseRun', id);
      return;
    case 'resume':
      await vscode.commands.executeCommand('marginalia.resumeRun', id);
      return;
    case 'run-again':
      await vscode.commands.executeCommand('marginalia.runAgain', id);
      return;
    case 'open-folder':
      await vscode.commands.executeCommand('marginalia.openRunFolder', id);
      return;
    case 'open-paper':
      await vscode.commands.executeCommand('marginalia.openPaper', record.experiment.description.paper);
      return;
    case 'open-source':
      await openSource(host, id, record, message.line);
      return;
    case 'save':
      await save(message.name, message.text);
      return;
    case 'error':
      host.log.error(`Dashboard of ${id}: ${message.message}`);
  }
}

/** Shows the experiment's file; where it is gone or was built in, the copy that ran. */
export async function openSource(host: Host, id: string, record: RunRecord, line = 1): Promise<void> {
  const { file } = record.experiment;
  const folder = (await host.runs()).get(id)?.folder;
  const copy = folder === undefined ? file : join(folder, 'experiment.ts');
  const place = new vscode.Position(line - 1, 0);
  await vscode.window.showTextDocument(vscode.Uri.file(existsSync(file) ? file : copy), {
    viewColumn: vscode.ViewColumn.One,
    selection: new vscode.Range(place, place),
  });
}

/** Saves a text through the editor's own dialog, which asks before it replaces a file. */
async function save(name: string, text: string): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const safe = name.replace(/[\\/:*?"<>|]+/g, '-');
  const target = await vscode.window.showSaveDialog({
    title: 'Save',
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, safe) }),
  });
  if (target !== undefined) await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
}
