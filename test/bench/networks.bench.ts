import type * as Core from '@tensorflow/tfjs-core';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createRng,
  denseNetwork,
  mlp,
  recurrentNetwork,
  transformerNetwork,
  variableOf,
  type TensorFlow,
} from 'marginalia';
import type { BenchRow } from './bench-row.ts';
import { loopNetwork } from './loop-network.ts';
import { tensorTransformer } from './tensor-transformer.ts';
import { howMeasured, numberFrom, stepsPerSecond, torchStepsPerSecond } from './training-speed.ts';

interface Backends {
  prepareEngine(name: string, options: object): Promise<{ readonly tf: typeof Core }>;
}

interface Work {
  readonly sizes: readonly number[];
  readonly batch: number;
}

/** Long short-term memory over sequences. */
const sequenceWork = { sizes: [8, 32, 4], batch: 16, length: 20 } as const;

/** A transformer's block between an embedding of tokens and positions and a layer to one output for each token. */
const transformerWork = { tokens: 64, width: 64, heads: 4, length: 32, layers: 1, outputs: 64, causal: false } as const;

/** Training steps (both passes, squared error, Adam) per second of processor time: networks of the sdk and their competitors. */
export async function bench(): Promise<BenchRow[]> {
  const distribution = process.env.MARGINALIA_DIST ?? join(process.cwd(), 'dist');
  const backends = createRequire(import.meta.url)(join(distribution, 'backends.cjs')) as Backends;
  const { tf } = await backends.prepareEngine('wasm', { distribution });
  const dense = [
    { sizes: [4, 64, 64, 2], batch: 32 },
    { sizes: [784, 128, 10], batch: 128 },
  ].flatMap((work) =>
    compare(`denseNetwork ${work.sizes.join('-')}, batch ${work.batch}`, stepsPerSecond(denseStep(work)), [
      ['C', compiledSteps(work)],
      ['PyTorch eager, one thread', torchStepsPerSecond({ kind: 'dense', ...work })],
      ['TensorFlow.js on wasm', stepsPerSecond(tensorStep(tf, work))],
      ['a loop in JavaScript', stepsPerSecond(loopNetwork(work.sizes, work.batch))],
    ]),
  );
  const { sizes, batch, length } = sequenceWork;
  const name = `recurrentNetwork ${sizes.join('-')}, lstm, batch ${batch}, length ${length}`;
  const recurrent = compare(name, stepsPerSecond(recurrentStep()), [
    ['PyTorch eager, one thread', torchStepsPerSecond({ kind: 'recurrent', ...sequenceWork })],
    ['TensorFlow.js on wasm', stepsPerSecond(recurrentTensorStep(tf))],
  ]);
  const transformer = compare(
    `transformerNetwork, width 64, 4 heads, length 32, ${transformerWork.outputs} tokens and outputs, batch 16`,
    stepsPerSecond(transformerStep()),
    [
      ['PyTorch eager, one thread', torchStepsPerSecond({ kind: 'transformer', outputs: transformerWork.outputs })],
      ['TensorFlow.js on wasm', stepsPerSecond(transformerTensorStep(tf))],
    ],
  );
  return [...dense, ...recurrent, ...transformer];
}

type Competitor = readonly [name: string, rate: number | undefined];

function compare(name: string, value: number, competitors: readonly Competitor[]): BenchRow[] {
  const absent = competitors.filter(([, rate]) => rate === undefined).map(([competitor]) => competitor);
  const note = absent.length > 0 ? `; not on this machine: ${absent.join(', ')}` : '';
  return competitors.flatMap(([competitor, rate]) =>
    rate === undefined
      ? []
      : [{ name, value, unit: 'steps/s', against: { name: competitor, value: rate }, note: `${howMeasured}${note}` }],
  );
}

function wave(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(i * 12.9898 + length));
}

function data({ sizes, batch }: Work) {
  return { inputs: wave(batch * sizes[0]!), targets: wave(batch * sizes.at(-1)!) };
}

function denseStep(work: Work): () => void {
  const { inputs, targets } = data(work);
  const optimizer = { type: 'adam', rate: 1e-3 } as const;
  const network = denseNetwork(createRng('bench', 0), { sizes: work.sizes, activation: 'relu', optimizer });
  return () => network.train(inputs, work.batch, { loss: 'squared', targets });
}

