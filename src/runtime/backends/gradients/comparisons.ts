import { type Tensor } from '@tensorflow/tfjs-core';
import type { GradientHome } from './gradient-home.ts';

const ofTwo = ['Equal', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr', 'NotEqual'];

/**
 * Gives comparisons the gradient that they have almost everywhere: zero. Without it a choice between two tensors made
 * inside of a gradient fails, though nothing flows through its condition.
 */
export function registerComparisonGradients(tf: GradientHome): void {
  for (const kernelName of ofTwo) {
    tf.registerGradient({
      kernelName,
      inputsToSave: ['a', 'b'],
      gradFunc: (_gradient, saved) => {
        const [a, b] = saved as [Tensor, Tensor];
        return { a: () => tf.zeros(a.shape), b: () => tf.zeros(b.shape) };
      },
    });
  }
  tf.registerGradient({
    kernelName: 'LogicalNot',
    inputsToSave: ['x'],
    gradFunc: (_gradient, saved) => ({ x: () => tf.zeros(saved[0]!.shape) }),
  });
}
