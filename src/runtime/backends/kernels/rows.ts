import {
  GatherV2,
  UnsortedSegmentSum,
  util,
  type GatherV2Attrs,
  type UnsortedSegmentSumAttrs,
} from '@tensorflow/tfjs-core';
import { checkIndices, gatherLayout } from './gather.ts';
import type { TensorArithmetic } from './tensor-arithmetic.ts';
import { addressOf, replaceInPart, type WasmCall } from './wasm.ts';

/** Gathers of rows, as an embedding is one, and their gradient. Numbers of another size than four bytes stay with the loops. */
export function registerRows({ gatherRows, scatterRows }: TensorArithmetic): void {
  replaceInPart(GatherV2, ({ inputs: { x, indices }, backend, attrs }: WasmCall<'x' | 'indices', GatherV2Attrs>) => {
    const { batchSize, outerSize, dimSize, sliceSize, outputShape } = gatherLayout(x, indices, attrs);
    if (x.dtype !== 'float32' || indices.dtype !== 'int32' || batchSize * outerSize !== 1) return undefined;
    checkIndices(backend.typedArrayFromHeap(indices), dimSize);
    const output = backend.makeOutput(outputShape, 'float32');
    const [from, places, to] = [addressOf(backend, x), addressOf(backend, indices), addressOf(backend, output)];
    gatherRows(from, places, to, util.sizeFromShape(indices.shape), 4 * sliceSize);
    return output;
  });
  replaceInPart(UnsortedSegmentSum, (call: WasmCall<'x' | 'segmentIds', UnsortedSegmentSumAttrs>) => {
    const { backend, attrs } = call;
    const { x, segmentIds } = call.inputs;
    if (x.dtype !== 'float32' || segmentIds.dtype !== 'int32') return undefined;
    const row = x.shape.slice(segmentIds.shape.length);
    const output = backend.makeOutput([attrs.numSegments, ...row], 'float32');
    const [from, places, to] = [addressOf(backend, x), addressOf(backend, segmentIds), addressOf(backend, output)];
    const count = util.sizeFromShape(segmentIds.shape);
    scatterRows(from, places, to, count, 4 * util.sizeFromShape(row), attrs.numSegments);
    return output;
  });
}
