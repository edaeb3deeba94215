import type { Rank, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { runKernel, sumTo, type GradientHome } from './gradient-home.ts';

/** Puts right what the stock gradients get wrong, and completes those that fail for some shapes or options. */
export function registerMendedGradients(tf: GradientHome): void {
  // Wrong, without a word, along any axis but the last.
  tf.registerGradient({
    kernelName: 'Cumsum',
    gradFunc: (gradient, _saved, attributes) => {
      const { axis, exclusive, reverse } = attributes as unknown as {
        axis: number;
        exclusive: boolean;
        reverse: boolean;
      };
      return { x: () => tf.cumsum(gradient as Tensor, axis, exclusive, !reverse) };
    },
  });
  for (const [kernelName, choose] of [
    ['Minimum', (a: Tensor, b: Tensor) => tf.lessEqual(a, b)],
    ['Maximum', (a: Tensor, b: Tensor) => tf.lessEqual(b, a)],
  ] as const) {
    // Fails where one of the two is broadcast, and so does the next.
    ofTwo(tf, kernelName, (gradient, a, b) => {
      const first = tf.cast(choose(a, b), 'float32');
      return [() => tf.mul(gradient, first), () => tf.mul(gradient, tf.sub(1, first))];
    });
  }
  ofTwo(tf, 'SquaredDifference', (gradient, a, b) => {
    const slope = () => tf.mul(tf.mul(gradient, 2), tf.sub(a, b));
    return [slope, () => tf.neg(slope())];
  });
  ofTwo(tf, 'BatchMatMul', matMulGradients(tf));
  registerBatchNorm(tf);
  registerGather(tf);
  registerProduct(tf);
  registerConvolution(tf);
  registerResizeBilinear(tf);
  registerParts(tf);
  registerExtremes(tf);
}

/** Gradients of an operation of two tensors, before what was broadcast is summed. */
type Pair = (gradient: Tensor, a: Tensor, b: Tensor, attributes: unknown) => [a: () => Tensor, b: () => Tensor];

function ofTwo(tf: GradientHome, kernelName: string, pair: Pair): void {
  tf.registerGradient({
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (gradient, saved, attributes) => {
      const [a, b] = saved as [Tensor, Tensor];
      const [ofA, ofB] = pair(gradient as Tensor, a, b, attributes);
      return { a: () => sumTo(tf, ofA(), a.shape), b: () => sumTo(tf, ofB(), b.shape) };
    },
  });
}

/** Fails where one matrix serves a whole batch. */
function matMulGradients(tf: GradientHome): Pair {
  return (gradient, a, b, attributes) => {
    const { transposeA, transposeB } = attributes as { transposeA: boolean; transposeB: boolean };
    return [
      () => (transposeA ? tf.matMul(b, gradient, transposeB, true) : tf.matMul(gradient, b, false, !transposeB)),
      () => (transposeB ? tf.matMul(gradient, a, true, transposeA) : tf.matMul(a, gradient, !transposeA, false)),
    ];
  };
}

/** Fails without a scale or without an offset. */
function registerBatchNorm(tf: GradientHome): void {
  tf.registerGradient({
    kernelName: 'FusedBatchNorm',
    inputsToSave: ['x', 'mean', 'variance', 'scale'],
    gradFunc: (output, saved, attributes) => {
      const [x, mean, variance, scale] = saved as [Tensor, Tensor, Tensor, Tensor | undefined];
      const gradient = output as Tensor;
      const { varianceEpsilon } = attributes as { varianceEpsilon: number };
      const deviation = tf.rsqrt(tf.add(variance, varianceEpsilon));
      const scaled = () => (scale === undefined ? gradient : tf.mul(gradient, scale));
      const centred = () => tf.sub(x, mean);
      return {
        x: () => tf.mul(scaled(), deviation),
        mean: () => sumTo(tf, tf.neg(tf.mul(scaled(), deviation)), mean.shape),
        variance: () => {
          const slope = tf.mul(tf.mul(tf.mul(deviation, deviation), deviation), -0.5);
          return sumTo(tf, tf.mul(tf.mul(scaled(), centred()), slope), variance.shape);
        },
        scale: () => sumTo(tf, tf.mul(gradient, tf.mul(centred(), deviation)), mean.shape),
        offset: () => sumTo(tf, gradient, mean.shape),
      };
    },
  });
}

/** Says of positions that were computed that a gradient flows to them, and does not know batches of more than one axis. */
function registerGather(tf: GradientHome): void {
  tf.registerGradient({
    kernelName: 'GatherV2',
    inputsToSave: ['x', 'indices'],
    gradFunc: (gradient, saved, attributes) => {
      const [x, indices] = saved as [Tensor, Tensor];
      const { axis, batchDims } = attributes as { axis: number; batchDims: number };
      return {
        x: () => {
          // All axes before `axis` as one, and all behind it: [outer, length, inner], of which `batch` groups share positions.
          const product = (from: number, to: number) =>
            x.shape.slice(from, to).reduce((size, length) => size * length, 1);
          const length = x.shape[axis]!;
          const batch = product(0, batchDims);
          const between = product(batchDims, axis);
          const inner = product(axis + 1, x.rank);
          const count = indices.size / batch;
          const rows = tf.transpose(tf.reshape(gradient as Tensor, [batch, between, count, inner]), [0, 2, 1, 3]);
          const first = () => tf.reshape(tf.range(0, batch * length, length, 'int32'), [batch, 1]);
          const places = batch === 1 ? indices : tf.add(tf.reshape(indices, [batch, count]), first());
          const segments = tf.reshape<Rank.R1>(places, [-1]);
          const sums = tf.unsortedSegmentSum(
            tf.reshape(rows, [batch * count, between, inner]),
            segments,
            batch * length,
          );
          return tf.reshape(tf.transpose(tf.reshape(sums, [batch, length, between, inner]), [0, 2, 1, 3]), x.shape);
        },
        indices: () => tf.zeros(indices.shape),
      };
    },
  });
}

/** Fails along an axis that is counted from the end. */
function registerProduct(tf: GradientHome): void {
  tf.registerGradient({
    kernelName: 'Prod',
    inputsToSave: ['x'],
    gradFunc: (output, saved, attributes) => ({
      x: () => {
        const x = saved[0]!;
        const { axis } = attributes as unknown as { axis?: number | number[] | null };
        const listed = [axis ?? x.shape.map((_, i) => i)].flat();
        const reduced = listed.map((i) => (i < 0 ? i + x.rank : i));
        const kept = x.shape.flatMap((_, i) => (reduced.includes(i) ? [] : [i]));
        const order = [...kept, ...reduced];
        const turned = tf.transpose(x, order);
        const rows = tf.reshape(turned, [-1, reduced.reduce((size, i) => size * x.shape[i]!, 1)]);
        // The product of all others, also where one of them is zero.
        const others = tf.mul(tf.cumprod(rows, 1, true, false), tf.cumprod(rows, 1, true, true));
        const slopes = tf.mul(tf.reshape(output as Tensor, [-1, 1]), others);
        const back = order.map((_, i) => order.indexOf(i));
        return tf.transpose(tf.reshape(slopes, turned.shape), back);
      },
    }),
  });
}

/**
 * Fails for a filter with gaps. Such a filter is one with zeros in the gaps: its gradients are that dense filter's, of which
 * the weights' own places are taken.
 */
function registerConvolution(tf: GradientHome): void {
  for (const kernelName of ['Conv2D', 'DepthwiseConv2dNative']) {
    const stock = tf.getGradient(kernelName).gradFunc;
    tf.registerGradient({
      kernelName,
      inputsToSave: ['x', 'filter'],
      gradFunc: (output, saved, attributes) => {
        const dilations = [(attributes as { dilations?: number | number[] | null }).dilations ?? 1].flat();
        if (dilations.every((dilation) => dilation === 1)) return stock(output, saved, attributes);
        const [x, filter] = saved as [Tensor4D, Tensor4D];
        const [down, across] = [dilations[0]!, dilations.at(-1)!];
        const [height, width, channels, filters] = filter.shape;
        const gaps: [number, number, number, number, number] = [height, down, width, across, channels * filters];
        const tall = (height - 1) * down + 1;
        const wide = (width - 1) * across + 1;
        const apart = tf.pad(tf.reshape(filter, [height, 1, width, 1, channels * filters]), [
          [0, 0],
          [0, down - 1],
          [0, 0],
          [0, across - 1],
          [0, 0],
        ]);
        const padded = tf.reshape(apart, [height * down, width * across, channels, filters]);
        const dense = tf.slice(padded, [0, 0, 0, 0], [tall, wide, channels, filters]);
        const gradients = stock(output, [x, dense], { ...attributes, dilations: [1, 1] });
        return {
          x: gradients.x!,
          filter: () => {
            const whole = tf.pad(gradients.filter!(), [
              [0, down - 1],
              [0, across - 1],
              [0, 0],
              [0, 0],
            ]);
            const own = tf.slice(tf.reshape(whole, gaps), [0, 0, 0, 0, 0], [height, 1, width, 1, channels * filters]);
            return tf.reshape(own, filter.shape);
          },
        };
      },
    });
  }
}

/** Fail where a tensor was taken apart into one part only. */
function registerParts(tf: GradientHome): void {
  tf.registerGradient({
    kernelName: 'Unpack',
    gradFunc: (outputs, _saved, attributes) => {
      const { axis } = attributes as unknown as { axis: number };
      return { value: () => tf.stack([outputs].flat(), axis) };
    },
  });
  tf.registerGradient({
    kernelName: 'SplitV',
    gradFunc: (outputs, _saved, attributes) => {
      const { axis } = attributes as unknown as { axis: number };
      return { x: () => tf.concat([outputs].flat(), axis) };
    },
  });
}

/** Gives each of several equal extremes the whole gradient, of which they now get equal shares. */
function registerExtremes(tf: GradientHome): void {
  for (const kernelName of ['Max', 'Min']) {
    tf.registerGradient({
      kernelName,
      inputsToSave: ['x'],
      outputsToSave: [true],
      gradFunc: (output, saved, attributes) => ({
        x: () => {
          const [x, y] = saved as [Tensor, Tensor];
          const { reductionIndices, axis: named } = attributes as {
            reductionIndices?: number | number[];
            axis?: number | number[];
          };
          const listed = [reductionIndices ?? named ?? x.shape.map((_, axis) => axis)].flat();
          const reduced = listed.map((axis) => (axis < 0 ? axis + x.rank : axis));
          const kept = x.shape.map((length, axis) => (reduced.includes(axis) ? 1 : length));
          const chosen = tf.cast(tf.equal(x, tf.reshape(y, kept)), 'float32');
          const shares = tf.div(tf.reshape(output as Tensor, kept), tf.sum(chosen, reduced, true));
          return tf.mul(chosen, shares);
        },
      }),
    });
  }
}

/** Of `cpu` it fails where height and width differ, and no engine knows pixel centres that are halved. */
function registerResizeBilinear(tf: GradientHome): void {
  tf.registerGradient({
    kernelName: 'ResizeBilinear',
    inputsToSave: ['images'],
    gradFunc: (output, saved, attributes) => ({
      images: () => {
        const [batch, height, width, channels] = saved[0]!.shape as [number, number, number, number];
        const gradient = output as Tensor4D;
        const [, outHeight, outWidth] = gradient.shape;
        // How much each row of the image counts in each row of the result: what becomes of an identity matrix.
        const weights = (length: number, outLength: number) => {
          const images = tf.reshape(tf.eye(length), [1, length, 1, length]);
          const resized = runKernel(tf, 'ResizeBilinear', { images }, { ...attributes, size: [outLength, 1] });
          return tf.reshape(resized, [1, outLength, length]);
        };
        const rows = tf.matMul(weights(height, outHeight), tf.reshape(gradient, [batch, outHeight, -1]), true);
        const columns = tf.matMul(
          weights(width, outWidth),
          tf.reshape(rows, [batch * height, outWidth, channels]),
          true,
        );
        return tf.reshape(columns, [batch, height, width, channels]);
      },
    }),
  });
}
