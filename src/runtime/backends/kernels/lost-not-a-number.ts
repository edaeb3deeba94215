import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { findBackend, getKernel, util, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core';
import { copied } from './copied-from-cpu.ts';
import type { Extremes } from './extremes.ts';
import { replaceKernel } from './plain.ts';
import { addressOf } from './wasm.ts';

/** Kernels whose numbers the wasm backend bounds, from -Infinity on, as the last of what they do. */
const bounded = ['AvgPool', 'Conv2D', 'DepthwiseConv2dNative', 'FusedConv2D', 'FusedDepthwiseConv2D'];

/**
 * Lets NaN through means and convolutions, which make -Infinity of it, and a relu behind them 0. Where there is such a number,
 * the plain engine computes the kernel anew; elsewhere this costs one look at the results.
 */
export function registerLostNotANumber({ contains }: Extremes): void {
  const cpu = findBackend('cpu') as unknown as MathBackendCPU;
  for (const name of bounded) {
    const { kernelFunc } = getKernel(name, 'wasm');
    const exact = copied(name, cpu, undefined);
    const mended: KernelFunc = (call) => {
      const output = kernelFunc(call) as TensorInfo;
      const wasm = call.backend as unknown as BackendWasm;
      if (contains(addressOf(wasm, output), util.sizeFromShape(output.shape), -Infinity) === 0) return output;
      wasm.disposeData(output.dataId);
      return exact(call);
    };
    replaceKernel(name, 'wasm', mended);
  }
}
