import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { kernelOf, mend, seenAs, type Backend } from './kernel-calls.ts';

interface Pool {
  readonly filterSize: number | number[];
  readonly strides: number | number[];
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Puts gradients of pooling right that the engine gets wrong without a word. */
export function registerPoolingGradients(): void {
  mend('AvgPoolGrad', (share) => ({ dy, input }, backend, attributes: Pool) => {
    const { filterSize, strides, pad, dimRoundingMode } = attributes;
    const shape = input!.shape as [number, number, number, number];
    const info = backend_util.computePool2DInfo(
      shape,
      filterSize as number,
      strides as number,
      1,
      pad,
      dimRoundingMode,
    );
    const weights = [
      axisWeights(info.outHeight, info.strideHeight, info.filterHeight, info.padInfo.top, info.inHeight),
      axisWeights(info.outWidth, info.strideWidth, info.filterWidth, info.padInfo.left, info.inWidth),
    ];
    return weighted(dy!, weights, backend, (gradient) => share({ dy: gradient, input: input! }, backend, attributes));
  });
  mend('AvgPool3DGrad', (share) => ({ dy, input }, backend, attributes: Pool) => {
    const info = info3d(input!, attributes);
    const weights = [
      axisWeights(info.outDepth, info.strideDepth, info.filterDepth, info.padInfo.front, info.inDepth),
      axisWeights(info.outHeight, info.strideHeight, info.filterHeight, info.padInfo.top, info.inHeight),
      axisWeights(info.outWidth, info.strideWidth, info.filterWidth, info.padInfo.left, info.inWidth),
    ];
    return weighted(dy!, weights, backend, (gradient) => share({ dy: gradient, input: input! }, backend, attributes));
  });
  mend('MaxPool3DGrad', (toMaxima) => (inputs, backend, attributes: Pool) => {
    const info = info3d(inputs.input!, attributes);
    if (info.filterHeight === info.filterWidth) return toMaxima(inputs, backend, attributes);
    return maxPool3dGradient(inputs.dy!, inputs.input!, info, backend);
  });
}

function info3d({ shape }: TensorInfo, { filterSize, strides, pad, dimRoundingMode }: Pool): backend_util.Conv3DInfo {
  return backend_util.computePool3DInfo(
    shape as [number, number, number, number, number],
    filterSize as number,
    strides as number,
    1,
    pad,
    dimRoundingMode,
  );
}

/** For each window along an axis: how many times its elements inside of the image all its elements are. */
function axisWeights(count: number, stride: number, length: number, before: number, imageLength: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const low = i * stride - before;
    const inside = Math.min(imageLength, low + length) - Math.max(0, low);
    return inside <= 0 ? 0 : length / inside;
  });
}

/**
 * A window that reaches beyond the edge has the mean of those elements that lie inside, but the engine gives each of them only
 * the share that it would have in a whole window. What makes up for that, along each axis, the gradient is multiplied with.
 */
function weighted(
  dy: TensorInfo,
  weights: readonly number[][],
  backend: Backend,
  share: (gradient: TensorInfo) => TensorInfo,
): TensorInfo {
  if (weights.flat().every((weight) => weight === 1)) return share(dy);
  const products = weights.reduce((outer, inner) => outer.flatMap((x) => inner.map((y) => x * y)));
  const factors = backend.makeTensorInfo([1, ...dy.shape.slice(1, -1), 1], 'float32', Float32Array.from(products));
  const gradient = kernelOf('Multiply')({ a: dy, b: factors }, backend);
  const result = share(gradient);
  for (const { dataId } of [factors, gradient]) backend.disposeData(dataId);
  return result;
}

/**
 * The engine takes the height of a window for its width too where it looks up which element was the largest. The largest of a
 * window is that of its slices' largest ones: the gradient goes to the slices first and then inside of them, both times in
 * two dimensions.
 */
function maxPool3dGradient(
  dy: TensorInfo,
  input: TensorInfo,
  info: backend_util.Conv3DInfo,
  backend: Backend,
): TensorInfo {
  const { batchSize, inChannels, inDepth, inHeight, inWidth, outDepth, outHeight, outWidth, padInfo } = info;
  const inSlices = {
    filterSize: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    pad: [[0, 0], [padInfo.top, padInfo.bottom], [padInfo.left, padInfo.right], [0, 0]], // prettier-ignore
  };
  const overSlices = {
    filterSize: [info.filterDepth, 1],
    strides: [info.strideDepth, 1],
    pad: [[0, 0], [padInfo.front, padInfo.back], [0, 0], [0, 0]], // prettier-ignore
  };
  const images = seenAs(input, [batchSize * inDepth, inHeight, inWidth, inChannels]);
  const largest = kernelOf('MaxPool')({ x: images }, backend, inSlices);
  const toSlices = kernelOf('MaxPoolGrad')(
    {
      dy: seenAs(dy, [batchSize, outDepth, outHeight * outWidth, inChannels]),
      input: seenAs(largest, [batchSize, inDepth, outHeight * outWidth, inChannels]),
      output: dy,
    },
    backend,
    overSlices,
  );
  const gradient = seenAs(toSlices, largest.shape);
  const result = kernelOf('MaxPoolGrad')({ dy: gradient, input: images, output: largest }, backend, inSlices);
  for (const { dataId } of [largest, toSlices]) backend.disposeData(dataId);
  return seenAs(result, input.shape);
}
