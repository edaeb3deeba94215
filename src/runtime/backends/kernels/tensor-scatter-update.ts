import { backend_util, TensorScatterUpdate, type TensorInfo } from '@tensorflow/tfjs-core';
import type { PlainKernel } from './plain.ts';

/** A tensor with some of its slices replaced. The stock kernel of `cpu` writes into the tensor that it is given. `checked-positions.ts` has looked at the positions. */
export const tensorScatterUpdate: PlainKernel<'tensor' | 'indices' | 'updates', unknown> = {
  name: TensorScatterUpdate,
  like: 'tensor',
  shape: ({ tensor }) => tensor.shape,
  compute(output, { tensor, indices, updates }) {
    const { sliceRank, numUpdates, sliceSize, strides } = backend_util.calculateShapes(
      updates as unknown as TensorInfo,
      indices as unknown as TensorInfo,
      [...tensor.shape],
    );
    output.set(tensor.values);
    for (let i = 0; i < numUpdates; i++) {
      let slice = 0;
      for (let j = 0; j < sliceRank; j++) slice += indices.values[i * sliceRank + j]! * strides[j]!;
      output.set(updates.values.subarray(i * sliceSize, (i + 1) * sliceSize), slice * sliceSize);
    }
  },
};
