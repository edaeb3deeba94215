import {
  BatchMatMul,
  env,
  getKernel,
  util,
  type BatchMatMulAttrs,
  type KernelBackend,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import bytes from '../../sdk/kernel/product.wasm';
import { startModule } from '../../sdk/web-assembly.ts';
import { replaceKernel } from './plain.ts';
import { productShape } from './product-shape.ts';
import { wasmKernel, type WasmCall } from './wasm.ts';

/** `sdk/kernel/product.ts`; addresses and strides in bytes. */
interface Products {
  product(
    a: number,
    rowStride: number,
    stepStride: number,
    b: number,
    bStepStride: number,
    columnStride: number,
    c: number,
    rows: number,
    columns: number,
    steps: number,
    room: number,
  ): void;
  productRoom(steps: number): number;
}

/**
 * Replaces the wasm backend's matrix product by one of our own over the same memory. The stock kernel sets up an operation
 * for every matrix of a batch, which takes longer than small products themselves, and is slow where a factor is transposed,
 * as one is in every gradient of a product. Without vector instructions the stock kernel stays.
 */
export function registerBatchMatMul(backend: KernelBackend): void {
  if (!env().getBool('WASM_HAS_SIMD_SUPPORT')) return;
  const stock = getKernel(BatchMatMul, 'wasm');
  // What Emscripten's loader keeps of the engine's own module.
  const { memory } = (backend as unknown as { readonly wasm: { readonly asm: { readonly memory: object } } }).wasm.asm;
  const products = startModule(bytes, { env: { memory } }) as Products;
  replaceKernel(
    BatchMatMul,
    'wasm',
    wasmKernel((call: WasmCall<'a' | 'b', BatchMatMulAttrs>) => {
      const { a, b } = call.inputs;
      // It says what is wrong with them.
      if (a.dtype !== 'float32' || b.dtype !== 'float32') {
        return stock.kernelFunc(call as unknown as Parameters<KernelFunc>[0]) as TensorInfo;
      }
      return multiply(products, call);
    }),
  );
}

function multiply(
  products: Products,
  { inputs: { a, b }, backend, attrs }: WasmCall<'a' | 'b', BatchMatMulAttrs>,
): TensorInfo {
  const { batch: outer, rows, steps, columns } = productShape(a, b, attrs);
  const output = backend.makeOutput([...outer, rows, columns], 'float32');
  const room = backend.makeOutput([products.productRoom(steps) / 4], 'float32');
  const addressOf = ({ dataId }: TensorInfo) => backend.dataIdMap.get(dataId).memoryOffset;
  const [from, other, to, free] = [a, b, output, room].map(addressOf) as [number, number, number, number];
  const [rowStride, stepStride] = attrs.transposeA ? [4, 4 * rows] : [4 * steps, 4];
  const [bStepStride, columnStride] = attrs.transposeB ? [4, 4 * steps] : [4 * columns, 4];
  // A factor with a single matrix serves the whole batch; both with batches of different shapes go to another kernel.
  const aNext = util.sizeFromShape(a.shape.slice(0, -2)) === 1 ? 0 : 4 * rows * steps;
  const bNext = util.sizeFromShape(b.shape.slice(0, -2)) === 1 ? 0 : 4 * steps * columns;
  const batch = util.sizeFromShape(outer);
  for (let i = 0; i < batch; i++) {
    products.product(
      ...([from + i * aNext, rowStride, stepStride, other + i * bNext, bStepStride, columnStride] as const),
      ...([to + 4 * i * rows * columns, rows, columns, steps, free] as const),
    );
  }
  backend.disposeData(room.dataId);
  return output;
}
