import { Mean, Sum, util, type MeanAttrs, type SumAttrs } from '@tensorflow/tfjs-core';
import { addressOf, registerWasmKernel, replaceInPart, areFloats, type WasmCall } from './wasm.ts';
import type { TensorArithmetic } from './tensor-arithmetic.ts';

export interface SpreadAttributes {
  /** Of the output; the input has the same size without the axes. */
  readonly shape: readonly number[];
  /** Along which the numbers are repeated: neighbours. */
  readonly axes: readonly number[];
  readonly divisor: number;
}

/** What the gradients of sums and means are: numbers repeated along axes. */
export const spreadName = 'MarginaliaSpread';

/** Sums and means along neighbouring axes, and their gradient in one kernel. Along others they stay with the stock kernels. */
export function registerReductions({ sums, spread }: TensorArithmetic): void {
  for (const name of [Sum, Mean]) {
    replaceInPart(name, (call: WasmCall<'x', MeanAttrs | SumAttrs>) => {
      const { backend, attrs } = call;
      const { x } = call.inputs;
      const axes = util.parseAxisParam(attrs.axis, x.shape);
      const blocks = blocksOf(x.shape, axes);
      if (!areFloats(call) || blocks === undefined || util.sizeFromShape(x.shape) === 0) return undefined;
      const shape = attrs.keepDims
        ? x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length))
        : x.shape.filter((_, axis) => !axes.includes(axis));
      const output = backend.makeOutput(shape, 'float32');
      const { outer, length, inner } = blocks;
      sums(addressOf(backend, x), addressOf(backend, output), outer, length, inner, name === Mean ? length : 1);
      return output;
    });
  }
  registerWasmKernel(spreadName, ({ inputs: { x }, backend, attrs }: WasmCall<'x', SpreadAttributes>) => {
    const { outer, length, inner } = blocksOf(attrs.shape, attrs.axes)!;
    const output = backend.makeOutput([...attrs.shape], 'float32');
    spread(addressOf(backend, x), addressOf(backend, output), outer, length, inner, attrs.divisor);
    return output;
  });
}

/** A shape as outer × length × inner, where `length` is that of all the axes; `undefined` where others lie between them. */
export function blocksOf(
  shape: readonly number[],
  axes: readonly number[],
): { outer: number; length: number; inner: number } | undefined {
  const long = axes.filter((axis) => shape[axis] !== 1);
  const first = Math.min(...long, shape.length);
  const last = Math.max(...long, first - 1);
  const product = (from: number, to: number) => util.sizeFromShape(shape.slice(from, to));
  for (let axis = first; axis <= last; axis++) if (shape[axis] !== 1 && !axes.includes(axis)) return undefined;
  return { outer: product(0, first), length: product(first, last + 1), inner: product(last + 1, shape.length) };
}
