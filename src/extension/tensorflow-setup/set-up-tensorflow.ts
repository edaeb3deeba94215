import * as vscode from 'vscode';
import { setUpTensorFlow } from '../../runtime/tensorflow-setup/setup.ts';
import type { Build } from '../../runtime/tensorflow-setup/installation.ts';
import { findNvidiaDriver } from '../../runtime/tensorflow-setup/nvidia-driver.ts';
import type { Host } from '../host.ts';

/**
 * Sets native TensorFlow up for the person, with progress and a way to cancel, every step in the log. It is about the
 * machine and runs no code of the workspace, so it asks for no trust.
 *
 * @param asked - `cpu` or `gpu`; anything else leaves the choice to the person where a driver for NVIDIA's GPUs is here
 * @param closing - ends it too: the window goes away
 * @returns the folder of the installation; undefined where the person cancelled
 */
export async function setUpTensorFlowHere(
  host: Host,
  asked: unknown,
  closing: AbortSignal,
): Promise<string | undefined> {
  const { log, distribution } = host;
  const build = asked === 'cpu' || asked === 'gpu' ? asked : await chooseBuild();
  if (build === undefined) return undefined;
  const cancelling = new AbortController();
  const signal = AbortSignal.any([closing, cancelling.signal]);
  const progress = { location: vscode.ProgressLocation.Notification, title: 'Native TensorFlow', cancellable: true };
  const setup = await vscode.window.withProgress(progress, async (shown, token) => {
    token.onCancellationRequested(() => cancelling.abort(new Error('cancelled')));
    try {
      return await setUpTensorFlow({
        distribution,
        build,
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
  const { libtensorflow, onGpu } = setup.record;
  const when = setup.found ? 'was ready already' : 'is ready';
  const found = onGpu ? ' on your GPU' : setup.noGpu === undefined ? '' : `, but found no GPU: ${setup.noGpu}`;
  const message = `Marginalia: native TensorFlow ${libtensorflow} ${when}${found}. It pays where networks are large.`;
  void offerToUse(host, message);
  return setup.folder;
}

/** Which build to set up. Asks only where a driver for NVIDIA's GPUs is here; undefined where the person goes away. */
async function chooseBuild(): Promise<Build | undefined> {
  if (findNvidiaDriver() === undefined) return 'cpu';
  const builds: readonly (vscode.QuickPickItem & { readonly build: Build })[] = [
    { build: 'gpu', label: 'With CUDA, for the NVIDIA GPU', detail: 'Downloads 3.4 GB, takes 6 GB on the disk' },
    { build: 'cpu', label: 'For the processor', detail: 'Downloads 0.3 GB, takes 1.1 GB on the disk' },
  ];
  return (await vscode.window.showQuickPick(builds, { title: 'Set Up Native TensorFlow' }))?.build;
}

/** Offers to make it the engine of all experiments of this person. */
async function offerToUse(host: Host, message: string): Promise<void> {
  const use = 'Use for Experiments';
  if ((await vscode.window.showInformationMessage(message, use)) !== use) return;
  const configuration = vscode.workspace.getConfiguration('marginalia');
  await configuration.update('run.backend', 'tensorflow', vscode.ConfigurationTarget.Global);
  host.log.info('The setting marginalia.run.backend is now tensorflow.');
}
