import { setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { sep } from 'node:path';
import type { StartEngine } from './engine.ts';
import { installFusedOptimizers } from './fused-optimizers.ts';
import { registerGradients } from './gradients/gradients.ts';
import { registerCpuKernels } from './kernels/cpu.ts';
import { registerWasmKernels } from './kernels/wasm-kernels.ts';

/** WebAssembly with vector instructions, on one thread, with the kernels that training needs and the package lacks. */
export const startWasm: StartEngine = async ({ distribution }) => {
  setWasmPaths(distribution + sep);
  if (!(await tf.setBackend('wasm'))) {
    throw new Error(`The WebAssembly engine did not start; its .wasm files should lie in ${distribution}.`);
  }
  const vectors = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  registerCpuKernels();
  registerWasmKernels(tf.backend());
  registerGradients(tf);
  installFusedOptimizers();
  return { version: vectors ? `${version_wasm} with SIMD` : `${version_wasm} without SIMD`, tf };
};
