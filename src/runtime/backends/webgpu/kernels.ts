import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { registerEmptyReductions } from '../kernels/empty-reductions.ts';
import { registerPaddingByNumber } from '../kernels/padding-by-number.ts';
import { registerBitwiseAnd } from './bitwise-and.ts';
import { chain, kernelOf, mend, type Inputs } from './kernel-calls.ts';
import { registerCorners } from './corners.ts';
import { registerManyAxes } from './many-axes.ts';
import { registerMatrixProducts } from './matrix-products.ts';
import { registerPoolingGradients } from './pooling-gradients.ts';
import { registerWholeNumbers } from './whole-numbers.ts';

/** Puts right what the engine gets wrong without a word, or refuses. Call it after the engine has loaded. */
export function registerWebGpuKernels(): void {
  registerCast();
  registerCumulative();
  registerAddN();
  registerBitwiseAnd();
  registerManyAxes();
  registerMatrixProducts();
  registerPoolingGradients();
  registerWholeNumbers();
  registerCorners();
  registerPaddingByNumber('webgpu');
  registerEmptyReductions('webgpu');
}

/**
 * The stock kernel calls whole numbers and truth values floating point and leaves them as they are, so that a transpose,
 * and with it a sum along any axis but the last, cannot read them.
 */
function registerCast(): void {
  mend('Cast', (cast) => (inputs, backend, attributes: { dtype: DataType }) => {
    const x = inputs.x!;
    if (attributes.dtype !== 'float32' || (x.dtype !== 'int32' && x.dtype !== 'bool')) {
      return cast(inputs, backend, attributes);
    }
    const zero = backend.makeTensorInfo([], 'float32', Float32Array.of(0));
    const converted = kernelOf('Add')({ a: x, b: zero }, backend);
    backend.disposeData(zero.dataId);
    return converted;
  });
}

/** Backwards, the stock kernels take every axis for as long as the first one that they have seen. */
function registerCumulative(): void {
  for (const name of ['Cumsum', 'Cumprod']) {
    mend(name, (cumulative) => (inputs, backend, attributes: { axis: number; reverse: boolean }) => {
      if (!attributes.reverse) return cumulative(inputs, backend, attributes);
      const turn = (x: TensorInfo) => kernelOf('Reverse')({ x }, backend, { dims: [attributes.axis] });
      return chain(inputs.x!, backend, [
        turn,
        (x) => cumulative({ x }, backend, { ...attributes, reverse: false }),
        turn,
      ]);
    });
  }
}

/** How many tensors a program can read on every device: it has eight, of which one is the sum. */
const atOnce = 7;

/** Of more tensors than a program can read, the sum was whatever lay in the memory. */
function registerAddN(): void {
  mend('AddN', (addN) => (inputs, backend) => {
    const sum = (tensors: readonly TensorInfo[]): TensorInfo => {
      if (tensors.length <= atOnce) return addN(tensors as unknown as Inputs, backend);
      const groups = Array.from({ length: Math.ceil(tensors.length / atOnce) }, (_, i) =>
        sum(tensors.slice(i * atOnce, (i + 1) * atOnce)),
      );
      const whole = sum(groups);
      for (const { dataId } of groups) backend.disposeData(dataId);
      return whole;
    };
    return sum(Object.values(inputs));
  });
}
