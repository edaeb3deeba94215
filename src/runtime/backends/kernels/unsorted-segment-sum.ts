import { registerKernel, UnsortedSegmentSum, util, type UnsortedSegmentSumAttrs } from '@tensorflow/tfjs-core';
import { wasmKernel, type WasmCall } from './wasm.ts';

/** The kernel that the gradient of a gather (an embedding) needs and the wasm backend lacks: row i is added to the segment `segmentIds[i]`. */
export function registerUnsortedSegmentSum(): void {
  registerKernel({ kernelName: UnsortedSegmentSum, backendName: 'wasm', kernelFunc: unsortedSegmentSum });
}

type SegmentSumCall = WasmCall<'x' | 'segmentIds', UnsortedSegmentSumAttrs>;

const unsortedSegmentSum = wasmKernel(({ inputs, backend, attrs }: SegmentSumCall) => {
  const { x, segmentIds } = inputs;
  const { numSegments } = attrs;
  const rowShape = x.shape.slice(segmentIds.shape.length);
  const width = util.sizeFromShape(rowShape);
  const output = backend.makeOutput([numSegments, ...rowShape], x.dtype);
  // Views are taken after the allocation, which may have moved the heap.
  const sums = backend.typedArrayFromHeap(output).fill(0);
  const rows = backend.typedArrayFromHeap(x);
  const ids = backend.typedArrayFromHeap(segmentIds);
  for (let row = 0; row < ids.length; row++) {
    const segment = ids[row]!;
    // As on other backends, a row of no segment counts for nothing.
    if (segment < 0 || segment >= numSegments) continue;
    const from = row * width;
    const to = segment * width;
    for (let i = 0; i < width; i++) sums[to + i]! += rows[from + i]!;
  }
  return output;
});
