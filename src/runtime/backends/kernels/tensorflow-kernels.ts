import { isCrossBroadcast } from './cpu-loops.ts';
import { allOf, registerCopiedFromCpu, type Borrowed, type KernelCall } from './copied-from-cpu.ts';
import { isNoFloatingPoint, noFloatingPoint } from './no-floating-point.ts';

/** Gives native TensorFlow the kernels that its package lacks, or refuses to compute on a processor. */
export function registerTensorFlowKernels(): void {
  registerCopiedFromCpu('tensorflow', borrowed);
}

/** What a window is told that slides over images. */
interface Sliding {
  readonly pad: unknown;
  readonly strides: number | number[];
  readonly dilations?: number | number[];
}

/**
 * The package takes a padding in numbers for none where it convolves, and refuses it where it pools. It knows one stride and
 * no dilation for convolutions of single channels, mirrors at the edges of five axes, makes zeros of whole numbers that are to be rounded, and gives a matrix product the first
 * factor's batch.
 */
const borrowed: Borrowed = {
  ...noFloatingPoint,
  BatchMatMul: isCrossBroadcast,
  MirrorPad: ({ inputs }) => inputs.x!.shape.length > 5,
  Round: isNoFloatingPoint,
  ...allOf(['Conv2D', 'Conv2DBackpropFilter', 'Conv2DBackpropInput', 'FusedConv2D'], isNumeric),
  ...allOf(
    [
      'DepthwiseConv2dNative',
      'DepthwiseConv2dNativeBackpropFilter',
      'DepthwiseConv2dNativeBackpropInput',
      'FusedDepthwiseConv2D',
    ],
    (call) => isNumeric(call) || isDilated(call) || isUneven(call),
  ),
  ...allOf(['AvgPool', 'AvgPoolGrad', 'MaxPool', 'MaxPoolGrad'], isNumeric),
  ...allOf(['AvgPool3D', 'AvgPool3DGrad', 'MaxPool3D', 'MaxPool3DGrad'], isNumeric),
};

function isNumeric({ attrs }: KernelCall): boolean {
  return typeof (attrs as Sliding).pad !== 'string';
}

function isDilated({ attrs }: KernelCall): boolean {
  return [(attrs as Sliding).dilations ?? 1].flat().some((dilation) => dilation > 1);
}

function isUneven({ attrs }: KernelCall): boolean {
  const strides = [(attrs as Sliding).strides].flat();
  return strides.some((stride) => stride !== strides[0]);
}
