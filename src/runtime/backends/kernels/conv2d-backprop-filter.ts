import { backend_util, Conv2DBackpropFilter, type Conv2DBackpropFilterAttrs } from '@tensorflow/tfjs-core';
import { replaceKernel } from './plain.ts';
import { runWasmKernel, transpose, wasmKernel, type WasmCall } from './wasm.ts';

/**
 * The gradient of a convolution by its filter, which the wasm backend lacks. It is a convolution itself: of the images,
 * with channels and batch exchanged, by the output's gradient, where strides and dilations change roles. So it runs on the
 * backend's fast convolution.
 */
export function registerConv2DBackpropFilter(): void {
  replaceKernel(Conv2DBackpropFilter, 'wasm', conv2DBackpropFilter);
}

type FilterGradientCall = WasmCall<'x' | 'dy', Conv2DBackpropFilterAttrs>;

const conv2DBackpropFilter = wasmKernel(({ inputs, backend, attrs }: FilterGradientCall) => {
  const { x, dy } = inputs;
  const { strides, pad, dataFormat, dimRoundingMode, filterShape } = attrs;
  if (dataFormat !== 'NHWC') throw new Error(`The gradient of a convolution needs dataFormat NHWC, not ${dataFormat}.`);
  const shape = x.shape as [number, number, number, number];
  const { inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth, strideHeight, strideWidth, padInfo } =
    backend_util.computeConv2DInfo(shape, filterShape, strides, 1, pad, dimRoundingMode);

  // Rows that the filter's last row reaches; a stride may leave some of the image unread, or need some beyond it.
  const below = filterHeight + (outHeight - 1) * strideHeight - inHeight - padInfo.top;
  const right = filterWidth + (outWidth - 1) * strideWidth - inWidth - padInfo.left;
  const images = transpose(backend, x, [3, 1, 2, 0]);
  const gradients = transpose(backend, dy, [1, 2, 0, 3]);
  const whole = runWasmKernel('Conv2D', {
    inputs: { x: images, filter: gradients },
    backend,
    attrs: {
      strides: [1, 1],
      dilations: [strideHeight, strideWidth],
      pad: [
        [0, 0],
        [padInfo.top, Math.max(0, below)],
        [padInfo.left, Math.max(0, right)],
        [0, 0],
      ],
      dataFormat: 'NHWC',
    },
  });
  const [channels, , , filters] = whole.shape as [number, number, number, number];
  const size = [channels, filterHeight, filterWidth, filters];
  const wanted = runWasmKernel('Slice', { inputs: { x: whole }, backend, attrs: { begin: [0, 0, 0, 0], size } });
  const result = transpose(backend, wanted, [1, 2, 0, 3]);
  for (const { dataId } of [images, gradients, whole, wanted]) backend.disposeData(dataId);
  return result;
});
