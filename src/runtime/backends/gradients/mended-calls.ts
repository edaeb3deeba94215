import { slice_util, type NamedAttrMap, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import type { GradientHome } from './gradient-home.ts';

export type RunKernel = ReturnType<GradientHome['engine']>['runKernel'];

/**
 * Calls of kernels as every engine understands them. All operations call their kernels through the engine's `runKernel`,
 * and so do gradients, which are given the attributes of the call that was made: what is said here in another way is right
 * for both.
 */
export function withMendedCalls(run: RunKernel): RunKernel {
  return (name, inputs, attributes) => {
    switch (name) {
      case 'BatchMatMul':
        expectMatrices(inputs);
        return run(name, inputs, attributes);
      case 'Cumsum':
      case 'Cumprod':
        if (inputs.x!.rank === 0) return ofOneNumber(name, inputs, attributes, run) as never;
        // There `wasm` computed for ever.
        if (inputs.x!.size === 0) return run('Identity', inputs);
        return run(name, inputs, counted(inputs.x!, attributes));
      case 'DenseBincount':
        return (inRows(inputs, attributes, run) ?? run(name, inputs, attributes)) as never;
      case 'FloorDiv':
        return whole(run<Tensor>(name, inputs, attributes), run) as never;
      case 'GatherV2':
        return run(name, inputs, counted(inputs.x!, attributes));
      case 'FusedBatchNorm':
        return run(name, completed(inputs, run), attributes);
      case 'AvgPool':
      case 'MaxPool':
        expectWindows(inputs, attributes, 2);
        return run(name, inputs, roundedByPadding(inputs, attributes));
      case 'Conv2D':
      case 'DepthwiseConv2dNative':
      case 'FusedConv2D':
      case 'FusedDepthwiseConv2D':
        expectWindows(inputs, attributes, 2);
        return run(name, withoutRest(inputs, attributes, 2, run), roundedByPadding(inputs, attributes));
      case 'AvgPool3D':
      case 'Conv3D':
      case 'MaxPool3D':
        expectWindows(inputs, attributes, 3);
        return run(name, withoutRest(inputs, attributes, 3, run), attributes);
      case 'StridedSlice':
        return withoutDropping(inputs, attributes as unknown as StridedSlice, run) as never;
      default:
        return run(name, inputs, attributes);
    }
  };
}

/** Counts the axis from the front: sums along -1 came out empty on `cpu`, and `wasm` read beyond its memory. */
function counted({ rank }: Tensor, attributes: NamedAttrMap | undefined): NamedAttrMap {
  const { axis } = attributes as { axis: number };
  return axis < 0 ? { ...attributes, axis: axis + rank } : attributes!;
}

/** Whether a bin is filled was counted after all where the numbers are one row. */
function inRows(
  { x, weights }: NamedTensorMap,
  attributes: NamedAttrMap | undefined,
  run: RunKernel,
): Tensor | undefined {
  const { size, binaryOutput } = attributes as { size: number; binaryOutput?: boolean };
  if (x!.rank !== 1 || binaryOutput !== true) return undefined;
  const row = (tensor: Tensor): Tensor => run('Reshape', { x: tensor }, { shape: [1, tensor.size] });
  const inputs = { x: row(x!), weights: weights!.size === 0 ? weights! : row(weights!) };
  const filled: Tensor = run('DenseBincount', inputs, attributes);
  return run('Reshape', { x: filled }, { shape: [size] });
}

/** Some engines keep a quotient that was rounded down as floating point, by which a next division is another one. */
function whole(x: Tensor, run: RunKernel): Tensor {
  return x.dtype === 'int32' ? x : run('Cast', { x }, { dtype: 'int32' });
}

/** Of a vector some engines took the length for something else, and gave numbers. */
function expectMatrices({ a, b }: NamedTensorMap): void {
  if (a!.rank >= 2 && b!.rank >= 2) return;
  throw new Error(
    `matMul takes matrices, or batches of them, not tensors of shapes [${a!.shape.join(', ')}] and [${b!.shape.join(', ')}]. A vector is multiplied by tf.dot, or made a matrix by tf.expandDims.`,
  );
}

/** A number without an axis is a row of one. */
function ofOneNumber(
  name: string,
  { x }: NamedTensorMap,
  attributes: NamedAttrMap | undefined,
  run: RunKernel,
): Tensor {
  const row: Tensor = run('Reshape', { x: x! }, { shape: [1] });
  return run('Reshape', { x: run<Tensor>(name, { x: row }, { ...attributes, axis: 0 }) }, { shape: [] });
}

/** A batch normalisation may be called without scale and offset, and no gradient of it can do without them. */
function completed(inputs: NamedTensorMap, run: RunKernel): NamedTensorMap {
  if (inputs.scale !== undefined && inputs.offset !== undefined) return inputs;
  const filled = (value: number) => run<Tensor>('Fill', {}, { shape: inputs.mean!.shape, value, dtype: 'float32' });
  return { ...inputs, scale: inputs.scale ?? filled(1), offset: inputs.offset ?? filled(0) };
}

/** What a window is told that slides over images. */
interface Sliding {
  readonly filterSize?: number | number[];
  readonly strides: number | number[];
  readonly dilations?: number | number[] | null;
  readonly pad: number | 'same' | 'valid' | [before: number, after: number][];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly dataFormat?: string;
}

function isChannelsFirst(dataFormat: string | undefined): boolean {
  return dataFormat?.startsWith('NC') ?? false;
}

/** The value for each axis of something that may be given as one number for all. */
function eachOf(value: number | number[] | null | undefined, axes: number): number[] {
  return typeof value === 'object' && value !== null ? value : new Array<number>(axes).fill(value ?? 1);
}

/** Lengths of a window: of a filter, or as pooling is told. */
function windowOf(inputs: NamedTensorMap, { filterSize }: Sliding, axes: number): number[] {
  return inputs.filter?.shape.slice(0, axes) ?? eachOf(filterSize, axes);
}

/** Where no window fits into the images `wasm` wrote over the tensors of others, and `cpu` made tensors of fewer than no rows. */
function expectWindows(inputs: NamedTensorMap, attributes: NamedAttrMap | undefined, axes: number): void {
  const sliding = attributes as unknown as Sliding;
  const { pad, strides, dilations, dimRoundingMode, dataFormat } = sliding;
  if (pad === 'same') return;
  const first = isChannelsFirst(dataFormat) ? 2 : 1;
  const lengths = inputs.x!.shape.slice(first, first + axes);
  const window = windowOf(inputs, sliding, axes);
  const sides = lengths.map((_, i) =>
    pad === 'valid' ? [0, 0] : typeof pad === 'number' ? [pad, pad] : pad[first + i]!,
  );
  const dilated = eachOf(dilations, axes).map((dilation, i) => (window[i]! - 1) * dilation + 1);
  const fits = eachOf(strides, axes).every((stride, i) => {
    const [before, after] = sides[i]!;
    const room = lengths[i]! + before! + after! - dilated[i]!;
    // Rounded up a window may lie in the images in part.
    return lengths[i] === 0 || room >= 0 || (dimRoundingMode === 'ceil' && room > -stride);
  });
  if (fits) return;
  throw new RangeError(
    `No window of ${window.join(' × ')} fits into what is ${lengths.join(' × ')} large: pad it with 'same', or take a smaller window.`,
  );
}

/**
 * Says by how far images are padded what was said by how the number of windows is rounded, of which gradients are not told:
 * they were of other windows where it is not rounded down.
 */
function roundedByPadding(inputs: NamedTensorMap, attributes: NamedAttrMap | undefined): NamedAttrMap {
  const sliding = attributes as unknown as Sliding;
  const { dimRoundingMode = 'floor', pad, dataFormat } = sliding;
  if (dimRoundingMode === 'floor' || typeof pad === 'string' || isChannelsFirst(dataFormat)) return attributes!;
  const [window, strides, dilations] = [windowOf(inputs, sliding, 2), eachOf(sliding.strides, 2), eachOf(sliding.dilations, 2)]; // prettier-ignore
  const padding = window.map((length, i) => {
    const [before, after] = typeof pad === 'number' ? [pad, pad] : pad[i + 1]!;
    const reach = (length - 1) * dilations[i]! + 1;
    const size = inputs.x!.shape[i + 1]!;
    const last = Math[dimRoundingMode]((size + before + after - reach) / strides[i]!);
    return [before, Math.max(0, last * strides[i]! + reach - size - before)];
  });
  return asAttributes({ ...sliding, pad: [[0, 0], ...padding, [0, 0]], dimRoundingMode: 'floor' });
}

/**
 * Cuts off what no window reaches, where windows are shorter than their stride. In three dimensions the library shares out
 * what is left over as if it were a padding of less than nothing, so that no window begins with the first element; and the
 * convolutions of `wasm` do so where the images are padded along the other axis.
 */
function withoutRest(
  inputs: NamedTensorMap,
  attributes: NamedAttrMap | undefined,
  axes: 2 | 3,
  run: RunKernel,
): NamedTensorMap {
  const sliding = attributes as unknown as Sliding;
  if (sliding.pad !== 'same' || isChannelsFirst(sliding.dataFormat)) return inputs;
  const x = inputs.x!;
  const [window, strides, dilations] = [windowOf(inputs, sliding, axes), eachOf(sliding.strides, axes), eachOf(sliding.dilations, axes)]; // prettier-ignore
  const reached = window.map((length, i) => {
    const count = Math.ceil(x.shape[i + 1]! / strides[i]!);
    return (count - 1) * strides[i]! + (length - 1) * dilations[i]! + 1;
  });
  const isPadded = reached.some((length, i) => length > x.shape[i + 1]!);
  const hasRest = reached.some((length, i) => length < x.shape[i + 1]!);
  if (!hasRest || (axes === 2 && !isPadded)) return inputs;
  const size = x.shape.map((length, axis) => Math.min(length, reached[axis - 1] ?? length));
  const cut: Tensor = run('Slice', { x }, { begin: size.map(() => 0), size });
  return { ...inputs, x: cut };
}

interface StridedSlice {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

/**
 * Drops the axes of which a slice takes one element after the slice and not in it: where other axes have a stride, all
 * engines took the first axis' numbers for those of the first axis that is left.
 */
function withoutDropping(inputs: NamedTensorMap, attributes: StridedSlice, run: RunKernel): Tensor {
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes;
  if (shrinkAxisMask === 0) return run('StridedSlice', inputs, asAttributes(attributes));
  const x = inputs.x!;
  const { finalShape } = slice_util.sliceInfo(x.shape, begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask); // prettier-ignore
  const isDropped = (i: number) => (shrinkAxisMask & ~newAxisMask & ~ellipsisMask & (1 << i)) !== 0;
  const bits = begin.map((_, i) => (isDropped(i) ? 1 << i : 0)).reduce((all, bit) => all | bit, 0);
  // Behind the last element, -1, there is no 0 to end before.
  const last = begin.map((from, i) => (isDropped(i) && from === -1 ? 1 << i : 0)).reduce((all, bit) => all | bit, 0);
  const kept: StridedSlice = {
    begin,
    end: end.map((to, i) => (isDropped(i) ? begin[i]! + 1 : to)),
    strides: strides.map((stride, i) => (isDropped(i) ? 1 : stride)),
    beginMask: beginMask & ~bits,
    endMask: (endMask & ~bits) | last,
    ellipsisMask,
    newAxisMask,
    shrinkAxisMask: 0,
  };
  const slice: Tensor = run('StridedSlice', inputs, asAttributes(kept));
  return run('Reshape', { x: slice }, { shape: finalShape });
}

function asAttributes(attributes: object): NamedAttrMap {
  return attributes as NamedAttrMap;
}
