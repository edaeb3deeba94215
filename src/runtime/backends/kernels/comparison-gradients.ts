import {
  Equal,
  Greater,
  GreaterEqual,
  Less,
  LessEqual,
  LogicalAnd,
  LogicalOr,
  NotEqual,
  type registerGradient,
  type Tensor,
  type zeros,
} from '@tensorflow/tfjs-core';

/** The part of an engine's module that is needed here: the native engine has a registry of its own. */
interface GradientRegistry {
  readonly registerGradient: typeof registerGradient;
  readonly zeros: typeof zeros;
}

/**
 * Gives comparisons the gradient that they have almost everywhere: zero. Without it a choice between two tensors made
 * inside of a gradient fails, though nothing flows through its condition.
 */
export function registerComparisonGradients(tf: GradientRegistry): void {
  for (const kernelName of [Equal, Greater, GreaterEqual, Less, LessEqual, LogicalAnd, LogicalOr, NotEqual]) {
    tf.registerGradient({
      kernelName,
      inputsToSave: ['a', 'b'],
      gradFunc: (_gradient, saved) => {
        const [a, b] = saved as [Tensor, Tensor];
        return { a: () => tf.zeros(a.shape), b: () => tf.zeros(b.shape) };
      },
    });
  }
}
