import { backend_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { chain, kernelOf, mend, seenAs } from './kernel-calls.ts';

/** Puts right what the engine gets wrong with whole numbers and truth values. */
export function registerWholeNumbers(): void {
  for (const name of ['Cumprod', 'Cumsum', 'Max', 'Min', 'Prod', 'Sum']) registerTurned(name, turnsForAxis);
  for (const name of ['ArgMax', 'ArgMin', 'Mean']) registerTurned(name, turnsForAxis, 'of its own type');
  registerTurned('Transpose', ({ shape }) => shape.length > 2);
  registerTurned('UnsortedSegmentSum', () => true);
  for (const [name, extreme] of [
    ['All', 'Min'],
    ['Any', 'Max'],
  ] as const) {
    mend(name, (registered) => (inputs, backend, attributes: Axes) => {
      const x = inputs.x!;
      if (!turnsForAxis(x, attributes)) return registered(inputs, backend, attributes);
      const reductionIndices = attributes.axis;
      return chain(x, backend, [
        (truths) => kernelOf('Cast')({ x: truths }, backend, { dtype: 'float32' }),
        (ones) => kernelOf(extreme)({ x: ones }, backend, { ...attributes, reductionIndices }),
        (result) => kernelOf('Cast')({ x: result }, backend, { dtype: 'bool' }),
      ]);
    });
  }
  // Of one axis there was one left.
  for (const name of ['ArgMax', 'ArgMin']) {
    mend(name, (registered) => (inputs, backend, attributes: object) => {
      const position = registered(inputs, backend, attributes);
      return inputs.x!.shape.length === 1 ? seenAs(position, []) : position;
    });
  }
  // Bits of floating point were added up.
  for (const name of ['Bincount', 'DenseBincount']) {
    mend(name, (count) => (inputs, backend, attributes: object) => {
      const { x, weights } = inputs as { x: TensorInfo; weights: TensorInfo };
      if (weights.dtype === 'float32' || weights.shape.includes(0)) return count(inputs, backend, attributes);
      const floats = kernelOf('Cast')({ x: weights }, backend, { dtype: 'float32' });
      const counts = chain(floats, backend, [
        (own) => count({ x, weights: own }, backend, attributes),
        (own) => kernelOf('Cast')({ x: own }, backend, { dtype: weights.dtype }),
      ]);
      backend.disposeData(floats.dataId);
      return counts;
    });
  }
  // Powers are computed as logarithms and cut off: 5 squared was 24.
  mend('Pow', (pow) => ({ a, b }, backend) => {
    if (a!.dtype !== 'int32' || b!.dtype !== 'int32') return pow({ a: a!, b: b! }, backend);
    const base = kernelOf('Cast')({ x: a! }, backend, { dtype: 'float32' });
    const power = chain(base, backend, [
      (x) => pow({ a: x, b: b! }, backend),
      (x) => kernelOf('Round')({ x }, backend),
      (x) => kernelOf('Cast')({ x }, backend, { dtype: 'int32' }),
    ]);
    backend.disposeData(base.dataId);
    return power;
  });
  // A bin that is filled is no sum, which the program is not written for.
  mend('DenseBincount', (count) => (inputs, backend, attributes: { size: number; binaryOutput?: boolean }) => {
    if (attributes.binaryOutput !== true) return count(inputs, backend, attributes);
    const { dtype } = inputs.weights!;
    const none = backend.makeTensorInfo([0], dtype, new Float32Array(0));
    const one = backend.makeTensorInfo([], dtype, Float32Array.of(1));
    const counts = count({ x: inputs.x!, weights: none }, backend, { ...attributes, binaryOutput: false });
    const result = kernelOf('Minimum')({ a: counts, b: one }, backend);
    for (const { dataId } of [none, one, counts]) backend.disposeData(dataId);
    return result;
  });
}

interface Axes {
  readonly axis?: number | number[];
  readonly reductionIndices?: number | number[];
}

/** Whether the engine brings the axis to the end first, by turning the tensor. */
function turnsForAxis({ shape }: TensorInfo, { reductionIndices, axis }: Axes): boolean {
  const axes = util.parseAxisParam(reductionIndices ?? axis ?? shape.map((_, i) => i), [...shape]);
  return backend_util.getAxesPermutation(axes, shape.length) !== null;
}

/**
 * The program that turns a tensor of more than two axes compiles for floating point only. So whole numbers and truth values
 * become such on the way, which is exact up to 16 million.
 */
function registerTurned(
  name: string,
  turns: (x: TensorInfo, attributes: Axes) => boolean,
  result?: 'of its own type',
): void {
  mend(name, (registered) => (inputs, backend, attributes: Axes) => {
    const x = inputs.x!;
    const { dtype } = x;
    if ((dtype !== 'int32' && dtype !== 'bool') || !turns(x, attributes))
      return registered(inputs, backend, attributes);
    const floats = kernelOf('Cast')({ x }, backend, { dtype: 'float32' });
    const computed = registered({ ...inputs, x: floats }, backend, attributes);
    backend.disposeData(floats.dataId);
    if (result === 'of its own type') return computed;
    const whole = kernelOf('Cast')({ x: computed }, backend, { dtype });
    backend.disposeData(computed.dataId);
    return whole;
  });
}
