import type * as Tensors from '@tensorflow/tfjs-core';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';

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

/**
 * Loads the native TensorFlow of an installation and makes it the current backend.
 *
 * @param folder - an `Installation`'s folder, or any folder from which `@tensorflow/tfjs-node` resolves
 * @param threads - threads within one operation, at least 1
 * @returns the tensor functions and the version of libtensorflow
 * @throws where the package or its addon is missing, does not fit this Node, or fails to initialise
 */
export function loadNativeTensorFlow(folder: string, threads: number): { tf: NativeTensorFlow; libtensorflow: string } {
  // Read by libtensorflow when it initialises: thread counts, and no banner on every trial's console.
  process.env.TF_NUM_INTRAOP_THREADS ??= String(threads);
  process.env.TF_NUM_INTEROP_THREADS ??= '1';
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  Object.assign(util, goneFromUtil);
  const require = createRequire(join(folder, 'package.json'));
  const tf = require('@tensorflow/tfjs-node') as NativeTensorFlow;
  const backend = tf.backend() as unknown as { binding: { TF_Version: string } };
  return { tf, libtensorflow: backend.binding.TF_Version };
}
