import type { TensorFlow } from './experiment.ts';
import type { Optimizer } from './tensors.ts';

/** What an optimiser has gathered: its step count and its moments, as a checkpoint can keep them. */
export type OptimizerState = readonly {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: 'float32' | 'int32';
  readonly values: Float32Array | Int32Array;
}[];

/** Reads what an optimiser of `tf.train` has gathered, for `checkpoint.save`. */
export async function saveOptimizer(optimizer: Optimizer): Promise<OptimizerState> {
  const weights = await optimizer.getWeights();
  return weights.map(({ name, tensor }) => ({
    name,
    shape: tensor.shape,
    type: tensor.dtype as 'float32' | 'int32',
    values: tensor.dataSync<'float32' | 'int32'>().slice(),
  }));
}

/** Lets an optimiser, made like the one that was saved, go on from what that one had gathered. */
export async function restoreOptimizer(tf: TensorFlow, optimizer: Optimizer, state: OptimizerState): Promise<void> {
  const tensors = state.map(({ name, shape, type, values }) => ({ name, tensor: tf.tensor(values, [...shape], type) }));
  await optimizer.setWeights(tensors);
  tf.dispose(tensors.map(({ tensor }) => tensor));
}
