import { getKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import { replaceKernel } from './plain.ts';
import { runWasmKernel, wasmKernel, type WasmCall } from './wasm.ts';

type Fused = 'x' | 'a' | 'b' | 'filter' | 'bias';

interface Attributes {
  readonly activation?: 'linear' | 'relu' | 'relu6' | 'elu' | 'sigmoid' | 'leakyrelu' | 'prelu';
  readonly leakyreluAlpha?: number;
}

interface FusedCall extends WasmCall<Fused, Attributes> {
  readonly inputs: Readonly<Record<Fused, TensorInfo>> & { readonly preluActivationWeights?: TensorInfo | null };
}

/**
 * Computes the activation of a fused product or convolution after it and with its own kernel: the wasm backend's took NaN for
 * 0 where they cut off, as relu does, and gave what lay in the memory where weights for prelu came along that were not asked for.
 */
export function registerFusedActivations(): void {
  for (const name of ['_FusedMatMul', 'FusedConv2D', 'FusedDepthwiseConv2D']) {
    const { kernelFunc } = getKernel(name, 'wasm');
    const mended = (call: FusedCall): TensorInfo => {
      const { inputs, backend, attrs } = call;
      const { preluActivationWeights: alpha, ...others } = inputs;
      if (attrs.activation === 'prelu' && !alpha) {
        throw new Error("An operation with the activation 'prelu' needs preluActivationWeights.");
      }
      const plain = { inputs: others, backend, attrs: { ...attrs, activation: 'linear' } };
      const x = kernelFunc(plain) as TensorInfo;
      const activation = activations[attrs.activation ?? 'linear'];
      if (activation === undefined) return x;
      const result = runWasmKernel(activation, {
        inputs: alpha && activation === 'Prelu' ? { x, alpha } : { x },
        backend,
        attrs: { alpha: attrs.leakyreluAlpha },
      });
      backend.disposeData(x.dataId);
      return result;
    };
    replaceKernel(name, 'wasm', wasmKernel(mended));
  }
}

const activations: Readonly<Record<NonNullable<Attributes['activation']>, string | undefined>> = {
  linear: undefined,
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
  leakyrelu: 'LeakyRelu',
  prelu: 'Prelu',
};
