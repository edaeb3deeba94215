import type { Tensor, Tensor5D } from '@tensorflow/tfjs-core';
import { runKernel, type GradientHome } from './gradient-home.ts';

/** Gradients of operations for which TensorFlow.js has none. */
export function registerAddedGradients(tf: GradientHome): void {
  registerEinsum(tf);
  registerCumprod(tf);
  registerTopK(tf);
  registerDiag(tf);
  registerScattering(tf);
  registerTransposedConvolution(tf);
}

function registerEinsum(tf: GradientHome): void {
  tf.registerGradient({
    kernelName: 'Einsum',
    saveAllInputs: true,
    gradFunc: (output, saved, attributes) => {
      const { equation } = attributes as unknown as { equation: string };
      const [left, result] = equation.replaceAll(' ', '').split('->') as [string, string];
      const terms = left.split(',');
      const gradients: Record<string, () => Tensor> = {};
      for (const [i, own] of terms.entries()) {
        gradients[i] = () => {
          const others = terms.flatMap((term, j) => (j === i ? [] : [{ term, tensor: saved[j]! }]));
          // Axes that stand in this factor alone were summed: each of their elements gets the same.
          const shared = Array.from(own).filter(
            (axis) => result.includes(axis) || others.some(({ term }) => term.includes(axis)),
          );
          const inputs = [result, ...others.map(({ term }) => term)].join(',');
          const tensors = [output as Tensor, ...others.map(({ tensor }) => tensor)];
          const partial = tf.einsum(`${inputs}->${shared.join('')}`, ...tensors);
          const { shape } = saved[i]!;
          const thin = Array.from(own).map((axis, at) => (shared.includes(axis) ? shape[at]! : 1));
          return tf.mul(tf.reshape(partial, thin), tf.ones(shape));
        };
      }
      return gradients;
    },
  });
}

/** Each result's share of an element is the product of the others that it multiplies: right also where an element is zero. */
function registerCumprod(tf: GradientHome): void {
  tf.registerGradient({
    kernelName: 'Cumprod',
    inputsToSave: ['x'],
    gradFunc: (output, saved, attributes) => ({
      x: () => {
        const x = saved[0]!;
        const { axis, exclusive, reverse } = attributes as unknown as {
          axis: number;
          exclusive: boolean;
          reverse: boolean;
        };
        const at = axis < 0 ? axis + x.rank : axis;
        const last = x.rank - 1;
        const order = x.shape.map((_, i) => (i === at ? last : i === last ? at : i));
        const rows = (tensor: Tensor) => tf.reshape(tf.transpose(tensor, order), [-1, 1, x.shape[at]!]);
        const length = x.shape[at]!;
        const own = tf.eye(length);
        // [rows, element that is left out, element]
        const without = tf.add(tf.mul(rows(x), tf.sub(1, own)), own);
        const products = tf.cumprod(without, 2, exclusive, reverse);
        const counts = tf.cumsum(own, 1, exclusive, reverse);
        const slopes = tf.sum(tf.mul(tf.mul(products, counts), rows(output as Tensor)), 2);
        return tf.transpose(
          tf.reshape(
            slopes,
            order.map((i) => x.shape[i]!),
          ),
          order,
        );
      },
    }),
  });
}

function registerTopK(tf: GradientHome): void {
  tf.registerGradient({
    kernelName: 'TopK',
    inputsToSave: ['x'],
    outputsToSave: [false, true],
    gradFunc: (outputs, saved) => ({
      x: () => {
        const [x, indices] = saved as [Tensor, Tensor];
        const [gradient] = outputs as Tensor[];
        // A place among one, which `oneHot` refuses, is one too.
        const places = tf.cast(
          tf.equal(tf.expandDims(indices, -1), tf.range(0, x.shape.at(-1)!, 1, 'int32')),
          'float32',
        );
        return tf.sum(tf.mul(places, tf.expandDims(gradient!, -1)), -2);
      },
    }),
  });
}

function registerDiag(tf: GradientHome): void {
  tf.registerGradient({
    kernelName: 'Diag',
    inputsToSave: ['x'],
    gradFunc: (output, saved) => ({
      x: () => {
        const { size, shape } = saved[0]!;
        const matrix = tf.reshape(output as Tensor, [size, size]);
        return tf.reshape(tf.sum(tf.mul(matrix, tf.eye(size)), 1), shape);
      },
    }),
  });
}

/** Choosing by positions, and its reverse. Positions themselves have no slope. */
function registerScattering(tf: GradientHome): void {
  tf.registerGradient({
    kernelName: 'GatherNd',
    inputsToSave: ['params', 'indices'],
    gradFunc: (output, saved) => {
      const [params, indices] = saved as [Tensor, Tensor];
      return {
        params: () => {
          // One position is a list of one.
          const depth = indices.shape.at(-1)!;
          const updates = tf.reshape(output as Tensor, [indices.size / depth, ...params.shape.slice(depth)]);
          const inputs = { indices: tf.reshape(indices, [indices.size / depth, depth]), updates };
          return runKernel(tf, 'ScatterNd', inputs, { shape: params.shape });
        },
        indices: () => tf.zeros(indices.shape),
      };
    },
  });
  tf.registerGradient({
    kernelName: 'ScatterNd',
    inputsToSave: ['indices'],
    gradFunc: (output, saved) => {
      const indices = saved[0]!;
      return { updates: () => tf.gatherND(output as Tensor, indices), indices: () => tf.zeros(indices.shape) };
    },
  });
  tf.registerGradient({
    kernelName: 'TensorScatterUpdate',
    inputsToSave: ['indices', 'updates'],
    gradFunc: (output, saved) => {
      const [indices, updates] = saved as [Tensor, Tensor];
      const gradient = output as Tensor;
      return {
        tensor: () => tf.tensorScatterUpdate(gradient, indices, tf.zerosLike(updates)),
        updates: () => tf.gatherND(gradient, indices),
        indices: () => tf.zeros(indices.shape),
      };
    },
  });
}

function registerTransposedConvolution(tf: GradientHome): void {
  tf.registerGradient({
    kernelName: 'Conv3DBackpropInputV2',
    inputsToSave: ['dy', 'filter'],
    gradFunc: (output, saved, attributes) => {
      const [dy, filter] = saved as [Tensor5D, Tensor5D];
      const gradient = output as Tensor5D;
      const { strides, pad } = attributes as unknown as { strides: [number, number, number]; pad: 'same' | 'valid' };
      return {
        dy: () => tf.conv3d(gradient, filter, strides, pad),
        filter: () => {
          const inputs = { x: gradient, dy };
          return runKernel(tf, 'Conv3DBackpropFilterV2', inputs, { strides, pad, filterShape: filter.shape });
        },
      };
    },
  });
}
