/*!
 * The WebAssembly of networks contains parts of AssemblyScript's library (memory, exp, log), copyright its authors,
 * licensed under the Apache License 2.0 (http://www.apache.org/licenses/LICENSE-2.0).
 */
import bytes from './network-kernel.wasm';
import { startModule } from './web-assembly.ts';

/** What `kernel/index.ts` exports; every address is in bytes. */
interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer };
  allocate(bytes: number): number;
  release(address: number): void;
  multiply(
    a: number,
    rowStride: number,
    stepStride: number,
    b: number,
    c: number,
    rows: number,
    columns: number,
    steps: number,
    start: number,
  ): void;
  transpose(from: number, to: number, rows: number, columns: number): void;
  sumColumns(matrix: number, rows: number, columns: number, sums: number): void;
  relu(values: number, count: number): void;
  reluGradient(values: number, gradient: number, count: number): void;
  tanh(values: number, count: number): void;
  tanhGradient(values: number, gradient: number, count: number): void;
  add(values: number, to: number, count: number): void;
  copyRows(from: number, to: number, rows: number, columns: number, stride: number): void;
  lstm(
    gates: number,
    cellsBefore: number,
    cells: number,
    cellTanh: number,
    hidden: number,
    rows: number,
    units: number,
    hiddenStride: number,
  ): void;
  lstmGradient(
    gates: number,
    cellsBefore: number,
    cellTanh: number,
    hiddenGradient: number,
    cellGradient: number,
    sumsGradient: number,
    rows: number,
    units: number,
  ): void;
  normalise(values: number, to: number, scales: number, rows: number, columns: number): void;
  normaliseGradient(normal: number, scales: number, gradient: number, to: number, rows: number, columns: number): void;
  attention(
    seen: number,
    shares: number,
    mixed: number,
    room: number,
    batch: number,
    length: number,
    rows: number,
    heads: number,
    size: number,
    causal: boolean,
  ): void;
  attentionGradient(
    seen: number,
    shares: number,
    mixedGradient: number,
    seenGradient: number,
    room: number,
    batch: number,
    rows: number,
    heads: number,
    size: number,
    causal: boolean,
  ): void;
  embed: EmbeddingKernel;
  embedGradient: EmbeddingKernel;
  crossEntropy: LossKernel;
  squaredError: LossKernel;
  adam(
    parameters: number,
    gradient: number,
    first: number,
    second: number,
    count: number,
    rate: number,
    momentum: number,
    scale: number,
    secondBias: number,
    epsilon: number,
  ): void;
  sgd(parameters: number, gradient: number, velocity: number, count: number, rate: number, momentum: number): void;
}

/** `last`: what the vectors come to, or its gradient. */
type EmbeddingKernel = (
  tokens: number,
  vectors: number,
  positions: number,
  last: number,
  batch: number,
  length: number,
  rows: number,
  columns: number,
) => void;

type LossKernel = (
  outputs: number,
  targets: number,
  gradient: number,
  rows: number,
  columns: number,
  stride: number,
  meanRows: number,
) => number;

/** What one block of the allocator holds at most. */
const largestBlock = 2 ** 30 - 2 ** 10;

let started: Kernel | undefined;
let view = new Float32Array(0);

/** The arithmetic of networks, started when it is first needed: one instance and one memory for all networks. */
export function kernel(): Kernel {
  return (started ??= startModule(bytes) as Kernel);
}

/** The kernel's memory as floats: the number at an address lies at a quarter of it. Valid until the next allocation. */
export function floats(): Float32Array {
  const { buffer } = kernel().memory;
  // Memory that grows is another buffer.
  if (view.buffer !== buffer) view = new Float32Array(buffer);
  return view;
}

/**
 * @param network what errors call it.
 * @returns address of so many zeros.
 * @throws RangeError where there is not as much memory.
 */
export function allocateFloats(network: string, count: number): number {
  const size = 4 * count;
  try {
    // An address above two gigabytes comes as a negative number.
    if (size <= largestBlock) return kernel().allocate(size) >>> 0;
  } catch (error) {
    throw noMemory(network, size, error);
  }
  throw noMemory(network, size);
}

function noMemory(network: string, size: number, cause?: unknown): RangeError {
  return new RangeError(
    `${network}: there is no memory for another ${Math.ceil(size / 2 ** 20)} MB; ` +
      'one block holds at most 1,024 MB and all networks together 4,096 MB. Use a smaller network or batch, and dispose of networks that are done.',
    { cause },
  );
}
