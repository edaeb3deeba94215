import { env } from '@tensorflow/tfjs-core';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { findInstallation } from '../tensorflow-setup/installation.ts';
import { loadNativeTensorFlow } from '../tensorflow-setup/load.ts';
import type { StartEngine } from './engine.ts';
import { registerGradients } from './gradients/gradients.ts';
import { registerCpuKernels } from './kernels/cpu.ts';
import { registerTensorFlowKernels } from './kernels/tensorflow-kernels.ts';

/** Native TensorFlow: the one that was set up, else one that the experiment's workspace has installed. */
export const startTensorFlow: StartEngine = ({ experimentFolder, threads = 1 }) => {
  const folder = findInstallation()?.folder ?? workspaceInstallation(experimentFolder);
  const { tf, libtensorflow } = load(folder, threads);
  registerCpuKernels();
  registerTensorFlowKernels();
  registerGradients(tf);
  return Promise.resolve({ version: `${tf.version['tfjs-node'] ?? 'unknown'} on libtensorflow ${libtensorflow}`, tf });
};

function load(folder: string, threads: number): ReturnType<typeof loadNativeTensorFlow> {
  // The package brings a core and the plain engine of its own; that they meet ours is no news for a trial's console.
  env().set('PROD', true);
  try {
    return loadNativeTensorFlow(folder, threads);
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
    throw new Error(
      `what is installed in ${folder} does not load (${reason.trim()}). To set it up again, ${whatToDo}.`,
      {
        cause: error,
      },
    );
  } finally {
    env().set('PROD', false);
  }
}

function workspaceInstallation(experimentFolder: string): string {
  try {
    return dirname(createRequire(join(experimentFolder, 'package.json')).resolve('@tensorflow/tfjs-node/package.json'));
  } catch {
    throw new Error(`it is not set up. To do that, ${whatToDo}.`);
  }
}

const whatToDo =
  "run 'Marginalia: Set Up Native TensorFlow' in the editor or `marginalia setup tensorflow` in a terminal";
