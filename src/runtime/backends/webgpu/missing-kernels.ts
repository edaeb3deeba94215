import { getKernel, type engine } from '@tensorflow/tfjs-core';
import { LackingError } from '../lacking.ts';

const watched = new WeakSet<object>();

/** Makes an operation whose kernel WebGPU lacks fail in words of our own, at the line that called it. */
export function nameMissingKernels(engineOfCore: ReturnType<typeof engine>): void {
  if (watched.has(engineOfCore)) return;
  watched.add(engineOfCore);
  const run = engineOfCore.runKernel.bind(engineOfCore);
  engineOfCore.runKernel = (name, inputs, attributes) => {
    if (engineOfCore.backendName === 'webgpu' && (getKernel(name, 'webgpu') as object | undefined) === undefined) {
      throw new LackingError(
        `The engine webgpu has no kernel ${name}, with which this operation computes. Choose 'wasm', which has every kernel, or 'auto'.`,
        `the kernel ${name}`,
      );
    }
    return run(name, inputs, attributes);
  };
}
