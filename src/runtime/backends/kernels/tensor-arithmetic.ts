import { env, type KernelBackend } from '@tensorflow/tfjs-core';
import bytes from '../../sdk/kernel/tensors.wasm';
import { startModule } from '../../sdk/web-assembly.ts';

type Address = number;

/** `sdk/kernel/tensors.ts`, in the memory of the wasm backend. */
export interface TensorArithmetic {
  readonly adamStep: (
    parameters: Address,
    gradient: Address,
    first: Address,
    second: Address,
    to: Address,
    count: number,
    rate: number,
    beta1: number,
    beta2: number,
    secondScale: number,
    epsilon: number,
  ) => void;
  readonly products: (
    a: Address,
    aNext: number,
    rowStride: number,
    stepStride: number,
    b: Address,
    bNext: number,
    bStepStride: number,
    columnStride: number,
    c: Address,
    count: number,
    rows: number,
    columns: number,
    steps: number,
    room: Address,
  ) => void;
  /** Of the room for a product or for products of so many steps, in bytes. */
  readonly productRoom: (steps: number) => number;
  readonly gatherRows: (from: Address, places: Address, to: Address, count: number, width: number) => void;
  readonly scatterRows: (
    from: Address,
    places: Address,
    to: Address,
    count: number,
    width: number,
    height: number,
  ) => void;
  readonly swapAxes: (from: Address, to: Address, outer: number, rows: number, columns: number, inner: number) => void;
  readonly convolve: Convolution;
  readonly filterGradient: Convolution;
  readonly combine: (
    operation: number,
    a: Address,
    aRow: number,
    aStep: number,
    b: Address,
    bRow: number,
    bStep: number,
    to: Address,
    rows: number,
    columns: number,
  ) => void;
  readonly sums: Blockwise;
  readonly spread: Blockwise;
  readonly reluSlopes: Slopes;
  readonly squareSlopes: Slopes;
  readonly softmaxRows: (values: Address, to: Address, rows: number, columns: number) => void;
  readonly softmaxSlopes: (gradient: Address, shares: Address, to: Address, rows: number, columns: number) => void;
  readonly maxPoolGradient: (images: Address, gradient: Address, to: Address, windows: Address, count: number) => void;
}

type Convolution = (
  images: Address,
  factor: Address,
  to: Address,
  windows: Address,
  count: number,
  filters: number,
  block: number,
  room: Address,
) => void;

type Blockwise = (from: Address, to: Address, outer: number, length: number, inner: number, divisor: number) => void;

type Slopes = (gradient: Address, x: Address, to: Address, count: number) => void;

/** @returns `undefined` where there are no vector instructions, which all of it is made of. */
export function startTensorArithmetic(backend: KernelBackend): TensorArithmetic | undefined {
  if (!env().getBool('WASM_HAS_SIMD_SUPPORT')) return undefined;
  return startModule(bytes, { env: { memory: memoryOf(backend) } }) as TensorArithmetic;
}

/** What Emscripten's loader keeps of the engine's own module. */
function memoryOf(backend: KernelBackend): object {
  return (backend as unknown as { readonly wasm: { readonly asm: { readonly memory: object } } }).wasm.asm.memory;
}
