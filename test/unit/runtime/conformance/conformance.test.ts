import type * as Core from '@tensorflow/tfjs-core';
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createWorkplace, experimentSource } from '../built.ts';
import { conformanceCases, type Case } from './cases.ts';
import {
  backward,
  deviation,
  engineNames,
  finiteDifferences,
  forward,
  loadEngines,
  valuesOf,
  type EngineName,
} from './engines.ts';
import { elsewhere } from './elsewhere.ts';
import { engineTable } from './table.ts';

/** Largest differences that are allowed, in units of the largest number of a result. */
const tolerance = {
  /** Between an engine's results and those of the plain engine. */
  results: 2e-5,
  /** Between gradients and finite differences of the plain engine's results, which are not exact themselves. */
  gradients: 4e-3,
};

/** Set it to write the table of docs/engines.md afresh. */
const writing = process.env.MARGINALIA_WRITE_TABLES === '1';

describe('every operation of the sdk', function () {
  this.timeout(60_000);
  let engines: ReadonlyMap<EngineName, typeof Core>;
  before(async () => (engines = await loadEngines()));

  async function on<T>(name: EngineName, work: (tf: typeof Core) => T): Promise<T> {
    const tf = engines.get(name)!;
    assert.equal(await tf.setBackend(name), true);
    return work(tf);
  }

  it('has a case here, or a reason for having none', async () => {
    const offered = await operations(engines.get('cpu')!);
    const covered = new Set(conformanceCases.map(({ operation }) => operation));
    const missing = offered.filter((operation) => !covered.has(operation) && elsewhere[operation] === undefined);
    assert.deepEqual(missing, []);
    const unknown = [...covered, ...Object.keys(elsewhere)].filter((operation) => !offered.includes(operation));
    assert.deepEqual(unknown, []);
  });

  for (const name of engineNames) {
    it(`gives the same results on ${name} as on cpu`, async () => {
      const wrong: string[] = [];
      for (const test of conformanceCases) {
        const values = test.inputs.map(valuesOf);
        const expected = await on('cpu', (tf) => forward(tf, test, values));
        const actual = await on(name, (tf) => attempt(() => forward(tf, test, values)));
        note(wrong, test, actual, expected, tolerance.results);
      }
      assert.deepEqual(wrong, []);
    });
  }

  it('gives the numbers of the definition where all engines had agreed on others', async () => {
    const row = Array.from({ length: 12 }, (_, i) => i);
    for (const name of engineNames) {
      await on(name, (tf) => {
        const is = (actual: Core.Tensor, expected: Core.Tensor, what: string) => {
          assert.deepEqual(actual.shape, expected.shape, `${what} on ${name}`);
          assert.deepEqual(actual.arraySync(), expected.arraySync(), `${what} on ${name}`);
        };
        tf.tidy(() => {
          const matrix = tf.tensor2d(row, [3, 4]);
          is(tf.cumsum(tf.tensor2d([1, 2, 3, 4], [2, 2]), -1), tf.tensor2d([1, 3, 3, 7], [2, 2]), 'a sum along -1');
          is(
            tf.stridedSlice(matrix, [1, 0], [2, 4], [1, 2], 0, 0, 0, 0, 1),
            tf.tensor1d([4, 6]),
            'every other one of a row',
          );
          is(
            tf.stridedSlice(matrix, [0, -1], [3, 0], [2, 1], 0, 0, 0, 0, 2),
            tf.tensor1d([3, 11]),
            'of the last column',
          );
          const image = tf.tensor5d(row.slice(0, 5), [1, 1, 1, 5, 1]);
          const every = tf.tensor5d([0, 2, 4], [1, 1, 1, 3, 1]);
          is(
            tf.conv3d(image, tf.ones<Core.Rank.R5>([1, 1, 1, 1, 1]), [1, 1, 2], 'same'),
            every,
            'a filter of one element',
          );
          const fourth = tf.tensor5d([0, 4], [1, 1, 1, 2, 1]);
          is(tf.maxPool3d(image, 1, [1, 1, 4], 'same'), fourth, 'a window of one element');
          // What becomes of it on WebGPU is the device's affair.
          is(tf.relu6(tf.tensor1d([NaN, 7])), tf.tensor1d([NaN, 6]), 'what is no number');
        });
      });
    }
  });

  it('has the gradients on every engine that finite differences have', async () => {
    const wrong: string[] = [];
    for (const test of conformanceCases.filter(({ gradient }) => gradient === 'flows')) {
      const values = test.inputs.map(valuesOf);
      const expected = await on('cpu', (tf) => finiteDifferences(tf, test, values));
      for (const name of engineNames) {
        const actual = await on(name, (tf) => attempt(() => backward(tf, test, values)));
        note(wrong, test, actual, expected, tolerance.gradients, `on ${name}`);
      }
    }
    assert.deepEqual(wrong, []);
  });

  it('refuses a gradient by its name where it has none', async () => {
    for (const test of conformanceCases.filter(({ gradient }) => gradient === 'refused')) {
      const values = test.inputs.map(valuesOf);
      for (const name of engineNames) {
        await on(name, (tf) =>
          assert.throws(() => backward(tf, test, values), /^Error: No gradient flows through tf\.[\w.]+, /),
        );
      }
    }
  });

  it('may stand beside a loss though it has no gradient', async () => {
    const gradient = await on('cpu', (tf) => {
      const beside = tf.grad((x: Core.Tensor) => {
        tf.unique(x);
        return tf.sum(tf.square(x));
      });
      return Array.from(beside(tf.tensor1d([1, 2])).dataSync());
    });
    assert.deepEqual(gradient, [2, 4]);
  });

  it('refuses the product of a matrix and a vector, which needs another operation, and says which', async () => {
    for (const name of engineNames) {
      await on(name, (tf) =>
        tf.tidy(() => {
          assert.throws(
            () => tf.matMul(tf.ones([2, 5]), tf.ones([5])),
            /matMul takes matrices.*shapes \[2, 5\] and \[5\]\. A vector is multiplied by tf\.dot/,
          );
        }),
      );
    }
  });

  it('leaves its inputs as they were', async () => {
    for (const name of engineNames) {
      await on(name, (tf) => {
        for (const test of conformanceCases) {
          tf.tidy(() => {
            const tensors = test.inputs.map((input, i) =>
              tf.tensor([...valuesOf(input, i)], [...input.shape], input.dtype ?? 'float32'),
            );
            const before = tensors.map((tensor) => Array.from(tensor.dataSync()));
            test.compute(tf, ...tensors);
            const after = tensors.map((tensor) => Array.from(tensor.dataSync()));
            assert.deepEqual(after, before, `${test.operation} ${test.about} on ${name}`);
          });
        }
      });
    }
  });

  it('stands in the table of docs/engines.md', async () => {
    const file = join(process.cwd(), 'docs/engines.md');
    const text = await readFile(file, 'utf8');
    const [begin, end] = ['<!-- table: begin -->\n', '<!-- table: end -->'];
    const [head, rest] = [text.slice(0, text.indexOf(begin) + begin.length), text.slice(text.indexOf(end))];
    const wanted = `${head}\n${await engineTable(conformanceCases, on)}\n${rest}`;
    if (writing) await writeFile(file, wanted);
    else assert.equal(text, wanted, 'Run this test with MARGINALIA_WRITE_TABLES=1 to write the table afresh.');
  });
});

