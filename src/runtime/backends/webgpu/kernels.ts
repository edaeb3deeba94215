import { getKernel, type DataType, type KernelFunc, type NamedAttrMap, type TensorInfo } from '@tensorflow/tfjs-core';
import { replaceKernel } from '../kernels/plain.ts';

/** Puts right what the engine gets wrong without a word. Call it after the engine has loaded. */
export function registerWebGpuKernels(): void {
  replaceKernel('Cast', 'webgpu', castThatConverts());
  for (const kernelName of ['Cumsum', 'Cumprod']) replaceKernel(kernelName, 'webgpu', cumulativeForwards(kernelName));
}

/** What this needs of the engine's own class. */
interface Backend {
  makeTensorInfo(shape: number[], dtype: DataType, values: Float32Array): TensorInfo;
  disposeData(data: object): boolean;
}

/**
 * The stock kernel calls whole numbers and truth values floating point and leaves them as they are, so that a transpose,
 * and with it a sum along any axis but the last, cannot read them.
 */
function castThatConverts(): KernelFunc {
  const cast = kernel('Cast');
  const add = kernel('Add');
  return (call) => {
    const { dtype } = call.attrs as unknown as { dtype: DataType };
    const x = call.inputs.x!;
    if (dtype !== 'float32' || (x.dtype !== 'int32' && x.dtype !== 'bool')) return cast(call);
    const backend = call.backend as Backend;
    const zero = backend.makeTensorInfo([], 'float32', Float32Array.of(0));
    const converted = add({ inputs: { a: x, b: zero }, backend });
    backend.disposeData(zero.dataId);
    return converted;
  };
}

/** Backwards, the stock kernel takes every axis for as long as the first one that it has seen. */
function cumulativeForwards(kernelName: string): KernelFunc {
  const cumulative = kernel(kernelName);
  const reverse = kernel('Reverse');
  return (call) => {
    const { axis, reverse: isReversed } = call.attrs as unknown as { axis: number; reverse: boolean };
    if (!isReversed) return cumulative(call);
    const backend = call.backend as Backend;
    const turned = (x: TensorInfo) => reverse({ inputs: { x }, backend, attrs: { dims: [axis] } }) as TensorInfo;
    const backwards = turned(call.inputs.x!);
    const attrs = { ...call.attrs, reverse: false } as NamedAttrMap;
    const sums = cumulative({ inputs: { x: backwards }, backend, attrs }) as TensorInfo;
    const result = turned(sums);
    for (const { dataId } of [backwards, sums]) backend.disposeData(dataId);
    return result;
  };
}

function kernel(kernelName: string): KernelFunc {
  return getKernel(kernelName, 'webgpu').kernelFunc;
}
