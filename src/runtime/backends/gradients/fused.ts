import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';
import { blocksOf, spreadName } from '../kernels/reductions.ts';
import { slopeNames, softmaxSlopesName } from '../kernels/slopes.ts';
import { runKernel, type GradientHome } from './gradient-home.ts';

/** Goes back in one kernel where the engine has it, and by the library's own operations elsewhere. */
export function registerFusedGradients(tf: GradientHome): void {
  registerSlopes(tf);
  registerSoftmax(tf);
  registerSpread(tf);
}

type Gradient = (output: Tensor, saved: Tensor, attributes: unknown) => (() => Tensor) | undefined;

/** @param gradient of the operation's one input; gives nothing where only the library's own will do */
function inOneKernel(tf: GradientHome, of: string, kernel: string, gradient: Gradient): void {
  const stock: GradConfig = tf.getGradient(of);
  const input = of === 'Softmax' ? 'logits' : 'x';
  tf.registerGradient({
    ...stock,
    gradFunc: (output, saved, attributes) => {
      const hasKernel = (tf.getKernel(kernel, tf.engine().backendName) as object | undefined) !== undefined;
      const own = hasKernel ? gradient(output as Tensor, saved[0]!, attributes) : undefined;
      return own === undefined ? stock.gradFunc(output, saved, attributes) : { [input]: own };
    },
  });
}

function registerSlopes(tf: GradientHome): void {
  const slopes = (kernel: string, dy: Tensor, x: Tensor) => runKernel(tf, kernel, { dy, x });
  for (const [of, kernel] of [
    ['Relu', slopeNames.relu],
    ['Square', slopeNames.square],
  ] as const) {
    inOneKernel(tf, of, kernel, (dy, x) => (x.dtype === 'float32' ? () => slopes(kernel, dy, x) : undefined));
    tf.registerGradient({
      kernelName: kernel,
      inputsToSave: ['dy', 'x'],
      gradFunc: (output, saved) => {
        const [dy, x] = saved as [Tensor, Tensor];
        return {
          dy: () => slopes(kernel, output as Tensor, x),
          // The slope of x² changes with x as it does with the gradient; the one of relu changes nowhere.
          x: () => (of === 'Square' ? slopes(kernel, output as Tensor, dy) : tf.zerosLike(x)),
        };
      },
    });
  }
}

function registerSoftmax(tf: GradientHome): void {
  const slopes = (dy: Tensor, y: Tensor) => runKernel(tf, softmaxSlopesName, { dy, y });
  inOneKernel(tf, 'Softmax', softmaxSlopesName, (dy, y) => (y.size > 0 ? () => slopes(dy, y) : undefined));
  // By `y` the library asks for none: what an operation came to is no part of its record of what came from what.
  tf.registerGradient({
    kernelName: softmaxSlopesName,
    inputsToSave: ['y'],
    gradFunc: (output, saved) => ({ dy: () => slopes(output as Tensor, saved[0]!) }),
  });
}

function registerSpread(tf: GradientHome): void {
  for (const of of ['Mean', 'Sum']) {
    inOneKernel(tf, of, spreadName, (dy, x, attributes) => {
      const axes = axesOf(x.rank, (attributes as { axis?: number | number[] | null }).axis);
      const blocks = blocksOf(x.shape, axes);
      if (blocks === undefined || x.size === 0) return undefined;
      const divisor = of === 'Mean' ? blocks.length : 1;
      return () => runKernel(tf, spreadName, { x: dy }, { shape: x.shape, axes, divisor });
    });
  }
  tf.registerGradient({
    kernelName: spreadName,
    inputsToSave: ['x'],
    gradFunc: (output, saved, attributes) => {
      const { axes, divisor } = attributes as unknown as { axes: number[]; divisor: number };
      return { x: () => tf.reshape(tf.div(tf.sum(output as Tensor, axes), divisor), saved[0]!.shape) };
    },
  });
}

/** Counted from the front. */
function axesOf(rank: number, axis: number | number[] | null | undefined): number[] {
  const all = Array.from({ length: rank }, (_, i) => i);
  return [axis ?? all].flat().map((own) => (own < 0 ? own + rank : own));
}
