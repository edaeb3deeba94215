import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import { runKernel, type GradientHome } from './gradient-home.ts';

/** Operations whose results are all elements of their input, some perhaps several times: kernel and name of that input. */
const selections = [
  ['DepthToSpace', 'x'],
  ['FlipLeftRight', 'image'],
  ['MirrorPad', 'x'],
  ['ResizeNearestNeighbor', 'images'],
  ['StridedSlice', 'x'],
  ['Tile', 'x'],
] as const;

/**
 * The gradient of choosing elements adds up what came back of each. Which elements were chosen is asked of the operation
 * itself, by giving it the positions for values, so the two cannot disagree. Positions are floating point, exact for tensors
 * of up to 16 million elements.
 */
export function registerSelectionGradients(tf: GradientHome): void {
  for (const [kernelName, input] of selections) {
    tf.registerGradient({
      kernelName,
      inputsToSave: [input],
      gradFunc: (gradient, saved, attributes) => ({
        [input]: () => {
          const { shape, size } = saved[0]!;
          const positions = tf.reshape(tf.range(0, size), shape);
          const chosen = runKernel(tf, kernelName, { [input]: positions }, attributes);
          const flat: Tensor = tf.reshape(gradient as Tensor, [-1]);
          const sums = tf.unsortedSegmentSum(flat, tf.cast(tf.reshape<Rank.R1>(chosen, [-1]), 'int32'), size);
          return tf.reshape(sums, shape);
        },
      }),
    });
  }
}
