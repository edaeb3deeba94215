import { getKernel, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { replaceKernel } from '../kernels/plain.ts';
import { kernelOf, mend, type Backend } from './kernel-calls.ts';

/** Puts right what the engine does with tensors that have nothing in them, or one number along an axis. */
export function registerCorners(): void {
  mend('Sum', (sum) => (inputs, backend, attributes: { axis?: number | number[]; keepDims?: boolean }) => {
    const { shape, dtype } = inputs.x!;
    if (util.sizeFromShape(shape) > 0) return sum(inputs, backend, attributes);
    // The device has no memory of no length to read.
    const { axis, keepDims = false } = attributes;
    const reduced = util.parseAxisParam(axis ?? shape.map((_, i) => i), [...shape]);
    const own = shape.flatMap((length, i) => (!reduced.includes(i) ? [length] : keepDims ? [1] : []));
    const type = dtype === 'float32' ? 'float32' : 'int32';
    return backend.makeTensorInfo(own, type, util.makeZerosTypedArray(util.sizeFromShape(own), type));
  });
  const { kernelFunc } = getKernel('TopK', 'webgpu');
  replaceKernel('TopK', 'webgpu', (call) => {
    const { x } = call.inputs as { x: TensorInfo };
    const { k } = call.attrs as unknown as { k: number };
    const backend = call.backend as Backend;
    const places = (shape: number[]) => {
      return backend.makeTensorInfo(shape, 'int32', new Int32Array(util.sizeFromShape(shape)));
    };
    if (k === 0) {
      // The shape of the input was changed.
      const shape = x.shape.with(-1, 0);
      return [backend.makeTensorInfo(shape, x.dtype, new Float32Array(0)), places(shape)];
    }
    // The input was given out without counting that it is held twice.
    if (x.shape.at(-1) === 1) return [kernelOf('Identity')({ x }, backend), places(x.shape)];
    return kernelFunc(call);
  });
}
