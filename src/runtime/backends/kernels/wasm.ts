import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { getKernel, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core';

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
