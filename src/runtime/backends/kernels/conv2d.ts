import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  backend_util,
  Conv2D,
  Conv2DBackpropFilter,
  type Conv2DAttrs,
  type Conv2DBackpropFilterAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { TensorArithmetic } from './tensor-arithmetic.ts';
import { addressOf, areFloats, replaceInPart, type WasmCall } from './wasm.ts';
import { makeWindows } from './windows.ts';

type Shape = [number, number, number, number];

/**
 * Convolutions, and their gradients by the filter, as products of matrices, one row for what a window sees. Channels first and
 * filters with gaps stay with the kernels that were there.
 */
export function registerConv2D({ convolve, filterGradient, productRoom }: TensorArithmetic): void {
  replaceInPart(Conv2D, (call: WasmCall<'x' | 'filter', Conv2DAttrs>) => {
    const {
      inputs: { x, filter },
      backend,
      attrs,
    } = call;
    if (!isPlain(attrs) || !areFloats(call)) return undefined;
    const info = infoOf(x, filter.shape as Shape, attrs);
    const size = sizeOfWindow(info);
    if (size === 0) return zeros(backend, info.outShape);
    const block = blockOf(size);
    return compute(backend, info, [block * size, productRoom(size) / 4], info.outShape, (windows, room, to) =>
      convolve(
        ...([addressOf(backend, x), addressOf(backend, filter), to, windows] as const),
        ...([info.batchSize, info.outChannels, block, room] as const),
      ),
    );
  });
  replaceInPart(Conv2DBackpropFilter, (call: WasmCall<'x' | 'dy', Conv2DBackpropFilterAttrs>) => {
    const {
      inputs: { x, dy },
      backend,
      attrs,
    } = call;
    if (!isPlain(attrs) || !areFloats(call)) return undefined;
    const info = infoOf(x, attrs.filterShape, attrs);
    const size = sizeOfWindow(info);
    if (size === 0) return zeros(backend, attrs.filterShape);
    const block = blockOf(size);
    return compute(
      backend,
      info,
      [block * size, size * info.outChannels, productRoom(block) / 4],
      attrs.filterShape,
      (windows, room, to) =>
        filterGradient(
          ...([addressOf(backend, x), addressOf(backend, dy), to, windows] as const),
          ...([info.batchSize, info.outChannels, block, room] as const),
        ),
    );
  });
}

type Attributes = Conv2DBackpropFilterAttrs | Conv2DAttrs;

function isPlain(attributes: Attributes): boolean {
  const dilations = 'dilations' in attributes ? [attributes.dilations].flat() : [];
  return attributes.dataFormat === 'NHWC' && dilations.every((dilation) => dilation === 1);
}

function infoOf(x: TensorInfo, filterShape: Shape, { strides, pad, dimRoundingMode }: Attributes) {
  return backend_util.computeConv2DInfo(x.shape as Shape, filterShape, strides, 1, pad, dimRoundingMode);
}

function sizeOfWindow({ filterHeight, filterWidth, inChannels }: backend_util.Conv2DInfo): number {
  return filterHeight * filterWidth * inChannels;
}

/** What comes of images without channels. */
function zeros(backend: BackendWasm, shape: number[]): TensorInfo {
  const output = backend.makeOutput(shape, 'float32');
  backend.typedArrayFromHeap(output).fill(0);
  return output;
}

/** How many windows of so many numbers go together: what they see should fit into the nearest cache, beside a part of the filter. */
function blockOf(size: number): number {
  return Math.max(32, 16 * Math.floor(256 / size));
}

/** @param room how many numbers are kept meanwhile */
function compute(
  backend: BackendWasm,
  info: backend_util.Conv2DInfo,
  room: readonly number[],
  shape: number[],
  fill: (windows: number, room: number, to: number) => void,
): TensorInfo {
  const output = backend.makeOutput(shape, 'float32');
  const free = backend.makeOutput([room.reduce((sum, length) => sum + length, 0)], 'float32');
  const windows = makeWindows(backend, info);
  fill(addressOf(backend, windows), addressOf(backend, free), addressOf(backend, output));
  for (const { dataId } of [free, windows]) backend.disposeData(dataId);
  return output;
}
