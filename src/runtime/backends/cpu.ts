import * as tf from '@tensorflow/tfjs-core';
import { version_cpu } from '@tensorflow/tfjs-backend-cpu';
import type { StartEngine } from './engine.ts';
import { registerComparisonGradients } from './kernels/comparison-gradients.ts';

/** Plain JavaScript: slow, runs everywhere, and the reference for the others. */
export const startCpu: StartEngine = async () => {
  if (!(await tf.setBackend('cpu'))) throw new Error('The plain JavaScript engine did not start.');
  // Its first computation would print an advertisement for a package that this experiment does not need.
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
  registerComparisonGradients(tf);
  return { version: version_cpu, tf };
};
