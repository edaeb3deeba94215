import {
  AvgPool3DGrad,
  AvgPoolGrad,
  backend_util,
  MaxPool3DGrad,
  MaxPoolGrad,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { PlainKernel } from './plain.ts';

interface PoolAttributes {
  readonly filterSize: number | number[];
  readonly strides: number | number[];
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Windows over [batch, depth, height, width, channels]; in two dimensions the depth is 1. */
interface Windows {
  readonly batch: number;
  readonly channels: number;
  /** Depth, height, width of each: the image, the output, a window, its stride, and what pads the image before its first element. */
  readonly image: readonly number[];
  readonly output: readonly number[];
  readonly window: readonly number[];
  readonly stride: readonly number[];
  readonly before: readonly number[];
}

type PoolGradient = PlainKernel<'dy' | 'input', PoolAttributes>;

/** The gradient goes to the first maximum of each window. The stock loops are slow, and the one of `wasm` misses some windows. */
export const maxPoolGradients: readonly PoolGradient[] = [
  gradient(MaxPoolGrad, toFirstMaximum),
  gradient(MaxPool3DGrad, toFirstMaximum),
];

/** The gradient is shared by those elements of a window that lie inside of the image: the stock kernels count the others too. */
export const averagePoolGradients: readonly PoolGradient[] = [
  gradient(AvgPoolGrad, toAll),
  gradient(AvgPool3DGrad, toAll),
];

type Share = (window: Window, from: Float32Array, to: Float32Array, images: Float32Array) => void;

/** One window, cut off at the image's edges: ranges in depth, height and width, and where its numbers begin. */
interface Window {
  readonly ranges: readonly [low: number, high: number][];
  /** Number of values in a slice of depth, a row and a column of the image. */
  readonly step: readonly [depth: number, row: number, column: number];
  /** First channel of the image's first element, and of the window's output. */
  readonly image: number;
  readonly output: number;
  readonly channels: number;
}

function gradient(name: string, share: Share): PoolGradient {
  return {
    name,
    like: 'input',
    shape: ({ input }) => input.shape,
    compute(result, { dy, input }, attributes) {
      const windows = windowsOf(input.shape, attributes);
      eachWindow(windows, (window) =>
        share(window, dy.values as Float32Array, result as Float32Array, input.values as Float32Array),
      );
    },
  };
}

function toFirstMaximum(
  { ranges, step, image, output, channels }: Window,
  from: Float32Array,
  to: Float32Array,
  images: Float32Array,
): void {
  const [depths, rows, columns] = ranges as [[number, number], [number, number], [number, number]];
  for (let channel = 0; channel < channels; channel++) {
    let best = -1;
    for (let d = depths[0]; d < depths[1]; d++) {
      for (let y = rows[0]; y < rows[1]; y++) {
        let at = image + d * step[0] + y * step[1] + columns[0] * step[2] + channel;
        for (let x = columns[0]; x < columns[1]; x++, at += step[2]) {
          if (best < 0 || images[at]! > images[best]!) best = at;
        }
      }
    }
    if (best >= 0) to[best]! += from[output + channel]!;
  }
}

function toAll({ ranges, step, image, output, channels }: Window, from: Float32Array, to: Float32Array): void {
  const [depths, rows, columns] = ranges as [[number, number], [number, number], [number, number]];
  const count = (depths[1] - depths[0]) * (rows[1] - rows[0]) * (columns[1] - columns[0]);
  for (let d = depths[0]; d < depths[1]; d++) {
    for (let y = rows[0]; y < rows[1]; y++) {
      let at = image + d * step[0] + y * step[1] + columns[0] * step[2];
      for (let x = columns[0]; x < columns[1]; x++, at += step[2]) {
        for (let channel = 0; channel < channels; channel++) to[at + channel]! += from[output + channel]! / count;
      }
    }
  }
}

function windowsOf(
  shape: TensorInfo['shape'] | readonly number[],
  { filterSize, strides, pad, dimRoundingMode }: PoolAttributes,
): Windows {
  if (shape.length === 5) {
    const info = backend_util.computePool3DInfo(
      [...shape] as [number, number, number, number, number],
      filterSize as number,
      strides as number,
      1,
      pad,
      dimRoundingMode,
    );
    return {
      batch: info.batchSize,
      channels: info.inChannels,
      image: [info.inDepth, info.inHeight, info.inWidth],
      output: [info.outDepth, info.outHeight, info.outWidth],
      window: [info.filterDepth, info.filterHeight, info.filterWidth],
      stride: [info.strideDepth, info.strideHeight, info.strideWidth],
      before: [info.padInfo.front, info.padInfo.top, info.padInfo.left],
    };
  }
  const info = backend_util.computePool2DInfo(
    [...shape] as [number, number, number, number],
    filterSize as number,
    strides as number,
    1,
    pad,
    dimRoundingMode,
  );
  return {
    batch: info.batchSize,
    channels: info.inChannels,
    image: [1, info.inHeight, info.inWidth],
    output: [1, info.outHeight, info.outWidth],
    window: [1, info.filterHeight, info.filterWidth],
    stride: [1, info.strideHeight, info.strideWidth],
    before: [0, info.padInfo.top, info.padInfo.left],
  };
}

function eachWindow(
  { batch, channels, image, output, window, stride, before }: Windows,
  visit: (window: Window) => void,
): void {
  const [depth, height, width] = image as [number, number, number];
  const step = [height * width * channels, width * channels, channels] as const;
  const ranges = output.map((count, axis) =>
    Array.from({ length: count }, (_, i): [number, number] => {
      const low = i * stride[axis]! - before[axis]!;
      return [Math.max(0, low), Math.min(image[axis]!, low + window[axis]!)];
    }),
  );
  let at = 0;
  for (let b = 0; b < batch; b++) {
    for (const depths of ranges[0]!) {
      for (const rows of ranges[1]!) {
        for (const columns of ranges[2]!) {
          visit({ ranges: [depths, rows, columns], step, image: b * depth * step[0], output: at, channels });
          at += channels;
        }
      }
    }
  }
}
