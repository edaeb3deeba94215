import { util } from '@tensorflow/tfjs-core';
import { fusedAdam, type AdamAttributes } from './fused-optimizers.ts';
import type { TensorArithmetic } from './tensor-arithmetic.ts';
import { addressOf, areFloats, replaceInPart, type WasmCall } from './wasm.ts';

/** A step of Adam four numbers at once. The averages, which the optimiser keeps as arrays, visit the engine's memory for it. */
export function registerAdam({ adamStep }: TensorArithmetic): void {
  replaceInPart(fusedAdam.name, (call: WasmCall<'value' | 'gradient', AdamAttributes>) => {
    if (!areFloats(call)) return undefined;
    const { backend, attrs } = call;
    const { value, gradient } = call.inputs;
    const { first, second, rate, beta1, beta2, bias1, bias2, epsilon } = attrs;
    const count = util.sizeFromShape(value.shape);
    const output = backend.makeOutput(value.shape, 'float32');
    const room = backend.makeOutput([2, count], 'float32');
    const averages = backend.typedArrayFromHeap(room) as Float32Array;
    averages.set(first);
    averages.set(second, count);
    const visiting = addressOf(backend, room);
    adamStep(
      ...([addressOf(backend, value), addressOf(backend, gradient), visiting, visiting + 4 * count] as const),
      ...([addressOf(backend, output), count, rate / bias1, beta1, beta2, 1 / bias2, epsilon] as const),
    );
    first.set(averages.subarray(0, count));
    second.set(averages.subarray(count));
    backend.disposeData(room.dataId);
    return output;
  });
}
