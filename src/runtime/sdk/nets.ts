import type { TensorFlow } from './experiment.ts';
import type { Rng } from './rng.ts';
import type { GradSaveFunc, Rank, Scalar, Tensor, Tensor2D, Variable } from './tensors.ts';

/** A multilayer perceptron with ReLU between its layers. */
export interface Mlp {
  /** Weights and biases in turn, first layer first: [inputs, outputs] and [outputs]. */
  readonly variables: readonly Variable[];
  /** Maps [batch, inputs] to [batch, outputs], without an activation at the end. */
  readonly logits: (inputs: Tensor2D) => Tensor2D;
  readonly dispose: () => void;
}

/**
 * Makes a multilayer perceptron with He's initialisation: weights normal with variance 2 / inputs, biases 0.
 *
 * @param sizes units of each layer, the inputs first: `[64, 64, 10]`.
 */
export function mlp(tf: TensorFlow, rng: Rng, sizes: readonly number[]): Mlp {
  const layers = sizes.slice(1).map((outputs, i) => {
    const inputs = sizes[i]!;
    const values = Float32Array.from({ length: inputs * outputs }, () => rng.normal(0, Math.sqrt(2 / inputs)));
    return {
      weights: variableOf(tf, () => tf.tensor2d(values, [inputs, outputs])),
      bias: variableOf(tf, () => tf.zeros([outputs])),
    };
  });
  const variables = layers.flatMap<Variable>(({ weights, bias }) => [weights, bias]);
  return {
    variables,
    logits: (inputs) => {
      let values = inputs;
      for (const [i, { weights, bias }] of layers.entries()) {
        const sums = tf.add<Tensor2D>(tf.matMul(values, weights), bias);
        values = i < layers.length - 1 ? tf.relu(sums) : sums;
      }
      return values;
    },
    dispose: () => variables.forEach((variable) => variable.dispose()),
  };
}

/**
 * Mean cross-entropy in nats of softmax predictions, with its gradient in one piece.
 *
 * @param labels [batch, classes], each row a distribution.
 * @param logits [batch, classes].
 */
export function softmaxCrossEntropy(tf: TensorFlow, labels: Tensor2D, logits: Tensor2D): Scalar {
  const loss = tf.customGrad((...inputs) => {
    const [target, scores, save] = inputs as unknown as [Tensor2D, Tensor2D, GradSaveFunc];
    save([target, scores]);
    const value = tf.neg<Scalar>(tf.mean(tf.sum(tf.mul(target, tf.logSoftmax(scores)), 1)));
    const gradFunc = (upstream: Scalar, [wanted, given]: Tensor[]) => [
      tf.zerosLike(wanted!),
      tf.mul(tf.sub(tf.softmax(given!), wanted!), tf.div(upstream, given!.shape[0])),
    ];
    return { value, gradFunc };
  });
  return loss(labels, logits);
}

/** A variable with these first values, which are disposed of; a variable keeps its own. */
export function variableOf<R extends Rank>(tf: TensorFlow, values: () => Tensor<R>): Variable<R> {
  const first = values();
  const variable = tf.variable(first);
  first.dispose();
  return variable;
}
