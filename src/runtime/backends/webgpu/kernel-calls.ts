import {
  getKernel,
  type BackendValues,
  type DataType,
  type KernelFunc,
  type NamedAttrMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { replaceKernel } from '../kernels/plain.ts';

/** What our kernels need of the engine's own class. */
export interface Backend {
  makeTensorInfo(shape: readonly number[], dtype: DataType, values: BackendValues): TensorInfo;
  disposeData(data: object): boolean;
}

export type Inputs = Readonly<Record<string, TensorInfo>>;

/** A kernel: no tape, no tracking, one output, the caller's to dispose. */
export type Kernel = (inputs: Inputs, backend: Backend, attributes?: object) => TensorInfo;

/** The kernel that is registered under this name when it is called. */
export function kernelOf(name: string): Kernel {
  return calling(() => getKernel(name, 'webgpu').kernelFunc);
}

/** Puts a kernel, which says what attributes it is called with, in the place of the registered one, which it may call. */
export function mend(
  name: string,
  make: (registered: Kernel) => (inputs: Inputs, backend: Backend, attributes: never) => TensorInfo,
): void {
  const { kernelFunc } = getKernel(name, 'webgpu');
  const mended = make(calling(() => kernelFunc));
  replaceKernel(name, 'webgpu', ({ inputs, backend, attrs }) =>
    mended(inputs as Inputs, backend as Backend, attrs as never),
  );
}

function calling(find: () => KernelFunc): Kernel {
  return (inputs, backend, attributes) => find()({ inputs, backend, attrs: attributes as NamedAttrMap }) as TensorInfo;
}

/** The same numbers as a tensor of another shape. They are not copied, and are to be disposed once. */
export function seenAs({ dataId, dtype }: TensorInfo, shape: readonly number[]): TensorInfo {
  return { dataId, dtype, shape: [...shape] };
}

/** A chain of kernels, each of whose results is disposed when the next one has been computed. */
export function chain(
  start: TensorInfo,
  backend: Backend,
  steps: readonly ((x: TensorInfo) => TensorInfo)[],
): TensorInfo {
  let result = start;
  for (const step of steps) {
    const next = step(result);
    if (result !== start) backend.disposeData(result.dataId);
    result = next;
  }
  return result;
}
