import * as vscode from 'vscode';
import { registerCommand } from '../commands.ts';
import type { Host } from '../host.ts';

/** The command that gets native TensorFlow. Called while it is at work, it waits for the same end. */
export function registerTensorFlowSetup(host: Host): vscode.Disposable {
  const closing = new AbortController();
  let working: Promise<string | undefined> | undefined;
  const command = registerCommand(host.log, 'marginalia.setUpTensorFlow', (build) => {
    working ??= import('./set-up-tensorflow.ts')
      .then(({ setUpTensorFlowHere }) => setUpTensorFlowHere(host, build, closing.signal))
      .finally(() => (working = undefined));
    return working;
  });
  return vscode.Disposable.from(command, { dispose: () => closing.abort(new Error('the window closes')) });
}
