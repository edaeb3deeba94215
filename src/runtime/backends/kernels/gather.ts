import { backend_util, GatherV2, util, type GatherV2Attrs, type TensorInfo } from '@tensorflow/tfjs-core';
import type { PlainKernel, Values } from './plain.ts';

/**
 * Slices of `x` along an axis, by their indices. The stock kernel of `wasm` works out the place of every single number anew,
 * which takes longer than a small network's products.
 *
 * @throws Error where an index lies outside the axis.
 */
export const gather: PlainKernel<'x' | 'indices', GatherV2Attrs> = {
  name: GatherV2,
  shape: ({ x, indices }, attributes) => gatherLayout(x, indices, attributes).outputShape,
  like: 'x',
  compute(output, { x, indices }, attributes) {
    const { batchSize, outerSize, dimSize, sliceSize } = gatherLayout(x, indices, attributes);
    checkIndices(indices.values, dimSize);
    const count = indices.values.length / batchSize;
    let to = 0;
    for (let batch = 0; batch < batchSize; batch++) {
      for (let outer = 0; outer < outerSize; outer++) {
        const block = (batch * outerSize + outer) * dimSize;
        for (let i = 0; i < count; i++) {
          const from = (block + indices.values[batch * count + i]!) * sliceSize;
          for (let j = 0; j < sliceSize; j++) output[to++] = x.values[from + j]!;
        }
      }
    }
  },
};

/** @throws Error where an index lies outside an axis of that length. */
export function checkIndices(indices: Values, length: number): void {
  for (const index of indices) {
    if (!(index >= 0 && index < length)) {
      throw new Error(`GatherV2: the index value ${index} is not in [0, ${length - 1}]`);
    }
  }
}

/** What is read of `x` and `indices`: [batchSize, outerSize, dimSize, sliceSize] by [batchSize, count]. */
export function gatherLayout(x: Shaped, indices: Shaped, { axis, batchDims }: GatherV2Attrs) {
  const parsedAxis = util.parseAxisParam(axis, [...x.shape])[0]!;
  // It looks at nothing but their shapes.
  const tensors = [x, indices] as unknown as [never, never];
  return backend_util.segment_util.collectGatherOpShapeInfo(...tensors, parsedAxis, batchDims);
}

type Shaped = Pick<TensorInfo, 'shape'> | { readonly shape: readonly number[] };
