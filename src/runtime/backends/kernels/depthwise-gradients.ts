import {
  backend_util,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  type DepthwiseConv2dNativeBackpropInputAttrs,
} from '@tensorflow/tfjs-core';
import type { PlainKernel } from './plain.ts';

type Attributes = Omit<DepthwiseConv2dNativeBackpropFilterAttrs, 'filterShape'>;

/** The gradients of a depthwise convolution by its image and by its filter. `wasm` lacks both, `cpu` has them slow. */
export const depthwiseInputGradient: PlainKernel<'dy' | 'filter', DepthwiseConv2dNativeBackpropInputAttrs> = {
  name: DepthwiseConv2dNativeBackpropInput,
  like: 'dy',
  shape: (_, { inputShape }) => inputShape,
  compute(result, { dy, filter }, attributes) {
    const from = dy.values;
    const weights = filter.values;
    eachProduct(attributes.inputShape, filter.shape, attributes, (image, output, weight) => {
      result[image]! += from[output]! * weights[weight]!;
    });
  },
};

export const depthwiseFilterGradient: PlainKernel<'x' | 'dy', DepthwiseConv2dNativeBackpropFilterAttrs> = {
  name: DepthwiseConv2dNativeBackpropFilter,
  like: 'x',
  shape: (_, { filterShape }) => filterShape,
  compute(result, { x, dy }, attributes) {
    const images = x.values;
    const from = dy.values;
    const sums = new Float64Array(result.length);
    eachProduct(x.shape, attributes.filterShape, attributes, (image, output, weight) => {
      sums[weight]! += images[image]! * from[output]!;
    });
    result.set(sums);
  },
};

/** Visits every product that the convolution sums: the positions of an image's value, of the output, and of a weight. */
function eachProduct(
  imageShape: readonly number[],
  filterShape: readonly number[],
  { strides, dilations, pad, dimRoundingMode }: Attributes,
  visit: (image: number, output: number, weight: number) => void,
): void {
  const info = backend_util.computeConv2DInfo(
    [...imageShape] as [number, number, number, number],
    [...filterShape] as [number, number, number, number],
    strides,
    dilations,
    pad,
    dimRoundingMode,
    true,
  );
  const { inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  const multiplier = filterShape[3]!;
  let output = 0;
  for (let b = 0; b < info.batchSize; b++) {
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++, output += inChannels * multiplier) {
        for (let fy = 0; fy < filterHeight; fy++) {
          const row = y * info.strideHeight - info.padInfo.top + fy * info.dilationHeight;
          if (row < 0 || row >= inHeight) continue;
          for (let fx = 0; fx < filterWidth; fx++) {
            const column = x * info.strideWidth - info.padInfo.left + fx * info.dilationWidth;
            if (column < 0 || column >= inWidth) continue;
            const image = ((b * inHeight + row) * inWidth + column) * inChannels;
            const weight = (fy * filterWidth + fx) * inChannels * multiplier;
            for (let channel = 0, i = 0; channel < inChannels; channel++) {
              for (let m = 0; m < multiplier; m++, i++) visit(image + channel, output + i, weight + i);
            }
          }
        }
      }
    }
  }
}
