import { backend_util, TensorScatterUpdate, type TensorInfo } from '@tensorflow/tfjs-core';
import type { PlainKernel } from './plain.ts';

/** A tensor with some of its slices replaced. The stock kernel of `cpu` writes into the tensor that it is given. */
export const tensorScatterUpdate: PlainKernel<'tensor' | 'indices' | 'updates', unknown> = {
  name: TensorScatterUpdate,
  like: 'tensor',
  shape: ({ tensor }) => tensor.shape,
  compute(output, { tensor, indices, updates }) {
    const { sliceRank, numUpdates, sliceSize, strides, outputSize } = backend_util.calculateShapes(
      updates as unknown as TensorInfo,
      indices as unknown as TensorInfo,
      [...tensor.shape],
    );
    output.set(tensor.values);
    for (let i = 0; i < numUpdates; i++) {
      let slice = 0;
      for (let j = 0; j < sliceRank; j++) slice += indices.values[i * sliceRank + j]! * strides[j]!;
      if (slice < 0 || slice >= outputSize / sliceSize) {
        throw new RangeError(
          `tensorScatterUpdate: position ${i} does not lie in a tensor of shape [${tensor.shape.join(', ')}].`,
        );
      }
      output.set(updates.values.subarray(i * sliceSize, (i + 1) * sliceSize), slice * sliceSize);
    }
  },
};
