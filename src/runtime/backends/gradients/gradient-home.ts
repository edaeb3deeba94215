import type * as Core from '@tensorflow/tfjs-core';

// prettier-ignore
/** The functions of an engine that gradients are registered with and made of: each engine brings its own. */
export type GradientHome = Pick<
  typeof Core,
  'add' | 'cast' | 'concat' | 'conv3d' | 'cumprod' | 'cumsum' | 'div' | 'einsum' | 'engine' | 'equal' | 'expandDims'
  | 'eye' | 'gatherND' | 'getGradient' | 'lessEqual' | 'matMul' | 'mul' | 'neg' | 'oneHot' | 'ones' | 'pad' | 'range'
  | 'getKernel' | 'registerGradient' | 'reshape' | 'rsqrt' | 'slice' | 'stack' | 'sub' | 'sum' | 'tensorScatterUpdate' | 'transpose'
  | 'unsortedSegmentSum' | 'zeros' | 'zerosLike'
>; // prettier-ignore

/** Calls a kernel of the engine that is current. */
export function runKernel(tf: GradientHome, name: string, inputs: object, attributes?: object): Core.Tensor {
  return tf.engine().runKernel(name, inputs as Core.NamedTensorMap, attributes as Core.NamedAttrMap);
}

/** Sums over the axes along which a tensor of this shape was repeated to take part in an operation. */
export function sumTo(tf: GradientHome, gradient: Core.Tensor, shape: readonly number[]): Core.Tensor {
  const extra = gradient.rank - shape.length;
  const repeated = gradient.shape.flatMap((length, axis) =>
    axis < extra || (shape[axis - extra] === 1 && length !== 1) ? [axis] : [],
  );
  return tf.reshape(repeated.length === 0 ? gradient : tf.sum(gradient, repeated), [...shape]);
}
