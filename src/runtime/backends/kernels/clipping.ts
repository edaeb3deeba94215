import type { ClipByValueAttrs } from '@tensorflow/tfjs-core';
import type { PlainKernel, Values } from './plain.ts';

/** Cuts numbers off at two ends. What is no number stays none, where the kernels of `wasm` make one of it. */
export const clipByValue: PlainKernel<'x', ClipByValueAttrs> = {
  name: 'ClipByValue',
  like: 'x',
  shape: ({ x }) => x.shape,
  compute: (output, { x }, { clipValueMin, clipValueMax }) => clip(output, x.values, clipValueMin, clipValueMax),
};

export const relu6: PlainKernel<'x', unknown> = {
  name: 'Relu6',
  like: 'x',
  shape: ({ x }) => x.shape,
  compute: (output, { x }) => clip(output, x.values, 0, 6),
};

function clip(output: Values, values: Values, low: number, high: number): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    output[i] = value < low ? low : value > high ? high : value;
  }
}
