import type * as Core from '@tensorflow/tfjs-core';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { BenchRow } from './bench-row.ts';
import { tensorTransformer, wave, weights, type TensorNetwork } from './tensor-transformer.ts';
import { howMeasured, stepsPerSecond, torchStepsPerSecond, type TrainedNetwork } from './training-speed.ts';

type TensorFlow = typeof Core;
interface Backends {
  prepareEngine(name: string, options: object): Promise<{ readonly tf: TensorFlow }>;
}

type Network = (tf: TensorFlow) => TensorNetwork;

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
    network: (tf) => tensorTransformer(tf, 0),
    inPyTorch: { kind: 'transformer', outputs: 0 },
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

function dense(tf: TensorFlow, sizes: readonly number[], batch: number): TensorNetwork {
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

function convolutions(tf: TensorFlow): TensorNetwork {
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
