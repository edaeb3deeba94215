import { isCrossBroadcast } from './cpu-loops.ts';
import { registerCopiedFromCpu, type Borrowed } from './copied-from-cpu.ts';

/** Gives native TensorFlow the kernels that its package lacks, or refuses to compute on a processor. */
export function registerTensorFlowKernels(): void {
  registerCopiedFromCpu('tensorflow', borrowed);
}

interface Convolution {
  readonly pad: unknown;
  readonly dilations?: number | number[];
}

/** The package takes a padding in numbers for none, gives a matrix product the first factor's batch, and forgets a mask of a slice. */
const borrowed: Borrowed = {
  BatchMatMul: isCrossBroadcast,
  Conv2D: ({ attrs }) => isNumeric((attrs as Convolution).pad),
  Conv2DBackpropFilter: ({ attrs }) => isNumeric((attrs as Convolution).pad),
  Conv2DBackpropInput: ({ attrs }) => isNumeric((attrs as Convolution).pad),
  DepthwiseConv2dNative: ({ attrs }) => isNumeric((attrs as Convolution).pad) || isDilated(attrs as Convolution),
  DepthwiseConv2dNativeBackpropFilter: ({ attrs }) =>
    isNumeric((attrs as Convolution).pad) || isDilated(attrs as Convolution),
  DepthwiseConv2dNativeBackpropInput: ({ attrs }) =>
    isNumeric((attrs as Convolution).pad) || isDilated(attrs as Convolution),
  StridedSlice: ({ attrs }) => (attrs as { shrinkAxisMask: number }).shrinkAxisMask !== 0,
};

function isNumeric(pad: unknown): boolean {
  return typeof pad !== 'string';
}

function isDilated({ dilations = 1 }: Convolution): boolean {
  return [dilations].flat().some((dilation) => dilation > 1);
}
