import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  getKernel,
  registerKernel,
  unregisterKernel,
  util,
  type DataTypeMap,
  type KernelConfig,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core';

/** The engines whose tensors a loop in JavaScript can read without a copy. */
export type PlainBackend = 'cpu' | 'wasm';

/** A kernel as a loop over typed arrays, the same for every engine of `PlainBackend`. */
export interface PlainKernel<Inputs extends string, Attributes> {
  readonly name: string;
  /** Shape of the output, which has the type of the input named by `like`. */
  readonly shape: (inputs: Readonly<Record<Inputs, TensorInfo>>, attributes: Attributes) => readonly number[];
  readonly like: Inputs;
  /** Fills the output, which is all zeros. */
  readonly compute: (
    output: Values,
    inputs: Readonly<Record<Inputs, Readonly<Filled>>>,
    attributes: Attributes,
  ) => void;
}

export type Values = DataTypeMap['float32'] | DataTypeMap['int32'] | DataTypeMap['bool'];

/** A tensor with its values. */
export interface Filled {
  readonly shape: readonly number[];
  readonly values: Values;
}

/** Adds the kernel to an engine, or takes the place of the stock one. */
export function registerPlainKernel<Inputs extends string, Attributes>(
  backendName: PlainBackend,
  kernel: PlainKernel<Inputs, Attributes>,
): void {
  const kernelFunc = (call: PlainCall<Inputs, Attributes>) =>
    backendName === 'cpu' ? onCpu(kernel, call) : onWasm(kernel, call);
  replaceKernel(kernel.name, backendName, kernelFunc as unknown as KernelFunc);
}

/** Registers a kernel, and takes the stock one's registration out first where there is one. */
export function replaceKernel(kernelName: string, backendName: string, kernelFunc: KernelFunc): void {
  const stock = getKernel(kernelName, backendName) as KernelConfig | undefined;
  if (stock !== undefined) unregisterKernel(kernelName, backendName);
  registerKernel({ ...stock, kernelName, backendName, kernelFunc });
}

interface PlainCall<Inputs extends string, Attributes> {
  readonly inputs: Readonly<Record<Inputs, TensorInfo>>;
  readonly backend: unknown;
  readonly attrs: Attributes;
}

/** The numbers of a tensor, not copied. Those of `wasm` are valid until memory is taken the next time. */
export function valuesOf(backendName: PlainBackend, backend: unknown, tensor: TensorInfo): Values {
  if (backendName === 'wasm') return (backend as BackendWasm).typedArrayFromHeap(tensor);
  return (backend as MathBackendCPU).data.get(tensor.dataId).values as Values;
}

function onCpu<Inputs extends string, Attributes>(
  { shape, like, compute }: PlainKernel<Inputs, Attributes>,
  { inputs, backend, attrs }: PlainCall<Inputs, Attributes>,
): TensorInfo {
  const cpu = backend as MathBackendCPU;
  const size = [...shape(inputs, attrs)];
  const { dtype } = inputs[like];
  const output = util.getArrayFromDType(dtype as 'float32', util.sizeFromShape(size));
  compute(output, withValues(inputs, (tensor) => valuesOf('cpu', cpu, tensor)), attrs); // prettier-ignore
  return cpu.makeTensorInfo(size, dtype, output);
}

function onWasm<Inputs extends string, Attributes>(
  { shape, like, compute }: PlainKernel<Inputs, Attributes>,
  { inputs, backend, attrs }: PlainCall<Inputs, Attributes>,
): TensorInfo {
  const wasm = backend as BackendWasm;
  const output = wasm.makeOutput([...shape(inputs, attrs)], inputs[like].dtype);
  // Views are taken after the allocation, which may have moved the heap.
  const values = (tensor: TensorInfo) => valuesOf('wasm', wasm, tensor);
  compute(values(output).fill(0), withValues(inputs, values), attrs);
  return output;
}

function withValues<Inputs extends string>(
  inputs: Readonly<Record<Inputs, TensorInfo>>,
  read: (tensor: TensorInfo) => Values,
): Record<Inputs, Filled> {
  const filled: Partial<Record<Inputs, Filled>> = {};
  for (const name of Object.keys(inputs) as Inputs[]) {
    filled[name] = { shape: inputs[name].shape, values: read(inputs[name]) };
  }
  return filled as Record<Inputs, Filled>;
}
