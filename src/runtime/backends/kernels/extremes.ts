import {
  broadcast_util,
  ClipByValue,
  env,
  Maximum,
  Minimum,
  Relu6,
  util,
  type ClipByValueAttrs,
  type KernelBackend,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import bytes from '../../sdk/kernel/extremes.wasm';
import { startModule } from '../../sdk/web-assembly.ts';
import { addressOf, areFloats, replaceInPart, runWasmKernel, type WasmCall } from './wasm.ts';

/** `sdk/kernel/extremes.ts`; addresses in bytes. */
export interface Extremes {
  /** @returns not 0 where the number is among them. */
  readonly contains: (from: number, count: number, number: number) => number;
  readonly clip: (from: number, to: number, count: number, low: number, high: number) => void;
  readonly larger: OfPairs;
  readonly smaller: OfPairs;
}

type OfPairs = (from: number, other: number, otherIsOne: boolean, to: number, count: number) => void;

/** @returns `undefined` where there are no vector instructions, which all of it is made of. */
export function startExtremes(backend: KernelBackend): Extremes | undefined {
  if (!env().getBool('WASM_HAS_SIMD_SUPPORT')) return undefined;
  // What Emscripten's loader keeps of the engine's own module.
  const { memory } = (backend as unknown as { readonly wasm: { readonly asm: { readonly memory: object } } }).wasm.asm;
  return startModule(bytes, { env: { memory } }) as Extremes;
}

/**
 * Lets NaN through where the wasm backend's kernels give the bound, or whichever number came second: a loss that has diverged
 * looked well behind a `clipByValue`. Whole numbers stay with the kernels that were there.
 */
export function registerExtremes({ clip, larger, smaller }: Extremes): void {
  const clipped = ({ inputs: { x }, backend: wasm }: WasmCall<'x', unknown>, low: number, high: number) => {
    const output = wasm.makeOutput(x.shape, x.dtype);
    const [from, to] = [x, output].map((tensor) => addressOf(wasm, tensor)) as [number, number];
    clip(from, to, util.sizeFromShape(x.shape), low, high);
    return output;
  };
  replaceInPart(ClipByValue, (call: WasmCall<'x', ClipByValueAttrs>) => {
    const { clipValueMin, clipValueMax } = call.attrs;
    return areFloats(call) ? clipped(call, clipValueMin, clipValueMax) : undefined;
  });
  replaceInPart(Relu6, (call: WasmCall<'x', object>) => (areFloats(call) ? clipped(call, 0, 6) : undefined));
  for (const [name, choose] of [
    [Maximum, larger],
    [Minimum, smaller],
  ] as const) {
    replaceInPart(name, (call: WasmCall<'a' | 'b', object>) => (areFloats(call) ? ofPairs(choose, call) : undefined));
  }
}

function ofPairs(choose: OfPairs, { inputs: { a, b }, backend }: WasmCall<'a' | 'b', object>): TensorInfo {
  const shape = broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const count = util.sizeFromShape(shape);
  const [first, second] = util.sizeFromShape(a.shape) < util.sizeFromShape(b.shape) ? [b, a] : [a, b];
  const left = repeated(first, shape, backend);
  const blocks = blocksOf(second.shape, shape);
  const right = blocks === undefined ? repeated(second, shape, backend) : second;
  const { outer, length, inner } = blocks ?? { outer: 1, length: count, inner: 1 };
  const output = backend.makeOutput(shape, 'float32');
  const [from, other, to] = [left, right, output].map((tensor) => addressOf(backend, tensor)) as [number, number, number]; // prettier-ignore
  for (let i = 0; i < outer; i++) {
    const offset = 4 * i * length * inner;
    if (inner === 1) choose(from + offset, other, false, to + offset, length);
    for (let j = 0; inner > 1 && j < length; j++) {
      const at = offset + 4 * j * inner;
      choose(from + at, other + 4 * j, true, to + at, inner);
    }
  }
  for (const [own, given] of [[left, first], [right, second]] as const) if (own !== given) backend.disposeData(own.dataId); // prettier-ignore
  return output;
}

/** How a tensor is repeated to become one of `shape`: as a whole `outer` times, each number `inner` times; `undefined` where not so. */
function blocksOf(
  own: readonly number[],
  shape: readonly number[],
): { outer: number; length: number; inner: number } | undefined {
  const padded = [...new Array<number>(shape.length - own.length).fill(1), ...own];
  const first = padded.findIndex((length) => length !== 1);
  const last = padded.findLastIndex((length) => length !== 1);
  const product = (from: number, to: number) => util.sizeFromShape(shape.slice(from, to));
  if (first < 0) return { outer: 1, length: 1, inner: product(0, shape.length) };
  for (let axis = first; axis <= last; axis++) if (padded[axis] !== shape[axis]) return undefined;
  return { outer: product(0, first), length: product(first, last + 1), inner: product(last + 1, shape.length) };
}

/** The tensor with its axes of one element as long as those of `shape`. */
function repeated(x: TensorInfo, shape: readonly number[], backend: WasmCall<string, object>['backend']): TensorInfo {
  if (util.sizeFromShape(x.shape) === util.sizeFromShape([...shape])) return x;
  const padded = [...new Array<number>(shape.length - x.shape.length).fill(1), ...x.shape];
  const reps = padded.map((length, axis) => (length === 1 ? shape[axis]! : 1));
  return runWasmKernel('Tile', { inputs: { x: { ...x, shape: padded } }, backend, attrs: { reps } });
}
