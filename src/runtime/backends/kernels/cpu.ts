import { registerCheckedPositions } from './checked-positions.ts';
import { batchMatMul, conv2DBackpropFilter } from './cpu-loops.ts';
import { depthwiseFilterGradient, depthwiseInputGradient } from './depthwise-gradients.ts';
import { registerEmptyReductions } from './empty-reductions.ts';
import { fusedAdam, fusedMomentum } from './fused-optimizers.ts';
import { registerPaddingByNumber } from './padding-by-number.ts';
import { registerPlainKernel } from './plain.ts';
import { averagePoolGradients, maxPoolGradients } from './pooling-gradients.ts';
import { tensorScatterUpdate } from './tensor-scatter-update.ts';
import { unsortedSegmentSum } from './unsorted-segment-sum.ts';
import { registerWholeDivisors } from './whole-divisors.ts';

/** Puts loops over typed arrays in the place of the slow or wrong kernels of `cpu`. */
export function registerCpuKernels(): void {
  registerPlainKernel('cpu', batchMatMul);
  registerPlainKernel('cpu', conv2DBackpropFilter);
  registerPlainKernel('cpu', depthwiseFilterGradient);
  registerPlainKernel('cpu', depthwiseInputGradient);
  registerPlainKernel('cpu', tensorScatterUpdate);
  registerPlainKernel('cpu', unsortedSegmentSum);
  registerPlainKernel('cpu', fusedAdam);
  registerPlainKernel('cpu', fusedMomentum);
  for (const kernel of [...maxPoolGradients, ...averagePoolGradients]) registerPlainKernel('cpu', kernel);
  registerPaddingByNumber('cpu');
  registerCheckedPositions('cpu');
  registerEmptyReductions('cpu');
  registerWholeDivisors('cpu');
}
