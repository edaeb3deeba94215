import * as vscode from 'vscode';
import { join } from 'node:path';
import { runProcessCommand } from '../../runtime/runs/start.ts';
import type { Host } from '../host.ts';
import { mayRun, saveFile, startOptions } from './run-experiment.ts';

/** Runs an experiment under the editor's JavaScript debugger, one trial after another. Answers whether it started. */
export async function debugExperiment(host: Host, file: vscode.Uri): Promise<boolean> {
  if (!(await mayRun())) return false;
  await saveFile(file);
  const command = runProcessCommand(startOptions(host, file, {}));
  const started = await vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(file), {
    type: 'node',
    request: 'launch',
    name: `Marginalia: ${vscode.workspace.asRelativePath(file)}`,
    program: command.program,
    args: command.args,
    // The Node that runs this code is there on every machine; one on the PATH is not.
    runtimeExecutable: process.execPath,
    env: 'electron' in process.versions ? { ELECTRON_RUN_AS_NODE: '1' } : {},
    autoAttachChildProcesses: true,
    console: 'internalConsole',
    sourceMaps: true,
    outFiles: [join(command.folder, 'build', '*.cjs')],
    resolveSourceMapLocations: null,
    skipFiles: ['<node_internals>/**', join(host.distribution, '**')],
  });
  const runs = await host.runs();
  await runs.refresh();
  return started;
}
