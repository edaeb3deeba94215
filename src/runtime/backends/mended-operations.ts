import type { Tensor } from '@tensorflow/tfjs-core';
import type { Engine } from './engine.ts';

type TensorFlow = Engine['tf'];
type Padding = Parameters<TensorFlow['conv1d']>[3];
type MatMul = TensorFlow['fused']['matMul'];
type AfterFirst<All> = All extends [unknown, ...infer Rest] ? Rest : never;
type ChainedConv1d = (this: Tensor, ...parameters: AfterFirst<Parameters<TensorFlow['conv1d']>>) => Tensor;

/**
 * An engine's functions, with those put right that make calls of kernels in which what they were asked for is lost, so that
 * nothing can be mended there.
 */
export function withMendedOperations(tf: TensorFlow): TensorFlow {
  const { conv1d } = tf;
  // Of the class that tensors have, which another library of the process may have made.
  const tensor = tf.scalar(0);
  const tensors = Object.getPrototypeOf(tensor) as { conv1d: ChainedConv1d };
  tensor.dispose();
  const chained = tensors.conv1d;
  tensors.conv1d = function (filter, stride, pad, ...rest) {
    return chained.call(this, filter, stride, alongOwnAxis(pad), ...rest);
  };
  return {
    ...tf,
    conv1d: (x, filter, stride, pad, ...rest) => conv1d(x, filter, stride, alongOwnAxis(pad), ...rest),
    fused: { ...tf.fused, matMul: fusedMatMul(tf) },
  };
}

/** A convolution along one axis is one in two dimensions, of images that are one row high: a number would be for both. */
function alongOwnAxis(pad: Padding): Padding {
  return typeof pad === 'number' ? [[0, 0], [0, 0], [pad, pad], [0, 0]] : pad; // prettier-ignore
}

/**
 * The stock one hands batches over as rows of matrices, of which nobody can tell any more what belongs together, has no
 * gradient where one matrix serves several, and engines take a bias that is no vector for something else. In parts it is right
 * everywhere, and the product of matrices is the one that training uses.
 */
function fusedMatMul(tf: TensorFlow): MatMul {
  return ({ a, b, transposeA, transposeB, bias, activation = 'linear', preluActivationWeights, leakyreluAlpha }) => {
    const activations: Record<typeof activation, (x: Tensor) => Tensor> = {
      linear: (x) => x,
      relu: tf.relu,
      relu6: tf.relu6,
      elu: tf.elu,
      sigmoid: tf.sigmoid,
      leakyrelu: (x) => tf.leakyRelu(x, leakyreluAlpha),
      prelu(x) {
        if (preluActivationWeights === undefined) {
          throw new Error("fused.matMul with the activation 'prelu' needs preluActivationWeights.");
        }
        return tf.prelu(x, preluActivationWeights);
      },
    };
    return tf.tidy(() => {
      const product = tf.matMul(a, b, transposeA, transposeB);
      return activations[activation](bias === undefined ? product : tf.add(product, bias));
    });
  };
}
