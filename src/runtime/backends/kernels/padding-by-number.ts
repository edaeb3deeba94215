import { getKernel, type KernelConfig, type KernelFunc } from '@tensorflow/tfjs-core';
import { replaceKernel, type PlainBackend } from './plain.ts';

/** Kernels that slide a window over images and may be told how far to pad them, as one number for all sides. */
const sliding = [
  'AvgPool',
  'AvgPoolGrad',
  'Conv2D',
  'Conv2DBackpropFilter',
  'Conv2DBackpropInput',
  'DepthwiseConv2dNative',
  'DepthwiseConv2dNativeBackpropFilter',
  'DepthwiseConv2dNativeBackpropInput',
  'FusedConv2D',
  'FusedDepthwiseConv2D',
  'MaxPool',
  'MaxPoolGrad',
];

/**
 * Padding given as one number comes to the kernels as one number a side. With one number the library works out the output's
 * width from the window's height and the stride downwards, so windows that are not square got outputs of a wrong shape, and
 * `wasm` wrote beyond them.
 */
export function registerPaddingByNumber(backendName: PlainBackend | 'webgpu'): void {
  for (const name of sliding) {
    const stock = getKernel(name, backendName) as KernelConfig | undefined;
    if (stock === undefined) continue;
    const kernelFunc: KernelFunc = (call) => {
      const { pad, dataFormat } = call.attrs as unknown as { readonly pad?: unknown; readonly dataFormat?: string };
      if (typeof pad !== 'number') return stock.kernelFunc(call);
      const [none, each] = [[0, 0], [pad, pad]]; // prettier-ignore
      const sides = dataFormat === 'NCHW' ? [none, none, each, each] : [none, each, each, none];
      return stock.kernelFunc({ ...call, attrs: { ...call.attrs, pad: sides } });
    };
    replaceKernel(name, backendName, kernelFunc);
  }
}
