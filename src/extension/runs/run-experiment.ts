import * as vscode from 'vscode';
import type { StartedRun, StartOptions } from '../../runtime/runs/start.ts';
import { openDashboard } from '../dashboard/dashboard.ts';
import type { Host } from '../host.ts';
import { setting } from '../settings.ts';
import { runsFolderOf } from './run-folders.ts';

/** What a person may choose for one run; what is left out is as the experiment declares it and the settings say. */
export type RunChoices = Pick<StartOptions, 'params' | 'seeds' | 'arms' | 'backend'>;

/** Saves the experiment's file, starts its run and shows the dashboard. Nothing where the workspace is not trusted. */
export async function runExperiment(
  host: Host,
  file: vscode.Uri,
  choices: RunChoices,
): Promise<StartedRun | undefined> {
  if (!(await mayRun())) return undefined;
  await saveFile(file);
  const runs = await host.runs();
  const started = await runs.start(startOptions(host, file, choices));
  if (setting('run.openDashboard', file)) await openDashboard(host, started.id, { preserveFocus: true });
  return started;
}

/** What starts a run of the experiment in this file. */
export function startOptions(host: Host, file: vscode.Uri, choices: RunChoices): StartOptions {
  const backend = setting('run.backend', file);
  const jobs = setting('run.processes', file);
  const memoryMegabytes = setting('run.memory', file);
  const trialSeconds = setting('run.trialTimeLimit', file);
  return {
    distribution: host.distribution,
    file: file.fsPath,
    runsFolder: runsFolderOf(file, host.context.globalStorageUri),
    backend,
    whenStarterExits: setting('run.whenWindowCloses', file),
    ...(jobs === 0 ? {} : { jobs }),
    ...(memoryMegabytes === 0 ? {} : { memoryMegabytes }),
    ...(trialSeconds === 0 ? {} : { trialSeconds }),
    ...choices,
  };
}

/** Whether experiments of this workspace may run; where not, says why and offers what to do. */
export async function mayRun(): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const manage = 'Manage Trust';
  const choice = await vscode.window.showWarningMessage(
    'Marginalia: experiments are code of this workspace, and the workspace is not trusted. They run once you trust it.',
    manage,
  );
  if (choice === manage) await vscode.commands.executeCommand('workbench.trust.manage');
  return false;
}

/** What runs is what the person sees: changes that are not on the disk are saved first. */
export async function saveFile(file: vscode.Uri): Promise<void> {
  if (file.scheme !== 'file') throw new Error('Save the experiment as a file first; only files on a disk can run.');
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === file.toString());
  // Whether a document is dirty is told late, so it is saved in any case; that does nothing to one without changes.
  await document?.save();
  if (document?.isDirty === true) {
    throw new Error(`${vscode.workspace.asRelativePath(file)} has changes that could not be saved.`);
  }
}
