import * as vscode from 'vscode';
import { setUpTensorFlow } from '../../runtime/tensorflow-setup/setup.ts';
import type { Host } from '../host.ts';

/**
 * Sets native TensorFlow up for the person, with progress and a way to cancel, every step in the log. It is about the
 * machine and runs no code of the workspace, so it asks for no trust.
 *
 * @param closing - ends it too: the window goes away
 * @returns the folder of the installation; undefined where the person cancelled
 */
export async function setUpTensorFlowHere(host: Host, closing: AbortSignal): Promise<string | undefined> {
  const { log, distribution } = host;
  const cancelling = new AbortController();
  const signal = AbortSignal.any([closing, cancelling.signal]);
  const progress = { location: vscode.ProgressLocation.Notification, title: 'Native TensorFlow', cancellable: true };
  const setup = await vscode.window.withProgress(progress, async (shown, token) => {
    token.onCancellationRequested(() => cancelling.abort(new Error('cancelled')));
    try {
      return await setUpTensorFlow({
        distribution,
        report: (message) => shown.report({ message }),
        log: (line) => log.info(line),
        signal,
      });
    } catch (error) {
      if (!signal.aborted) throw error;
      log.info('The setup of native TensorFlow was cancelled; nothing was set up.');
      return undefined;
    }
  });
  if (setup === undefined) return undefined;
  const { libtensorflow } = setup.record;
  const when = setup.found ? 'was ready already' : 'is ready';
  void offerToUse(host, `Marginalia: native TensorFlow ${libtensorflow} ${when}. It pays where networks are large.`);
  return setup.folder;
}

/** Offers to make it the engine of all experiments of this person. */
async function offerToUse(host: Host, message: string): Promise<void> {
  const use = 'Use for Experiments';
  if ((await vscode.window.showInformationMessage(message, use)) !== use) return;
  const configuration = vscode.workspace.getConfiguration('marginalia');
  await configuration.update('run.backend', 'tensorflow', vscode.ConfigurationTarget.Global);
  host.log.info('The setting marginalia.run.backend is now tensorflow.');
}
