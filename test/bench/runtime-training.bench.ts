import type * as Core from '@tensorflow/tfjs-core';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { BenchRow } from './bench-row.ts';
import { loopNetwork } from './loop-network.ts';

const rounds = 5;
/** Processor time of one round, at least. */
const roundMs = 300;

type TensorFlow = typeof Core;
interface Backends {
  prepareEngine(name: string, options: object): Promise<{ readonly tf: TensorFlow }>;
}

/** A network with its data, as `make` leaves it: call `loss` for a step's loss. */
type Network = (tf: TensorFlow) => { readonly variables: readonly Core.Variable[]; readonly loss: () => Core.Scalar };

const networks: Readonly<Record<string, Network>> = {
  'dense 4-64-64-2, batch 32': (tf) => dense(tf, [4, 64, 64, 2], 32),
  'dense 784-128-10, batch 128': (tf) => dense(tf, [784, 128, 10], 128),
  'transformer block, width 64, 4 heads, length 32, batch 16': transformer,
  'convolutions, 28 x 28, 8 and 16 channels, batch 32': convolutions,
};

/** Training steps (forward, backward, Adam, reading the loss) per second of processor time, for every engine that is there. */
export async function bench(): Promise<BenchRow[]> {
  const distribution = process.env.MARGINALIA_DIST ?? join(process.cwd(), 'dist');
  const backends = createRequire(import.meta.url)(join(distribution, 'backends.cjs')) as Backends;
  const rows: BenchRow[] = [];
  const loop = stepsPerSecond(loopNetwork([4, 64, 64, 2], 32));
  const torch = torchSteps();
  for (const engine of ['cpu', 'wasm', 'tensorflow']) {
    let tf: TensorFlow;
    try {
      ({ tf } = await backends.prepareEngine(engine, { distribution, experimentFolder: process.cwd() }));
    } catch {
      continue;
    }
    await tf.setBackend(engine);
    for (const [name, network] of Object.entries(networks)) {
      const { variables, loss } = network(tf);
      const optimizer = tf.train.adam(1e-3);
      const step = () => {
        const { value, grads } = tf.variableGrads(loss, [...variables]);
        optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
        value.dataSync();
        tf.dispose([value, grads]);
      };
      const isFirst = name.startsWith('dense 4-');
      rows.push({
        name: `${name}, on ${engine}`,
        value: stepsPerSecond(step),
        unit: 'steps/s',
        ...(isFirst && { against: { name: 'a loop in JavaScript', value: loop } }),
        note: `best of ${rounds} rounds, per second of processor time; PyTorch eager beside it: ${torch}`,
      });
      optimizer.dispose();
      tf.disposeVariables();
    }
  }
  return rows;
}

function stepsPerSecond(step: () => void): number {
  for (let i = 0; i < 3; i++) step();
  let best = 0;
  for (let round = 0; round < rounds; round++) {
    const began = process.cpuUsage();
    let spent = 0;
    let steps = 0;
    while (spent < roundMs) {
      step();
      steps++;
      const { user, system } = process.cpuUsage(began);
      spent = (user + system) / 1000;
    }
    best = Math.max(best, (1000 * steps) / spent);
  }
  return best;
}

function torchSteps(): string {
  const program = `
import time
import torch
torch.set_num_threads(1)
net = torch.nn.Sequential(torch.nn.Linear(4, 64), torch.nn.ReLU(), torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 2))
x, y = torch.randn(32, 4), torch.randn(32, 2)
adam = torch.optim.Adam(net.parameters(), 1e-3)
def step():
    adam.zero_grad()
    loss = ((net(x) - y) ** 2).mean()
    loss.backward()
    adam.step()
    loss.item()
for _ in range(20): step()
best = 0
for _ in range(5):
    began = time.process_time()
    for _ in range(200): step()
    best = max(best, 200 / (time.process_time() - began))
print(round(best), 'steps/s on 4-64-64-2')
`;
  const { status, stdout } = spawnSync('python3', ['-c', program], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : 'not there';
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
