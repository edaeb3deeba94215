/**
 * What experiments use of TensorFlow.js: all operations, gradients, optimisers and memory, without the parts that belong
 * to whoever runs them (backends, kernels, files, browser). Only ever imported for its types; the engine itself comes in
 * as `tf`.
 */
export * from '@tensorflow/tfjs-core/dist/ops/ops';
export { customGrad, grad, grads, valueAndGrad, valueAndGrads, variableGrads } from '@tensorflow/tfjs-core';
export { dispose, getBackend, keep, memory, tidy, train } from '@tensorflow/tfjs-core';
export type {
  DataType,
  GradSaveFunc,
  NamedTensorMap,
  Optimizer,
  Rank,
  Scalar,
  Tensor,
  Tensor1D,
  Tensor2D,
  Tensor3D,
  Tensor4D,
  TensorLike,
  Variable,
} from '@tensorflow/tfjs-core';
