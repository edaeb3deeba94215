import * as vscode from 'vscode';
import { registerCommand } from '../commands.ts';
import { findExperiment } from '../experiments/find-experiment.ts';
import type { Host } from '../host.ts';

/** Commands about experiments and runs. Their code is loaded when one is called. */
export function registerRunCommands(host: Host): vscode.Disposable {
  const command = (name: string, handler: (argument: unknown, text: unknown) => unknown): vscode.Disposable =>
    registerCommand(host.log, `marginalia.${name}`, handler);
  return vscode.Disposable.from(
    command('run', async (argument) => {
      const { runExperiment } = await import('./run-experiment.ts');
      return (await runExperiment(host, experimentFile(argument), {}))?.id;
    }),
    command('debug', async (argument) => {
      const { debugExperiment } = await import('./debug-experiment.ts');
      return debugExperiment(host, experimentFile(argument));
    }),
    command('configure', async (argument) => {
      const { configureExperiment } = await import('./configure-experiment.ts');
      return (await configureExperiment(host, experimentFile(argument)))?.id;
    }),
    command('stopRun', (argument) => controlling(host, 'stopRun', argument)),
    command('pauseRun', (argument) => controlling(host, 'pauseRun', argument)),
    command('resumeRun', (argument) => controlling(host, 'resumeRun', argument)),
    command('runAgain', (argument) => controlling(host, 'runAgain', argument)),
    command('openRunSource', (argument) => controlling(host, 'openRunSource', argument)),
    command('openRunFolder', (argument) => controlling(host, 'openRunFolder', argument)),
    command('deleteRun', (argument) => controlling(host, 'deleteRun', argument)),
    command('renameRun', async (argument, text) => {
      const { renameRun } = await import('./label-run.ts');
      return renameRun(host, await host.runs(), argument, text);
    }),
    command('tagRun', async (argument, text) => {
      const { tagRun } = await import('./label-run.ts');
      return tagRun(host, await host.runs(), argument, text);
    }),
    command('noteOnRun', async (argument, text) => {
      const { noteOnRun } = await import('./label-run.ts');
      return noteOnRun(host, await host.runs(), argument, text);
    }),
    command('compareRuns', async (argument) => {
      const { compareRuns } = await import('./compare-runs.ts');
      return compareRuns(host, await host.runs(), argument);
    }),
    command('exportRun', async (argument, target) => {
      const { exportRun } = await import('./export-run.ts');
      return exportRun(host, await host.runs(), argument, target);
    }),
    command('openDashboard', (argument) => controlling(host, 'openDashboard', argument)),
  );
}

async function controlling(
  host: Host,
  name: keyof typeof import('./control-runs.ts'),
  argument: unknown,
): Promise<unknown> {
  const control = await import('./control-runs.ts');
  return control[name](host, await host.runs(), argument);
}

/** The experiment that a command means: the file it was given, or the one in the active editor. */
function experimentFile(argument: unknown): vscode.Uri {
  if (argument instanceof vscode.Uri) return argument;
  const document = vscode.window.activeTextEditor?.document;
  if (document === undefined || findExperiment(document.languageId, document.getText()) === undefined) {
    throw new Error('Open the file of an experiment first, one with `export default experiment(…)`.');
  }
  return document.uri;
}
