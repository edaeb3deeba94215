import { BatchMatMul, util, type BatchMatMulAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import { productShape } from './product-shape.ts';
import type { TensorArithmetic } from './tensor-arithmetic.ts';
import { addressOf, areFloats, replaceInPart, type WasmCall } from './wasm.ts';

/**
 * Replaces the wasm backend's matrix product by one of our own over the same memory. The stock kernel sets up an operation
 * for every matrix of a batch, which takes longer than small products themselves, and is slow where a factor is transposed,
 * as one is in every gradient of a product. It stays for other numbers than floats, to say what is wrong with them.
 */
export function registerBatchMatMul(arithmetic: TensorArithmetic): void {
  replaceInPart(BatchMatMul, (call: WasmCall<'a' | 'b', BatchMatMulAttrs>) =>
    areFloats(call) ? multiply(arithmetic, call) : undefined,
  );
}

function multiply(
  { products, productRoom }: TensorArithmetic,
  { inputs: { a, b }, backend, attrs }: WasmCall<'a' | 'b', BatchMatMulAttrs>,
): TensorInfo {
  const { batch: outer, rows, steps, columns } = productShape(a, b, attrs);
  const output = backend.makeOutput([...outer, rows, columns], 'float32');
  const room = backend.makeOutput([productRoom(steps) / 4], 'float32');
  const [from, other, to, free] = [a, b, output, room].map((own) => addressOf(backend, own)) as Four;
  const [rowStride, stepStride] = attrs.transposeA ? [4, 4 * rows] : [4 * steps, 4];
  const [bStepStride, columnStride] = attrs.transposeB ? [4, 4 * steps] : [4 * columns, 4];
  // A factor with a single matrix serves the whole batch; both with batches of different shapes go to another kernel.
  const aNext = util.sizeFromShape(a.shape.slice(0, -2)) === 1 ? 0 : 4 * rows * steps;
  const bNext = util.sizeFromShape(b.shape.slice(0, -2)) === 1 ? 0 : 4 * steps * columns;
  products(
    ...([from, aNext, rowStride, stepStride, other, bNext, bStepStride, columnStride] as const),
    ...([to, util.sizeFromShape(outer), rows, columns, steps, free] as const),
  );
  backend.disposeData(room.dataId);
  return output;
}

type Four = [number, number, number, number];