describe('an operation without a gradient', () => {
  it('stops a trial at its own line, not at the line that asked for the gradient', async () => {
    const place = await createWorkplace();
    try {
      const trial = [
        'const weights = tf.variable(tf.tensor1d([1, 2]));',
        'const chosen = () => tf.image.cropAndResize(',
        '  tf.reshape(weights, [1, 1, 2, 1]), tf.tensor2d([[0, 0, 1, 1]]), tf.tensor1d([0], "int32"), [1, 1]);',
        'const loss = () => tf.sum(chosen());',
        'log(0, { loss: tf.variableGrads(loss).value.dataSync()[0] });',
      ].join('\n');
      const file = await place.write('refused.ts', experimentSource({ trial, compute: 'autodiff' }));
      const state = await place.run(file, { backend: 'cpu', seeds: 1 });
      const [failed] = state.trials;
      assert.equal(failed?.error?.line, 11);
      assert.match(failed.error.message, /No gradient flows through tf\.image\.cropAndResize/);
    } finally {
      await place.clean();
    }
  });
});

function attempt<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    return (error as Error).message;
  }
}

function note(
  wrong: string[],
  { operation, about }: Case,
  actual: number[][] | string,
  expected: number[][],
  allowed: number,
  where = '',
): void {
  const label = [operation, about, where].filter(Boolean).join(', ');
  if (typeof actual === 'string') {
    wrong.push(`${label}: ${actual}`);
    return;
  }
  const different = deviation(actual, expected, allowed);
  if (different !== undefined) wrong.push(`${label}: ${different}`);
}

/** Names of all operations that `tf` has in an experiment, read from the package's own list. */
async function operations(tf: typeof Core): Promise<string[]> {
  const require = createRequire(import.meta.url);
  const home = join(require.resolve('@tensorflow/tfjs-core/package.json'), '..');
  const list = await readFile(join(home, 'dist/ops/ops.d.ts'), 'utf8');
  const files = [...list.matchAll(/^export \* from '\.\/(.*)';/gm)].map(([, file]) =>
    join(home, `dist/ops/${file}.d.ts`),
  );
  const texts = [list, ...(await Promise.all(files.map((file) => readFile(file, 'utf8'))))];
  const exported = /^export (?:\{ (.*) \}|declare const (\w+))/gm;
  const names = texts.flatMap((text) =>
    [...text.matchAll(exported)].flatMap(([, some, single]) => some?.split(', ') ?? [single!]),
  );
  const groups = ['image', 'linalg', 'losses', 'signal', 'spectral', 'fused', 'sparse', 'string'] as const;
  const grouped = groups.flatMap((group) => Object.keys(tf[group]).map((name) => `${group}.${name}`));
  const plain = names.filter((name) => typeof (tf as unknown as Record<string, unknown>)[name] === 'function');
  return [...plain, ...grouped].sort();
}
