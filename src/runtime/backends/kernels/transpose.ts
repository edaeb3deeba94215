import { Transpose, util, type TransposeAttrs } from '@tensorflow/tfjs-core';
import type { TensorArithmetic } from './tensor-arithmetic.ts';
import { addressOf, replaceInPart, type WasmCall } from './wasm.ts';

/** Transposes that exchange two groups of neighbouring axes, as nearly all do. Others stay with the stock kernel. */
export function registerTranspose({ swapAxes }: TensorArithmetic): void {
  replaceInPart(Transpose, ({ inputs: { x }, backend, attrs }: WasmCall<'x', TransposeAttrs>) => {
    const swap = swapOf(x.shape, attrs.perm);
    if (swap === undefined || (x.dtype !== 'float32' && x.dtype !== 'int32')) return undefined;
    const shape = attrs.perm.map((axis) => x.shape[axis]!);
    const output = backend.makeOutput(shape, x.dtype);
    const { outer, rows, columns, inner } = swap;
    swapAxes(addressOf(backend, x), addressOf(backend, output), outer, rows, columns, 4 * inner);
    return output;
  });
}

/** @returns the shape as outer × rows × columns × inner, of which rows and columns are exchanged; `undefined` where nothing is, or more. */
function swapOf(shape: readonly number[], order: readonly number[]) {
  // Axes of one element may stand anywhere.
  const long = shape.flatMap((length, axis) => (length === 1 ? [] : [axis]));
  const places = order.filter((axis) => shape[axis] !== 1).map((axis) => long.indexOf(axis));
  const begin = places.findIndex((axis, i) => axis !== i);
  if (begin < 0) return undefined;
  const middle = places[begin]!;
  const end = places.findLastIndex((axis, i) => axis !== i) + 1;
  const isSwap = places.slice(begin, end).every((axis, i) => axis === begin + ((i + middle - begin) % (end - begin)));
  if (!isSwap) return undefined;
  const product = (from: number, to: number) => util.sizeFromShape(long.slice(from, to).map((axis) => shape[axis]!));
  return {
    outer: product(0, begin),
    rows: product(begin, middle),
    columns: product(middle, end),
    inner: product(end, long.length),
  };
}
