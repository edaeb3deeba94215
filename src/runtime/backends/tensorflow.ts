import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { findInstallation } from '../tensorflow-setup/installation.ts';
import { loadNativeTensorFlow } from '../tensorflow-setup/load.ts';
import type { StartEngine } from './engine.ts';
import { registerComparisonGradients } from './kernels/comparison-gradients.ts';

/** Threads within one operation: trials run side by side instead. */
const threads = 1;

/** Native TensorFlow: the one that was set up, else one that the experiment's workspace has installed. */
export const startTensorFlow: StartEngine = ({ experimentFolder }) => {
  const folder = findInstallation()?.folder ?? workspaceInstallation(experimentFolder);
  const { tf, libtensorflow } = loadNativeTensorFlow(folder, threads);
  registerComparisonGradients(tf);
  return Promise.resolve({ version: `${tf.version['tfjs-node'] ?? 'unknown'} on libtensorflow ${libtensorflow}`, tf });
};

function workspaceInstallation(experimentFolder: string): string {
  try {
    return dirname(createRequire(join(experimentFolder, 'package.json')).resolve('@tensorflow/tfjs-node/package.json'));
  } catch {
    throw new Error('@tensorflow/tfjs-node is not installed here.');
  }
}
