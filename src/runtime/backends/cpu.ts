import * as tf from '@tensorflow/tfjs-core';
import { version_cpu } from '@tensorflow/tfjs-backend-cpu';
import type { StartEngine } from './engine.ts';
import { installFusedOptimizers } from './fused-optimizers.ts';
import { registerGradients } from './gradients/gradients.ts';
import { registerCpuKernels } from './kernels/cpu.ts';

/** Plain JavaScript: slow, runs everywhere, and the reference for the others. */
export const startCpu: StartEngine = async () => {
  if (!(await tf.setBackend('cpu'))) throw new Error('The plain JavaScript engine did not start.');
  // Its first computation would print an advertisement for a package that this experiment does not need.
  (tf.backend() as unknown as { firstUse: boolean }).firstUse = false;
  registerCpuKernels();
  registerGradients(tf);
  installFusedOptimizers();
  return { version: version_cpu, tf };
};
