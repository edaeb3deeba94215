import { backend_util, slice_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { chain, kernelOf, mend, seenAs, type Backend } from './kernel-calls.ts';

/** Of so many axes the engine's programs can count the positions; more they keep in a structure that has no index. */
export const countable = 4;

/**
 * Tensors of five and six axes. Some kernels refuse them, or read them, which cannot be done at once here. The programs of
 * others do not compile, and their results are whatever lay in the memory. All of them are right for few axes, so the tensor
 * is shown to them with its axes put together: one axis that is worked on, between all before it and all behind it.
 */
export function registerManyAxes(): void {
  mend('PadV2', (pad) => (inputs, backend, attributes: { paddings: [number, number][]; constantValue: number }) => {
    const { paddings, constantValue } = attributes;
    if (inputs.x!.shape.length <= countable) return pad(inputs, backend, attributes);
    const padded = paddings.flatMap(([before, after], axis) => (before + after > 0 ? [axis] : []));
    return eachAxis(inputs.x!, padded, backend, (x, axis) =>
      pad({ x }, backend, { paddings: between([0, 0], paddings[axis]!), constantValue }),
    );
  });
  mend('MirrorPad', (pad) => (inputs, backend, attributes: { paddings: [number, number][] }) => {
    const { paddings } = attributes;
    if (inputs.x!.shape.length <= countable) return pad(inputs, backend, attributes);
    const padded = paddings.flatMap(([before, after], axis) => (before + after > 0 ? [axis] : []));
    return eachAxis(inputs.x!, padded, backend, (x, axis) =>
      pad({ x }, backend, { ...attributes, paddings: between([0, 0], paddings[axis]!) }),
    );
  });
  mend('Reverse', (reverse) => (inputs, backend, attributes: { dims: number[] }) => {
    const x = inputs.x!;
    if (x.shape.length <= countable) return reverse(inputs, backend, attributes);
    const reversed = util.parseAxisParam(attributes.dims, x.shape);
    return eachAxis(x, reversed, backend, (view) => reverse({ x: view }, backend, { dims: [1] }));
  });
  mend('Tile', (tile) => (inputs, backend, attributes: { reps: number[] }) => {
    const x = inputs.x!;
    const { reps } = attributes;
    if (x.shape.length <= countable) return tile(inputs, backend, attributes);
    const repeated = reps.flatMap((times, axis) => (times === 1 ? [] : [axis]));
    return eachAxis(x, repeated, backend, (view, axis) =>
      tile({ x: view }, backend, { reps: between(1, reps[axis]!) }),
    );
  });
  for (const name of ['Cumsum', 'Cumprod']) {
    mend(name, (cumulative) => (inputs, backend, attributes: { axis: number }) => {
      const x = inputs.x!;
      if (x.shape.length <= countable) return cumulative(inputs, backend, attributes);
      return eachAxis(x, [attributes.axis], backend, (view) =>
        cumulative({ x: view }, backend, { ...attributes, axis: 1 }),
      );
    });
  }
  // Both sides and the condition have one shape: where they have not, the operation has repeated them before.
  mend('Select', (select) => ({ condition, t, e }, backend) => {
    const { shape } = t!;
    if (shape.length <= countable) return select({ condition: condition!, t: t!, e: e! }, backend);
    const flat = (x: TensorInfo) => seenAs(x, [util.sizeFromShape(shape)]);
    return seenAs(select({ condition: flat(condition!), t: flat(t!), e: flat(e!) }, backend), shape);
  });
  registerStridedSlice();
  registerBlocks();
  for (const name of ofTwo) registerVectors(name);
}

interface StridedSlice {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
}

function registerStridedSlice(): void {
  mend('StridedSlice', (slice) => (inputs, backend, attributes: StridedSlice) => {
    const x = inputs.x!;
    if (x.shape.length <= countable) return slice(inputs, backend, attributes);
    const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask } = attributes;
    const info = slice_util.sliceInfo(x.shape, begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, 0);
    const cut = x.shape.flatMap((length, axis) =>
      info.begin[axis] === 0 && info.end[axis] === length && info.strides[axis] === 1 ? [] : [axis],
    );
    const result = eachAxis(x, cut, backend, (view, axis) => {
      const last = info.end[axis]!;
      return slice({ x: view }, backend, {
        begin: between(0, info.begin[axis]!),
        end: between(0, last),
        strides: between(1, info.strides[axis]!),
        // All of the axes before and behind; and backwards up to the first element, which no number says.
        beginMask: 0b101,
        endMask: last < 0 ? 0b111 : 0b101,
        ellipsisMask: 0,
        newAxisMask: 0,
        shrinkAxisMask: 0,
      });
    });
    return seenAs(result, info.finalShape);
  });
}

