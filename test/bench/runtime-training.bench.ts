import type * as Core from '@tensorflow/tfjs-core';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { BenchRow } from './bench-row.ts';
import { howMeasured, stepsPerSecond, torchStepsPerSecond, type TrainedNetwork } from './training-speed.ts';

type TensorFlow = typeof Core;
interface Backends {
  prepareEngine(name: string, options: object): Promise<{ readonly tf: TensorFlow }>;
}

/** A network with its data: call `loss` for a step's loss. */
type Network = (tf: TensorFlow) => { readonly variables: readonly Core.Variable[]; readonly loss: () => Core.Scalar };

interface Work {
  readonly name: string;
  readonly network: Network;
  /** What training.py calls it. */
  readonly inPyTorch: TrainedNetwork;
}

const works: readonly Work[] = [
  denseWork([4, 64, 64, 2], 32),
  denseWork([784, 128, 10], 128),
  {
    name: 'transformer block, width 64, 4 heads, length 32, batch 16',
    network: transformer,
    inPyTorch: { kind: 'transformer' },
  },
  {
    name: 'convolutions, 28 x 28, 8 and 16 channels, batch 32',
    network: convolutions,
    inPyTorch: { kind: 'convolutions' },
  },
];

function denseWork(sizes: readonly number[], batch: number): Work {
  return {
    name: `dense ${sizes.join('-')}, batch ${batch}`,
    network: (tf) => dense(tf, sizes, batch),
    inPyTorch: { kind: 'dense', sizes, batch },
  };
}

/** Training steps (forward, backward, Adam, reading the loss) per second of processor time, for every engine that is there. */
export async function bench(): Promise<BenchRow[]> {
  const distribution = process.env.MARGINALIA_DIST ?? join(process.cwd(), 'dist');
  const backends = createRequire(import.meta.url)(join(distribution, 'backends.cjs')) as Backends;
  const rows: BenchRow[] = [];
  const torch = new Map(works.map(({ name, inPyTorch }) => [name, torchStepsPerSecond(inPyTorch)]));
  const note = [...torch.values()].includes(undefined) ? '; PyTorch is not on this machine' : '';
  for (const engine of ['cpu', 'wasm', 'tensorflow']) {
    let tf: TensorFlow;
    try {
      ({ tf } = await backends.prepareEngine(engine, { distribution, experimentFolder: process.cwd() }));
    } catch {
      continue;
    }
    await tf.setBackend(engine);
    for (const { name, network } of works) {
      const { variables, loss } = network(tf);
      const optimizer = tf.train.adam(1e-3);
      const step = () => {
        const { value, grads } = tf.variableGrads(loss, [...variables]);
        optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
        value.dataSync();
        tf.dispose([value, grads]);
      };
      const beside = torch.get(name);
      rows.push({
        name: `${name}, on ${engine}`,
        value: stepsPerSecond(step),
        unit: 'steps/s',
        ...(beside !== undefined && { against: { name: 'PyTorch eager, one thread', value: beside } }),
        note: `${howMeasured}${note}`,
      });
      optimizer.dispose();
      tf.disposeVariables();
    }
  }
  return rows;
}

/** The same numbers everywhere: a wave. */
function wave(tf: TensorFlow, shape: number[], scale = 1): Core.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => scale * Math.sin(i * 12.9898 + size)),
    shape,
  );
}

function weights(tf: TensorFlow, shape: number[]): Core.Variable {
  const inputs = shape.slice(0, -1).reduce((product, length) => product * length, 1);
  return tf.variable(wave(tf, shape, Math.sqrt(2 / inputs)));
}

function dense(tf: TensorFlow, sizes: readonly number[], batch: number): ReturnType<Network> {
  const layers = sizes
    .slice(1)
    .map((outputs, i) => [weights(tf, [sizes[i]!, outputs]), tf.variable(tf.zeros([outputs]))]);
  const inputs = wave(tf, [batch, sizes[0]!]);
  const targets = wave(tf, [batch, sizes.at(-1)!]);
  const loss = () => {
    let values = inputs;
    for (const [i, [matrix, bias]] of layers.entries()) {
      values = tf.add(tf.matMul(values, matrix!), bias!);
      if (i < layers.length - 1) values = tf.relu(values);
    }
    return tf.mean<Core.Scalar>(tf.square(tf.sub(values, targets)));
  };
  return { variables: layers.flat(), loss };
}

function transformer(tf: TensorFlow): ReturnType<Network> {
  const [width, heads, length, batch] = [64, 4, 32, 16];
  const [q, k, v, out] = [0, 1, 2, 3].map(() => weights(tf, [width, width])) as [
    Core.Variable,
    Core.Variable,
    Core.Variable,
    Core.Variable,
  ];
  const [up, down] = [weights(tf, [width, 4 * width]), weights(tf, [4 * width, width])];
  const table = weights(tf, [64, width]);
  const tokens = tf.tensor2d(
    Int32Array.from({ length: batch * length }, (_, i) => (i * 7) % 64),
    [batch, length],
    'int32',
  );
  const targets = wave(tf, [batch * length, width]);
  const norm = (x: Core.Tensor) => {
    const { mean, variance } = tf.moments(x, -1, true);
    return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
  };
  const split = (x: Core.Tensor) => tf.transpose(tf.reshape(x, [batch, length, heads, width / heads]), [0, 2, 1, 3]);
  const loss = () => {
    const rows = tf.reshape(tf.gather(table, tokens), [batch * length, width]);
    const normal = norm(rows);
    const [queries, keys, values] = [q, k, v].map((matrix) => split(tf.matMul(normal, matrix))) as [
      Core.Tensor,
      Core.Tensor,
      Core.Tensor,
    ];
    const scores = tf.softmax(tf.div(tf.matMul(queries, keys, false, true), Math.sqrt(width / heads)));
    const mixed = tf.reshape(tf.transpose(tf.matMul(scores, values), [0, 2, 1, 3]), [batch * length, width]);
    const attended = tf.add(rows, tf.matMul(mixed, out));
    const result = tf.add(attended, tf.matMul(tf.relu(tf.matMul(norm(attended), up)), down));
    return tf.mean<Core.Scalar>(tf.square(tf.sub(result, targets)));
  };
  return { variables: [q, k, v, out, up, down, table], loss };
}

function convolutions(tf: TensorFlow): ReturnType<Network> {
  const [first, second, last] = [weights(tf, [3, 3, 1, 8]), weights(tf, [3, 3, 8, 16]), weights(tf, [784, 10])];
  const images = wave(tf, [32, 28, 28, 1]) as Core.Tensor4D;
  const targets = wave(tf, [32, 10]);
  const layer = (x: Core.Tensor4D, filter: Core.Variable) =>
    tf.maxPool(tf.relu(tf.conv2d(x, filter as Core.Tensor as Core.Tensor4D, 1, 'same')), 2, 2, 'same');
  const loss = () => {
    const flat = tf.reshape(layer(layer(images, first), second), [32, 784]);
    return tf.mean<Core.Scalar>(tf.square(tf.sub(tf.matMul(flat, last), targets)));
  };
  return { variables: [first, second, last], loss };
}
