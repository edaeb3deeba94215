import {
  BatchMatMul,
  getKernel,
  registerKernel,
  unregisterKernel,
  util,
  type BatchMatMulAttrs,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { transpose, wasmKernel, type WasmCall } from './wasm.ts';

/**
 * Replaces the wasm backend's matrix product. The stock kernel has a fast path only for factors that are not transposed,
 * and every gradient of a product has one that is: such a factor is transposed first here, which costs far less.
 */
export function registerBatchMatMul(): void {
  const stock = getKernel(BatchMatMul, 'wasm');
  const multiply = (call: MatMulCall) => stock.kernelFunc(call as unknown as Parameters<KernelFunc>[0]) as TensorInfo;
  const kernelFunc = wasmKernel((call: MatMulCall) => {
    const { inputs, backend, attrs } = call;
    const { a, b } = inputs;
    const { transposeA, transposeB } = attrs;
    if ((!transposeA && !transposeB) || !isOneMatrix(a) || !isOneMatrix(b)) return multiply(call);
    const plainA = transposeA ? transpose(backend, a, lastTwoSwapped(a)) : a;
    const plainB = transposeB ? transpose(backend, b, lastTwoSwapped(b)) : b;
    const product = multiply({
      inputs: { a: plainA, b: plainB },
      backend,
      attrs: { transposeA: false, transposeB: false },
    });
    if (plainA !== a) backend.disposeData(plainA.dataId);
    if (plainB !== b) backend.disposeData(plainB.dataId);
    return product;
  });
  unregisterKernel(BatchMatMul, 'wasm');
  registerKernel({ ...stock, kernelFunc });
}

type MatMulCall = WasmCall<'a' | 'b', BatchMatMulAttrs>;

/** Whether the tensor holds a single matrix: in batches the stock kernel is as fast. */
function isOneMatrix({ shape }: TensorInfo): boolean {
  return util.sizeFromShape(shape.slice(0, -2)) === 1;
}

function lastTwoSwapped({ shape }: TensorInfo): number[] {
  const axes = shape.map((_, axis) => axis);
  const rows = axes.length - 2;
  return [...axes.slice(0, rows), rows + 1, rows];
}