/** Takes blocks apart, or puts them together, one axis after the other. */
function registerBlocks(): void {
  mend('SpaceToBatchND', (apart) => (inputs, backend, attributes: { blockShape: number[]; paddings: number[][] }) => {
    const x = inputs.x!;
    if (x.shape.length <= countable) return apart(inputs, backend, attributes);
    const steps = attributes.blockShape.map((block, i) => (tensor: TensorInfo) => {
      const [batch, ...shape] = tensor.shape as [number, ...number[]];
      const view = seenAs(tensor, [batch, ...around(shape, i)]);
      const paddings = [[0, 0], attributes.paddings[i]!];
      const result = apart({ x: view }, backend, { blockShape: [1, block], paddings });
      return seenAs(result, [batch * block, ...shape.with(i, result.shape[2]!)]);
    });
    return chain(x, backend, steps.reverse());
  });
  mend('BatchToSpaceND', (together) => (inputs, backend, attributes: { blockShape: number[]; crops: number[][] }) => {
    const x = inputs.x!;
    if (x.shape.length <= countable) return together(inputs, backend, attributes);
    const steps = attributes.blockShape.map((block, i) => (tensor: TensorInfo) => {
      const [batch, ...shape] = tensor.shape as [number, ...number[]];
      const view = seenAs(tensor, [batch, ...around(shape, i)]);
      const crops = [[0, 0], attributes.crops[i]!];
      const result = together({ x: view }, backend, { blockShape: [1, block], crops });
      return seenAs(result, [batch / block, ...shape.with(i, result.shape[2]!)]);
    });
    return chain(x, backend, steps);
  });
}

/** Kernels of two tensors, element by element. */
const ofTwo = [
  'Add',
  'Atan2',
  'Equal',
  'FloorDiv',
  'Greater',
  'GreaterEqual',
  'Less',
  'LessEqual',
  'LogicalAnd',
  'LogicalOr',
  'Maximum',
  'Minimum',
  'Mod',
  'Multiply',
  'NotEqual',
  'Pow',
  'Prelu',
  'RealDiv',
  'SquaredDifference',
  'Sub',
];

/** One of the two is a vector, like the biases of a convolution in three dimensions: the other one is seen as its rows. */
function registerVectors(name: string): void {
  mend(name, (compute) => (inputs, backend, attributes) => {
    const [[first, a], [second, b]] = Object.entries(inputs) as [[string, TensorInfo], [string, TensorInfo]];
    const [fewer, more] = [a.shape.length, b.shape.length].sort((x, y) => x - y) as [number, number];
    if (fewer !== 1 || more <= countable) return compute(inputs, backend, attributes);
    const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
    return seenAs(compute({ [first]: rows(a), [second]: rows(b) }, backend, attributes), shape);
  });
}

function rows(x: TensorInfo): TensorInfo {
  if (x.shape.length === 1) return x;
  return seenAs(x, [util.sizeFromShape(x.shape.slice(0, -1)), x.shape.at(-1)!]);
}

/** Works on one axis after the other. Each is shown as the second of three. */
export function eachAxis(
  x: TensorInfo,
  axes: readonly number[],
  backend: Backend,
  work: (view: TensorInfo, axis: number) => TensorInfo,
): TensorInfo {
  if (axes.length === 0) return kernelOf('Identity')({ x }, backend);
  const steps = axes.map((axis) => (tensor: TensorInfo) => {
    const result = work(seenAs(tensor, around(tensor.shape, axis)), axis);
    return seenAs(result, tensor.shape.with(axis, result.shape[1]!));
  });
  return chain(x, backend, steps);
}

/** All axes before one as one, that one, and all behind it. */
function around(shape: readonly number[], axis: number): [before: number, length: number, after: number] {
  return [util.sizeFromShape(shape.slice(0, axis)), shape[axis]!, util.sizeFromShape(shape.slice(axis + 1))];
}

function between<T>(outer: T, own: T): [T, T, T] {
  return [outer, own, outer];
}
