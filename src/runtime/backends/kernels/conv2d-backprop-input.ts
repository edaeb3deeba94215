import { backend_util, Conv2DBackpropInput, getKernel, type Conv2DBackpropInputAttrs } from '@tensorflow/tfjs-core';
import { replaceKernel } from './plain.ts';
import { runWasmKernel, transpose, wasmKernel, type WasmCall } from './wasm.ts';

/**
 * The gradient of a convolution by its images. Where the stride is 1 it is a convolution itself: of the output's gradient by
 * the filter turned around, with its inputs and outputs exchanged, and so runs on the backend's fast convolution. The stock
 * kernel, which goes from number to number, takes several times as long, and keeps what is left.
 */
export function registerConv2DBackpropInput(): void {
  const stock = getKernel(Conv2DBackpropInput, 'wasm');
  replaceKernel(
    Conv2DBackpropInput,
    'wasm',
    wasmKernel((call: InputGradientCall) => {
      const pad = paddingOf(call);
      if (pad === undefined) return stock.kernelFunc(call as never) as ReturnType<typeof transpose>;
      const { inputs, backend } = call;
      const around = runWasmKernel('Reverse', { inputs: { x: inputs.filter }, backend, attrs: { dims: [0, 1] } });
      const filter = transpose(backend, around, [0, 1, 3, 2]);
      const result = runWasmKernel('Conv2D', {
        inputs: { x: inputs.dy, filter },
        backend,
        attrs: { strides: [1, 1], dilations: [1, 1], pad, dataFormat: 'NHWC' },
      });
      for (const { dataId } of [around, filter]) backend.disposeData(dataId);
      return result;
    }),
  );
}

type InputGradientCall = WasmCall<'dy' | 'filter', Conv2DBackpropInputAttrs>;
type Padding = [[number, number], [number, number], [number, number], [number, number]];

/** What pads the output's gradient, where it can be convolved. */
function paddingOf({ inputs, attrs }: InputGradientCall): Padding | undefined {
  const { strides, pad, dataFormat, dimRoundingMode, inputShape } = attrs;
  if (dataFormat !== 'NHWC') return undefined;
  const shape = inputs.filter.shape as [number, number, number, number];
  const { inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth, padInfo } =
    backend_util.computeConv2DInfo(inputShape, shape, strides, 1, pad, dimRoundingMode);
  if (strideHeight !== 1 || strideWidth !== 1) return undefined;
  const top = filterHeight - 1 - padInfo.top;
  const left = filterWidth - 1 - padInfo.left;
  const bottom = inHeight - outHeight - top + filterHeight - 1;
  const right = inWidth - outWidth - left + filterWidth - 1;
  if (Math.min(top, left, bottom, right) < 0) return undefined;
  return [[0, 0], [top, bottom], [left, right], [0, 0]]; // prettier-ignore
}
