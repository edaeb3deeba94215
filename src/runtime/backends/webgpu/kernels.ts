import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import { registerPaddingByNumber } from '../kernels/padding-by-number.ts';
import { chain, kernelOf, mend, seenAs, type Inputs } from './kernel-calls.ts';
import { registerManyAxes } from './many-axes.ts';
import { registerMatrixProducts } from './matrix-products.ts';
import { registerPoolingGradients } from './pooling-gradients.ts';

/** Puts right what the engine gets wrong without a word, or refuses. Call it after the engine has loaded. */
export function registerWebGpuKernels(): void {
  registerCast();
  registerCumulative();
  registerIntegers();
  registerAddN();
  registerManyAxes();
  registerMatrixProducts();
  registerPoolingGradients();
  registerPaddingByNumber('webgpu');
}

/**
 * The stock kernel calls whole numbers and truth values floating point and leaves them as they are, so that a transpose,
 * and with it a sum along any axis but the last, cannot read them.
 */
function registerCast(): void {
  mend<{ dtype: DataType }>('Cast', (cast) => (inputs, backend, attributes) => {
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
    mend<{ axis: number; reverse: boolean }>(name, (cumulative) => (inputs, backend, attributes) => {
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

/** Powers of integers are computed as logarithms and cut off: 5 squared was 24. And that a bin is filled is no sum. */
function registerIntegers(): void {
  mend('Pow', (pow) => ({ a, b }, backend) => {
    if (a!.dtype !== 'int32' || b!.dtype !== 'int32') return pow({ a: a!, b: b! }, backend);
    const base = kernelOf('Cast')({ x: a! }, backend, { dtype: 'float32' });
    const power = chain(base, backend, [
      (x) => pow({ a: x, b: b! }, backend),
      (x) => kernelOf('Round')({ x }, backend),
      (x) => kernelOf('Cast')({ x }, backend, { dtype: 'int32' }),
    ]);
    backend.disposeData(base.dataId);
    return power;
  });
  mend<{ size: number; binaryOutput?: boolean }>('DenseBincount', (count) => (inputs, backend, attributes) => {
    if (attributes.binaryOutput !== true) return count(inputs, backend, attributes);
    const { dtype } = inputs.weights!;
    const none = backend.makeTensorInfo([0], dtype, new Float32Array(0));
    const one = backend.makeTensorInfo([], dtype, Float32Array.of(1));
    const counts = count({ x: inputs.x!, weights: none }, backend, { ...attributes, binaryOutput: false });
    const result = kernelOf('Minimum')({ a: counts, b: one }, backend);
    for (const { dataId } of [none, one, counts]) backend.disposeData(dataId);
    return result;
  });
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
