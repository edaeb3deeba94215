import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { backend_util, TensorInfo } from '@tensorflow/tfjs-core';

/** What convolutions and pooling have in common. */
type Sliding = Pick<
  backend_util.Conv2DInfo,
  | 'inChannels'
  | 'inHeight'
  | 'inWidth'
  | 'filterHeight'
  | 'filterWidth'
  | 'strideHeight'
  | 'strideWidth'
  | 'padInfo'
  | 'outHeight'
  | 'outWidth'
>;

/** A tensor for `Windows` of `sdk/kernel/windows.ts`; the caller's to dispose. */
export function makeWindows(backend: BackendWasm, sliding: Sliding): TensorInfo {
  const { inChannels, inHeight, inWidth, filterHeight, filterWidth, strideHeight, strideWidth } = sliding;
  const { padInfo, outHeight, outWidth } = sliding;
  const numbers = Int32Array.of(
    ...[inChannels, inHeight, inWidth, filterHeight, filterWidth, strideHeight, strideWidth],
    ...[padInfo.top, padInfo.left, outHeight, outWidth],
  );
  return backend.makeOutput([numbers.length], 'int32', undefined, numbers);
}
