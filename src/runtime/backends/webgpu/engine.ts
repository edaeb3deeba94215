/** Entry of the bundle `webgpu.cjs`, loaded only where this engine is asked for or may be chosen. */
import * as tf from '@tensorflow/tfjs-core';
import type { BackendValues, DataType } from '@tensorflow/tfjs-core';
import type { EngineOptions, StartEngine } from '../engine.ts';
import { registerGradients } from '../gradients/gradients.ts';
import { LackingError } from '../lacking.ts';
import { openAdapter, type Adapter } from './adapter.ts';
import { registerWebGpuKernels } from './kernels.ts';
import { nameLackingKernels, readingAtOnce } from './lacking-kernels.ts';

/** The adapter that this process computes with: it can be opened once only. */
let opened: Promise<Adapter> | undefined;

/** The graphics processor of this machine. @throws Error where there is none that can be used */
export function findAdapter({ experimentFolder }: EngineOptions): Promise<Adapter> {
  opened ??= openAdapter(experimentFolder).catch((error: unknown) => {
    // Another folder may have the package.
    opened = undefined;
    throw error;
  });
  return opened;
}

/** A graphics processor of any vendor, through WebGPU. */
export const startWebGpu: StartEngine = async (options) => {
  const { description, software } = await findAdapter(options);
  // Looks for the adapter when it is evaluated.
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  const { readSync } = WebGPUBackend.prototype as {
    readSync: (this: InstanceType<typeof WebGPUBackend>, dataId: object) => BackendValues;
  };
  WebGPUBackend.prototype.readSync = function (dataId) {
    const { values, dtype } = this.tensorMap.get(dataId) as { values?: BackendValues | null; dtype: DataType };
    // Small tensors are computed with where their numbers are, as long as they have not been moved; complex ones are two.
    if ((values !== undefined && values !== null) || dtype === 'complex64') return readSync.call(this, dataId);
    throw new LackingError(
      'On the engine webgpu the numbers of a tensor have to be waited for: write `await tensor.data()` instead of dataSync(), or choose another engine.',
      readingAtOnce,
    );
  };
  if (!(await tf.setBackend('webgpu'))) throw new Error(`the adapter ${description} does not start.`);
  registerWebGpuKernels();
  registerGradients(tf);
  nameLackingKernels(tf.engine(), (tf.backend() as unknown as { readonly device: EventTarget }).device);
  return { version: `${tf.version_core} on ${description}${software ? ', in software' : ''}`, tf };
};
