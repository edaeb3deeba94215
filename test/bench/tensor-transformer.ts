import type * as Core from '@tensorflow/tfjs-core';

type TensorFlow = typeof Core;

/** A network with its data: call `loss` for a step's loss. */
export interface TensorNetwork {
  readonly variables: readonly Core.Variable[];
  readonly loss: () => Core.Scalar;
}

/** The same numbers everywhere: a wave. */
export function wave(tf: TensorFlow, shape: number[], scale = 1): Core.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => scale * Math.sin(i * 12.9898 + size)),
    shape,
  );
}

export function weights(tf: TensorFlow, shape: number[]): Core.Variable {
  const inputs = shape.slice(0, -1).reduce((product, length) => product * length, 1);
  return tf.variable(wave(tf, shape, Math.sqrt(2 / inputs)));
}

/**
 * A transformer's block, width 64, 4 heads, length 32, batch 16, after an embedding of 64 tokens. With outputs also a vector
 * for each position, a last normalisation, and a layer to so many outputs; 0 for the block alone.
 */
export function tensorTransformer(tf: TensorFlow, outputs: number): TensorNetwork {
  const [width, heads, length, batch] = [64, 4, 32, 16];
  const [q, k, v, out] = [0, 1, 2, 3].map(() => weights(tf, [width, width])) as [
    Core.Variable,
    Core.Variable,
    Core.Variable,
    Core.Variable,
  ];
  const [up, down] = [weights(tf, [width, 4 * width]), weights(tf, [4 * width, width])];
  const table = weights(tf, [64, width]);
  const around =
    outputs > 0 ? { positions: weights(tf, [length, width]), outward: weights(tf, [width, outputs]) } : undefined;
  const tokens = tf.tensor2d(
    Int32Array.from({ length: batch * length }, (_, i) => (i * 7) % 64),
    [batch, length],
    'int32',
  );
  const targets = wave(tf, [batch * length, outputs > 0 ? outputs : width]);
  const norm = (x: Core.Tensor) => {
    const { mean, variance } = tf.moments(x, -1, true);
    return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
  };
  const split = (x: Core.Tensor) => tf.transpose(tf.reshape(x, [batch, length, heads, width / heads]), [0, 2, 1, 3]);
  const loss = () => {
    const vectors = tf.gather(table, tokens);
    const placed = around ? tf.add(vectors, around.positions) : vectors;
    const rows = tf.reshape(placed, [batch * length, width]);
    const normal = norm(rows);
    const [queries, keys, values] = [q, k, v].map((matrix) => split(tf.matMul(normal, matrix))) as [
      Core.Tensor,
      Core.Tensor,
      Core.Tensor,
    ];
    const scores = tf.softmax(tf.div(tf.matMul(queries, keys, false, true), Math.sqrt(width / heads)));
    const mixed = tf.reshape(tf.transpose(tf.matMul(scores, values), [0, 2, 1, 3]), [batch * length, width]);
    const attended = tf.add(rows, tf.matMul(mixed, out));
    const read = tf.add(attended, tf.matMul(tf.relu(tf.matMul(norm(attended), up)), down));
    const result = around ? tf.matMul(norm(read), around.outward) : read;
    return tf.mean<Core.Scalar>(tf.square(tf.sub(result, targets)));
  };
  return { variables: [q, k, v, out, up, down, table, ...Object.values(around ?? {})], loss };
}