function tensorStep(tf: TensorFlow, work: Work): () => void {
  const { batch, sizes } = work;
  const given = data(work);
  const inputs = tf.tensor2d(given.inputs, [batch, sizes[0]!]);
  const targets = tf.tensor2d(given.targets, [batch, sizes.at(-1)!]);
  const network = mlp(tf, createRng('bench', 0), sizes);
  const optimizer = tf.train.adam(1e-3);
  return () => {
    const error = () => tf.mean<ReturnType<typeof tf.scalar>>(tf.square(tf.sub(network.logits(inputs), targets)));
    const loss = optimizer.minimize(error, true)!;
    loss.dataSync();
    loss.dispose();
  };
}

function recurrentStep(): () => void {
  const { sizes, batch, length } = sequenceWork;
  const optimizer = { type: 'adam', rate: 1e-3 } as const;
  const network = recurrentNetwork(createRng('bench', 0), { sizes, cell: 'lstm', optimizer });
  const [inputs, targets] = [wave(length * batch * sizes[0]), wave(length * batch * sizes[2])];
  return () => network.train({ inputs, batch, length }, { loss: 'squared', targets });
}

function recurrentTensorStep(tf: TensorFlow): () => void {
  const { sizes, batch, length } = sequenceWork;
  const [ins, units, outs] = sizes;
  const rng = createRng('bench', 0);
  const weights = (rows: number, columns: number) =>
    variableOf(tf, () => {
      const values = Float32Array.from({ length: rows * columns }, () => rng.normal(0, Math.sqrt(1 / rows)));
      return tf.tensor2d(values, [rows, columns]);
    });
  const [kernel, outward] = [weights(ins + units, 4 * units), weights(units, outs)];
  const biases = (size: number) => variableOf(tf, () => tf.tensor1d(new Float32Array(size)));
  const [bias, outwardBias] = [biases(4 * units), biases(outs)];
  const all = wave(length * batch * ins);
  const inputs = Array.from({ length }, (_, time) =>
    tf.tensor2d(all.subarray(time * batch * ins, (time + 1) * batch * ins), [batch, ins]),
  );
  const targets = tf.tensor2d(wave(length * batch * outs), [length * batch, outs]);
  const optimizer = tf.train.adam(1e-3);
  const forget = tf.scalar(1);
  const nothing = tf.tensor2d(new Float32Array(batch * units), [batch, units]);
  return () => {
    const loss = optimizer.minimize(() => {
      let [cell, hidden] = [nothing, nothing];
      const hiddens = inputs.map((seen) => {
        [cell, hidden] = tf.basicLSTMCell(forget, kernel, bias, seen, cell, hidden);
        return hidden;
      });
      const outputs = tf.add(tf.matMul(tf.concat(hiddens, 0), outward), outwardBias);
      return tf.mean<ReturnType<typeof tf.scalar>>(tf.square(tf.sub(outputs, targets)));
    }, true)!;
    loss.dataSync();
    loss.dispose();
  };
}

function transformerStep(): () => void {
  const [batch, { length, outputs }] = [16, transformerWork];
  const optimizer = { type: 'adam', rate: 1e-3 } as const;
  const network = transformerNetwork(createRng('bench', 0), { ...transformerWork, optimizer });
  const tokens = Int32Array.from({ length: batch * length }, (_, i) => (i * 7) % 64);
  const targets = wave(batch * length * outputs);
  return () => network.train({ tokens, batch, length }, { loss: 'squared', targets });
}

function transformerTensorStep(tf: typeof Core): () => void {
  const { loss } = tensorTransformer(tf, transformerWork.outputs);
  const optimizer = tf.train.adam(1e-3);
  return () => {
    const value = optimizer.minimize(loss, true)!;
    value.dataSync();
    value.dispose();
  };
}

/** dense-network.c, where there is a compiler: with all that it may do for this very processor. */
function compiledSteps({ sizes, batch }: Work): number | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'marginalia-bench-'));
  try {
    const program = join(folder, 'dense-network');
    const source = join(process.cwd(), 'test/bench/dense-network.c');
    const flags = ['-O3', '-march=native', '-ffast-math'];
    if (spawnSync('cc', [...flags, source, '-o', program, '-lm']).status !== 0) return undefined;
    return numberFrom(spawnSync(program, [batch, ...sizes].map(String), { encoding: 'utf8' }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
