import { UnsortedSegmentSum, util, type UnsortedSegmentSumAttrs } from '@tensorflow/tfjs-core';
import type { PlainKernel } from './plain.ts';

/** Row i is added to the segment `segmentIds[i]`: what the gradient of a gather (an embedding) needs. `wasm` lacks it, `cpu` has it slow. */
export const unsortedSegmentSum: PlainKernel<'x' | 'segmentIds', UnsortedSegmentSumAttrs> = {
  name: UnsortedSegmentSum,
  like: 'x',
  shape: ({ x, segmentIds }, { numSegments }) => [numSegments, ...x.shape.slice(segmentIds.shape.length)],
  compute(sums, { x, segmentIds }) {
    const rows = x.values;
    const ids = segmentIds.values;
    const width = util.sizeFromShape(x.shape.slice(segmentIds.shape.length));
    for (let row = 0; row < ids.length; row++) {
      const segment = ids[row]!;
      // As on native TensorFlow, a row of a negative segment counts for nothing. `checked-positions.ts` has looked at the others.
      if (segment < 0) continue;
      const from = row * width;
      const to = segment * width;
      for (let i = 0; i < width; i++) sums[to + i]! += rows[from + i]!;
    }
  },
};
