import { getKernel, util, type KernelBackend, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core';
import { replaceKernel, type PlainBackend } from './plain.ts';

/** What comes of no numbers at all, as native TensorFlow has it; for whole numbers the outermost ones where these are infinite. */
const ofNothing: Readonly<Record<string, number>> = {
  All: 1,
  Any: 0,
  Max: -Infinity,
  Mean: NaN,
  Min: Infinity,
  Prod: 1,
  Sum: 0,
};

interface Reduction {
  readonly axis?: number | number[] | null;
  readonly reductionIndices?: number | number[] | null;
  readonly keepDims?: boolean;
}

/**
 * Gives an engine what a sum, a mean or a largest of nothing is. `wasm` gave what lay in its memory, `cpu` a mean of 0, and
 * `webgpu` nothing but a failure.
 */
export function registerEmptyReductions(backendName: PlainBackend | 'webgpu'): void {
  for (const [name, value] of Object.entries(ofNothing)) {
    const { kernelFunc } = getKernel(name, backendName);
    const mended: KernelFunc = (call) => {
      const { x } = call.inputs as { x: TensorInfo };
      if (util.sizeFromShape(x.shape) > 0) return kernelFunc(call);
      const shape = reducedShape(x.shape, call.attrs as Reduction);
      const dtype = name === 'Mean' ? 'float32' : x.dtype;
      const numbers = util.getArrayFromDType(dtype as 'float32', util.sizeFromShape(shape));
      numbers.fill(dtype === 'int32' ? Math.max(-(2 ** 31), Math.min(value, 2 ** 31 - 1)) : value);
      const dataId = (call.backend as unknown as KernelBackend).write(numbers, shape, dtype);
      return { dataId, shape, dtype };
    };
    replaceKernel(name, backendName, mended);
  }
}

function reducedShape(shape: readonly number[], { axis, reductionIndices, keepDims }: Reduction): number[] {
  const axes = util.parseAxisParam(reductionIndices ?? axis ?? shape.map((_, i) => i), [...shape]);
  if (keepDims === true) return shape.map((length, i) => (axes.includes(i) ? 1 : length));
  return shape.filter((_, i) => !axes.includes(i));
}
