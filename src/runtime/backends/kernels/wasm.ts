import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { getKernel, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core';
import { replaceKernel } from './plain.ts';

/** A call of a kernel of the wasm backend: `Inputs` names its inputs, `Attributes` is what it is told beside them. */
export interface WasmCall<Inputs extends string, Attributes> {
  readonly inputs: Readonly<Record<Inputs, TensorInfo>>;
  readonly backend: BackendWasm;
  readonly attrs: Attributes;
}

/** A kernel's function as the registry takes it. The registry knows nothing of the names and types of one kernel. */
export function wasmKernel<Inputs extends string, Attributes>(
  compute: (call: WasmCall<Inputs, Attributes>) => TensorInfo,
): KernelFunc {
  return compute as unknown as KernelFunc;
}

/** Calls one of the wasm backend's kernels from another kernel: no tape, no tracking, one output, the caller's to dispose. */
export function runWasmKernel(name: string, call: WasmCall<string, object>): TensorInfo {
  return getKernel(name, 'wasm').kernelFunc(call as Parameters<KernelFunc>[0]) as TensorInfo;
}

/** The tensor with its axes in another order. */
export function transpose(backend: BackendWasm, x: TensorInfo, perm: readonly number[]): TensorInfo {
  return runWasmKernel('Transpose', { inputs: { x }, backend, attrs: { perm } });
}

/** Adds a kernel of our own to the wasm backend. */
export function registerWasmKernel<Inputs extends string, Attributes>(
  kernelName: string,
  compute: (call: WasmCall<Inputs, Attributes>) => TensorInfo,
): void {
  replaceKernel(kernelName, 'wasm', wasmKernel(compute));
}

/** Takes the place of one of the wasm backend's kernels. Calls for which `compute` gives nothing stay with that kernel. */
export function replaceInPart<Inputs extends string, Attributes>(
  name: string,
  compute: (call: WasmCall<Inputs, Attributes>) => TensorInfo | undefined,
): void {
  const { kernelFunc } = getKernel(name, 'wasm');
  replaceKernel(
    name,
    'wasm',
    wasmKernel(
      (call: WasmCall<Inputs, Attributes>) =>
        compute(call) ?? (kernelFunc(call as unknown as Parameters<KernelFunc>[0]) as TensorInfo),
    ),
  );
}

/** Whether all of a call's inputs are numbers of floating point. */
export function areFloats({ inputs }: WasmCall<string, unknown>): boolean {
  for (const name in inputs) if (inputs[name]!.dtype !== 'float32') return false;
  return true;
}

/** Where a tensor's numbers lie in the engine's memory, in bytes. */
export function addressOf(backend: BackendWasm, { dataId }: TensorInfo): number {
  return backend.dataIdMap.get(dataId).memoryOffset;
}
