/** Entry of the bundle `backends.cjs`: the tensor engines, loaded only by trials that compute with tensors. */
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';

/** For engines in bundles of their own: one process has one registry of kernels. */
export * as core from '@tensorflow/tfjs-core';
export { prepareEngine } from './prepare-engine.ts';
export type { Engine } from './engine.ts';
