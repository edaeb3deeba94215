/** Entry of the bundle `backends.cjs`: the tensor engines, loaded only by trials that compute with tensors. */
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';

export { prepareEngine } from './prepare-engine.ts';
export type { Engine } from './engine.ts';
