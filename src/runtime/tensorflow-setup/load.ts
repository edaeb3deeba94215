import type * as Tensors from '@tensorflow/tfjs-core';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';
import type { Build } from './installation.ts';

/** `@tensorflow/tfjs-node` as far as we use it beyond the core's functions. */
export type NativeTensorFlow = typeof Tensors & {
  readonly version: Readonly<Record<string, string>>;
};

/**
 * What tfjs-node 4.22 calls of `util` although Node 23 took it out or newer ones warn of it (tensorflow/tfjs#8609). Put on
 * the module object that the package requires. This is the only place where something of Node's is mended.
 */
const goneFromUtil = {
  isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  isArray: (value: unknown) => Array.isArray(value),
};

/** What loads: the tensor functions, and what they compute with. */
export interface LoadedTensorFlow {
  readonly tf: NativeTensorFlow;
  /** Version of libtensorflow. */
  readonly libtensorflow: string;
  /** Whether it has found a graphics processor, on which it then computes. */
  readonly onGpu: boolean;
}

/**
 * Loads the native TensorFlow of an installation and makes it the current backend.
 *
 * @param folder - an `Installation`'s folder, or any folder from which `@tensorflow/tfjs-node` resolves
 * @param threads - threads within one operation, at least 1
 * @param build - which build the installation is
 * @throws where the package or its addon is missing, does not fit this Node, or fails to initialise
 */
export function loadNativeTensorFlow(folder: string, threads: number, build: Build): LoadedTensorFlow {
  // Read by libtensorflow when it initialises: thread counts, and no banner on every trial's console.
  process.env.TF_NUM_INTRAOP_THREADS ??= String(threads);
  process.env.TF_NUM_INTEROP_THREADS ??= '1';
  // The build for GPUs calls it an error, too, that there is none; what fails in an operation is thrown all the same.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= build === 'gpu' ? '3' : '2';
  // On a graphics processor: take memory as it is needed, since trials side by side share it, and multiply whole 32-bit
  // numbers, as every other engine does, instead of their upper 19 bits.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  process.env.NVIDIA_TF32_OVERRIDE ??= '0';
  Object.assign(util, goneFromUtil);
  const require = createRequire(join(folder, 'package.json'));
  const tf = require('@tensorflow/tfjs-node') as NativeTensorFlow;
  const backend = tf.backend() as unknown as { binding: { TF_Version: string }; isUsingGpuDevice: boolean };
  return { tf, libtensorflow: backend.binding.TF_Version, onGpu: backend.isUsingGpuDevice };
}
