import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { isActive, isResumable, type Runs } from './runs.ts';
import { deleteRunFolder } from './delete-run.ts';
import { openDashboard as showDashboard } from '../dashboard/dashboard.ts';
import { openSource } from '../dashboard/answer-dashboard.ts';
import type { Host } from '../host.ts';
import { runFor } from './pick-run.ts';
import { mayRun, runExperiment } from './run-experiment.ts';

/** Stops a run; called again while it stops, it stops it harder. Answers when no process of it is left. */
export async function stopRun(_host: Host, runs: Runs, argument: unknown): Promise<void> {
  const id = await runFor(runs, argument, 'Stop Run', isActive);
  if (id !== undefined) await runs.stop(id);
}

export async function pauseRun(_host: Host, runs: Runs, argument: unknown): Promise<void> {
  const id = await runFor(runs, argument, 'Pause Run', (run) => run.status === 'running');
  if (id !== undefined) await runs.request(id, 'pause');
}

/** Lets a paused run go on, or takes up one that was interrupted, stopped or failed. */
export async function resumeRun(host: Host, runs: Runs, argument: unknown): Promise<void> {
  const id = await runFor(runs, argument, 'Resume Run', ({ status }) => status === 'paused' || isResumable(status));
  if (id === undefined) return;
  const run = runs.get(id);
  if (run !== undefined && isResumable(run.status)) {
    if (await mayRun()) await runs.continue(id, host.distribution);
  } else {
    await runs.request(id, 'resume');
  }
}

/** Starts a new run of the same experiment, as its file is now, with what was asked of the old one. Answers its id. */
export async function runAgain(host: Host, runs: Runs, argument: unknown): Promise<string | undefined> {
  const id = await runFor(runs, argument, 'Run Again', (run) => !isActive(run) && run.record !== undefined);
  const record = id === undefined ? undefined : runs.get(id)?.record;
  if (record === undefined || !(await mayRun())) return undefined;
  const { experiment, params, seeds, arms, backend } = record;
  const there = await stat(experiment.file).catch(() => undefined);
  if (there === undefined)
    throw new Error(`${experiment.file} is not there any more; its copy lies in the run's folder.`);
  const again = await runExperiment(host, vscode.Uri.file(experiment.file), {
    ...(seeds.length > 0 ? { seeds: seeds.length } : {}),
    ...(arms.length > 0 ? { arms } : {}),
    params,
    backend: backend.asked ?? (backend.name === 'none' ? 'auto' : backend.name),
  });
  return again?.id;
}

export async function openDashboard(host: Host, runs: Runs, argument: unknown): Promise<void> {
  const id = await runFor(runs, argument, 'Open Run Dashboard');
  if (id !== undefined) await showDashboard(host, id, { preserveFocus: false });
}

export async function openRunSource(host: Host, runs: Runs, argument: unknown): Promise<void> {
  const id = await runFor(runs, argument, 'Open Experiment of Run', (run) => run.record !== undefined);
  const record = id === undefined ? undefined : runs.get(id)?.record;
  if (id !== undefined && record !== undefined) await openSource(host, id, record);
}

export async function openRunFolder(_host: Host, runs: Runs, argument: unknown): Promise<void> {
  const id = await runFor(runs, argument, 'Open Run Folder');
  const folder = id === undefined ? undefined : runs.get(id)?.folder;
  if (folder === undefined) return;
  // Inside the workspace the explorer shows it; elsewhere the system does.
  const uri = vscode.Uri.file(folder);
  const inWorkspace = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  await vscode.commands.executeCommand(inWorkspace ? 'revealInExplorer' : 'revealFileInOS', uri);
}

export async function deleteRun(_host: Host, runs: Runs, argument: unknown): Promise<void> {
  const id = await runFor(runs, argument, 'Delete Run', (run) => !isActive(run));
  const run = id === undefined ? undefined : runs.get(id);
  if (run === undefined) return;
  if (isActive(run)) throw new Error(`${run.name} still runs. Stop it first.`);
  await deleteRunFolder(run);
  await runs.refresh();
}
