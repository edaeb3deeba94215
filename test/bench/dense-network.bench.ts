import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng, denseNetwork, mlp, type TensorFlow } from 'marginalia';
import type { BenchRow } from './bench-row.ts';
import { loopNetwork } from './loop-network.ts';
import { howMeasured, numberFrom, stepsPerSecond, torchStepsPerSecond } from './training-speed.ts';

interface Backends {
  prepareEngine(name: string, options: object): Promise<{ readonly tf: TensorFlow }>;
}

interface Work {
  readonly sizes: readonly number[];
  readonly batch: number;
}

/** Training steps (both passes, squared error, Adam) per second of processor time: `denseNetwork` and its competitors. */
export async function bench(): Promise<BenchRow[]> {
  const distribution = process.env.MARGINALIA_DIST ?? join(process.cwd(), 'dist');
  const backends = createRequire(import.meta.url)(join(distribution, 'backends.cjs')) as Backends;
  const { tf } = await backends.prepareEngine('wasm', { distribution });
  const rows: BenchRow[] = [];
  for (const work of [
    { sizes: [4, 64, 64, 2], batch: 32 },
    { sizes: [784, 128, 10], batch: 128 },
  ]) {
    const competitors: readonly (readonly [name: string, rate: number | undefined])[] = [
      ['C', compiledSteps(work)],
      ['PyTorch eager, one thread', torchStepsPerSecond({ kind: 'dense', ...work })],
      ['TensorFlow.js on wasm', stepsPerSecond(tensorStep(tf, work))],
      ['a loop in JavaScript', stepsPerSecond(loopNetwork(work.sizes, work.batch))],
    ];
    const value = stepsPerSecond(denseStep(work));
    const absent = competitors.filter(([, rate]) => rate === undefined).map(([name]) => name);
    const note = absent.length > 0 ? `; not on this machine: ${absent.join(', ')}` : '';
    for (const [name, rate] of competitors) {
      if (rate === undefined) continue;
      rows.push({
        name: `denseNetwork ${work.sizes.join('-')}, batch ${work.batch}`,
        value,
        unit: 'steps/s',
        against: { name, value: rate },
        note: `${howMeasured}${note}`,
      });
    }
  }
  return rows;
}

function data({ sizes, batch }: Work) {
  const wave = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * 12.9898 + length));
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
