import type { NamedAttrMap, NamedTensorMap } from '@tensorflow/tfjs-core';
import { checkSlice } from './slice.ts';

type Check = (inputs: NamedTensorMap, attributes: never) => void;

/**
 * Throws where an operation is asked for what is not there: beyond the end of an axis, fewer than no elements. `wasm` reads,
 * and writes, the memory beside its tensors then, and other engines leave the question out. Only shapes and attributes are
 * looked at, so that this costs next to nothing and holds on every engine; numbers that are positions are checked by
 * `kernels/checked-positions.ts`.
 */
export function checkArguments(name: string, inputs: NamedTensorMap, attributes: NamedAttrMap | undefined): void {
  checks.get(name)?.(inputs, attributes as never);
}

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['ArgMax', ({ x }, { axis }: OneAxis) => checkPosition('argMax', x!.shape, axis)],
  ['ArgMin', ({ x }, { axis }: OneAxis) => checkPosition('argMin', x!.shape, axis)],
  ['BatchToSpaceND', checkCrops],
  ['Cumprod', ({ x }, { axis }: OneAxis) => checkAxis('cumprod', x!.shape, axis)],
  ['Cumsum', ({ x }, { axis }: OneAxis) => checkAxis('cumsum', x!.shape, axis)],
  ['LinSpace', (_, { num }: { num: number }) => requireWhole('linspace', 'number of values', num, 1)],
  ['MirrorPad', (_, { paddings }: Padded) => checkPaddings('mirrorPad', paddings)],
  ['PadV2', (_, { paddings }: Padded) => checkPaddings('pad', paddings)],
  ['ResizeBilinear', ({ images }, { size }: Sized) => checkResize('image.resizeBilinear', images!.shape, size)],
  ['ResizeNearestNeighbor', ({ images }, { size }: Sized) => checkResize('image.resizeNearestNeighbor', images!.shape, size)], // prettier-ignore
  ['Slice', ({ x }, { begin, size }: { begin: number | number[]; size?: number | number[] }) => checkSlice(x!.shape, begin, size)], // prettier-ignore
  ['SpaceToBatchND', (_, { paddings }: Padded) => checkPaddings('spaceToBatchND', paddings)],
  ['Tile', (_, { reps }: { reps: number[] }) => reps.forEach((count) => requireWhole('tile', 'number of repetitions', count))], // prettier-ignore
  ['Transpose', ({ x }, { perm }: { perm: number[] }) => checkOrder(x!.shape, perm)],
  ['UnsortedSegmentSum', ({ x, segmentIds }, { numSegments }: { numSegments: number }) => checkSegments(x!.shape, segmentIds!.shape, numSegments)], // prettier-ignore
]);

interface OneAxis {
  readonly axis: number;
}

interface Padded {
  readonly paddings: readonly (readonly [before: number, after: number])[];
}

interface Sized {
  readonly size: readonly number[];
}

function requireWhole(operation: string, what: string, value: number, least = 0): void {
  if (!(Number.isInteger(value) && value >= least)) {
    throw new RangeError(
      `tf.${operation}: the ${what} is ${value}, and has to be a whole number of at least ${least}.`,
    );
  }
}

function checkAxis(operation: string, shape: readonly number[], axis: number): void {
  // A number is taken for a row of one.
  const rank = Math.max(1, shape.length);
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return;
  throw new RangeError(`tf.${operation}: a tensor of shape [${shape.join(', ')}] has no axis ${axis}.`);
}

/** Of no elements none is the largest. */
function checkPosition(operation: string, shape: readonly number[], axis: number): void {
  const own = axis < 0 ? axis + shape.length : axis;
  if (shape[own] !== 0 || shape.some((length, i) => i !== own && length === 0)) return;
  throw new RangeError(
    `tf.${operation}: a tensor of shape [${shape.join(', ')}] has no elements along axis ${own}, of which one could be found.`,
  );
}

function checkPaddings(operation: string, paddings: Padded['paddings']): void {
  for (const [axis, sides] of paddings.entries()) {
    for (const side of sides) requireWhole(operation, `padding along axis ${axis}`, side);
  }
}

interface Cropped {
  readonly blockShape: readonly number[];
  readonly crops: readonly (readonly [before: number, after: number])[];
}

function checkCrops({ x }: NamedTensorMap, { blockShape, crops }: Cropped): void {
  for (const [i, [before, after]] of crops.entries()) {
    for (const side of [before, after]) requireWhole('batchToSpaceND', `crop along axis ${i + 1}`, side);
    const length = (x!.shape[i + 1] ?? 0) * (blockShape[i] ?? 1);
    if (before + after <= length) continue;
    throw new RangeError(
      `tf.batchToSpaceND: ${before} + ${after} elements are to be cropped along axis ${i + 1}, which has ${length}.`,
    );
  }
}

function checkResize(operation: string, shape: readonly number[], size: readonly number[]): void {
  for (const length of size) requireWhole(operation, 'new size', length, 1);
  if (shape[1] !== 0 && shape[2] !== 0) return;
  throw new RangeError(`tf.${operation}: images of shape [${shape.join(', ')}] have nothing that could be resized.`);
}

function checkOrder(shape: readonly number[], perm: readonly number[]): void {
  if (perm.length === shape.length && new Set(perm).size === perm.length) return;
  throw new RangeError(
    `tf.transpose: [${perm.join(', ')}] does not name each axis of a tensor of shape [${shape.join(', ')}] once.`,
  );
}

function checkSegments(shape: readonly number[], ids: readonly number[], count: number): void {
  requireWhole('unsortedSegmentSum', 'number of segments', count);
  if (ids.every((length, axis) => length === shape[axis])) return;
  throw new RangeError(
    `tf.unsortedSegmentSum: segments of shape [${ids.join(', ')}] do not belong to the rows of a tensor of shape [${shape.join(', ')}].`,
  );
}
