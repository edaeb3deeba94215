import { backend_util, MaxPoolGrad, type MaxPoolGradAttrs } from '@tensorflow/tfjs-core';
import type { TensorArithmetic } from './tensor-arithmetic.ts';
import { addressOf, areFloats, replaceInPart, type WasmCall } from './wasm.ts';
import { makeWindows } from './windows.ts';

/** The gradient of `maxPool`, to the first maximum of each window as in `pooling-gradients.ts`, four channels at once. */
export function registerMaxPoolGradient({ maxPoolGradient }: TensorArithmetic): void {
  replaceInPart(MaxPoolGrad, (call: WasmCall<'dy' | 'input', MaxPoolGradAttrs>) => {
    if (!areFloats(call)) return undefined;
    const {
      backend,
      attrs,
      inputs: { dy, input },
    } = call;
    const { filterSize, strides, pad, dimRoundingMode } = attrs;
    const shape = input.shape as [number, number, number, number];
    const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    const output = backend.makeOutput(input.shape, 'float32');
    const windows = makeWindows(backend, info);
    const [from, slopes, to, how] = [input, dy, output, windows].map((tensor) => addressOf(backend, tensor)) as Four;
    maxPoolGradient(from, slopes, to, how, info.batchSize);
    backend.disposeData(windows.dataId);
    return output;
  });
}

type Four = [number, number, number, number];
