import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { util, type KernelBackend } from '@tensorflow/tfjs-core';
import { registerAdam } from './adam.ts';
import { registerBatchMatMul } from './batch-mat-mul.ts';
import { registerCheckedPositions } from './checked-positions.ts';
import { isCrossBroadcast } from './cpu-loops.ts';
import { registerConv2D } from './conv2d.ts';
import { registerConv2DBackpropInput } from './conv2d-backprop-input.ts';
import { registerConv2DBackpropFilter } from './conv2d-backprop-filter.ts';
import { clipByValue, relu6 } from './clipping.ts';
import { allOf, registerCopiedFromCpu, type Borrowed, type KernelCall, type Transfer } from './copied-from-cpu.ts';
import { depthwiseFilterGradient, depthwiseInputGradient } from './depthwise-gradients.ts';
import { registerElementWise } from './element-wise.ts';
import { registerEmptyReductions } from './empty-reductions.ts';
import { registerExtremes, startExtremes } from './extremes.ts';
import { registerFusedActivations } from './fused-activations.ts';
import { fusedAdam, fusedMomentum } from './fused-optimizers.ts';
import { gather } from './gather.ts';
import { registerLostNotANumber } from './lost-not-a-number.ts';
import { registerMaxPoolGradient } from './max-pool-gradient.ts';
import { isNoFloatingPoint, isOfTruths, isTruth, noFloatingPoint } from './no-floating-point.ts';
import { registerPaddingByNumber } from './padding-by-number.ts';
import { registerPlainKernel } from './plain.ts';
import { averagePoolGradients, maxPoolGradients } from './pooling-gradients.ts';
import { registerReductions } from './reductions.ts';
import { registerRows } from './rows.ts';
import { registerSharedData } from './shared-data.ts';
import { registerSlopes } from './slopes.ts';
import { startTensorArithmetic } from './tensor-arithmetic.ts';
import { registerTranspose } from './transpose.ts';
import { unsortedSegmentSum } from './unsorted-segment-sum.ts';
import { registerWholeDivisors } from './whole-divisors.ts';

/** Gives `wasm` the kernels that it lacks, has slow, or has wrong. */
export function registerWasmKernels(backend: KernelBackend): void {
  registerPlainKernel('wasm', clipByValue);
  registerPlainKernel('wasm', gather);
  registerPlainKernel('wasm', relu6);
  registerPlainKernel('wasm', unsortedSegmentSum);
  registerPlainKernel('wasm', depthwiseFilterGradient);
  registerPlainKernel('wasm', depthwiseInputGradient);
  for (const kernel of [...maxPoolGradients, ...averagePoolGradients]) registerPlainKernel('wasm', kernel);
  registerPlainKernel('wasm', fusedAdam);
  registerPlainKernel('wasm', fusedMomentum);
  registerConv2DBackpropFilter();
  registerConv2DBackpropInput();
  const arithmetic = startTensorArithmetic(backend);
  if (arithmetic !== undefined) {
    registerAdam(arithmetic);
    registerBatchMatMul(arithmetic);
    registerConv2D(arithmetic);
    registerElementWise(arithmetic);
    registerReductions(arithmetic);
    registerRows(arithmetic);
    registerSlopes(arithmetic);
    registerTranspose(arithmetic);
    registerMaxPoolGradient(arithmetic);
  }
  const extremes = startExtremes(backend);
  if (extremes !== undefined) registerExtremes(extremes);
  registerSharedData();
  registerCopiedFromCpu('wasm', borrowed, complexNumbers);
  if (extremes !== undefined) registerLostNotANumber(extremes);
  registerFusedActivations();
  registerPaddingByNumber('wasm');
  registerCheckedPositions('wasm');
  registerEmptyReductions('wasm');
  registerWholeDivisors('wasm');
}

/**
 * Kernels that give wrong numbers without a word: windows of pooling and of dilation take no maximum below the smallest
 * positive number, in three dimensions gradients skip edges, a cast to truth values keeps numbers, pictures are reflected a pixel off;
 * truth values are chosen and reversed as if they were four times as long, over whatever lies behind them. And kernels that know
 * nothing of complex numbers, whose tensors come from kernels that `wasm` lacks.
 */
const borrowed: Borrowed = {
  ...noFloatingPoint,
  ...allOf(['Add', 'Multiply', 'RealDiv', 'Sub'], (call) => isComplex(call) || isOfTruths(call)),
  BatchMatMul: (call) => isCrossBroadcast(call) || call.inputs.a!.dtype !== 'float32',
  Conv3DBackpropFilterV2: 'always',
  Conv3DBackpropInputV2: 'always',
  Dilation2D: 'always',
  Dilation2DBackpropFilter: 'always',
  Dilation2DBackpropInput: 'always',
  MaxPool3D: 'always',
  MaxPoolWithArgmax: 'always',
  Cast: (call) => isComplex(call) || (call.attrs as { dtype: string }).dtype === 'bool',
  Concat: isComplex,
  Identity: isComplex,
  OnesLike: isComplex,
  Pack: isComplex,
  // The kernel looks its number up among those it has padded with, and once NaN is there finds it whatever it looks for.
  PadV2: ({ attrs }) => Number.isNaN((attrs as { constantValue: number }).constantValue),
  Round: isTruth,
  Prelu: ({ inputs }) => util.sizeFromShape(inputs.alpha!.shape) > util.sizeFromShape(inputs.x!.shape),
  Select: ({ inputs }) => inputs.t!.dtype === 'bool',
  Slice: isComplex,
  StridedSlice: isNoFloatingPoint,
  Transform: ({ attrs }) => ['reflect', 'wrap'].includes((attrs as { fillMode: string }).fillMode),
  ZerosLike: isComplex,
};

function isComplex({ inputs }: KernelCall): boolean {
  for (const name in inputs) if (inputs[name]?.dtype === 'complex64') return true;
  return false;
}

/** Complex numbers lie in the heap as pairs, which the backend itself can neither read nor write. */
const complexNumbers: Transfer = {
  read: ({ shape, dataId }, backend) =>
    (backend as unknown as BackendWasm).typedArrayFromHeap({
      shape: [...shape, 2],
      dtype: 'float32',
      dataId,
    }) as Float32Array,
  write: (values, shape, backend) => {
    const output = (backend as unknown as BackendWasm).makeOutput([...shape], 'complex64');
    complexNumbers.read(output, backend).set(values);
    return output;
  },
};
