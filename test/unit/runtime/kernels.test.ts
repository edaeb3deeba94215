import type * as Core from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as Backends from '../../../src/runtime/backends/backends.ts';
import { distribution } from './built.ts';

/** The bundle that trials load: the very kernels that ship, beside the reference backend. */
async function loadEngines(): Promise<typeof Core> {
  const require = createRequire(import.meta.url);
  const { prepareEngine } = require(join(distribution(), 'backends.cjs')) as typeof Backends;
  const options = { distribution: distribution(), experimentFolder: process.cwd() };
  await prepareEngine('cpu', options);
  const { tf } = await prepareEngine('wasm', options);
  return tf as unknown as typeof Core;
}

interface ProductShape {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** Of either factor; one that is empty serves the other's whole batch. */
  readonly batches: readonly (readonly number[])[];
}

type Explicit = [[number, number], [number, number], [number, number], [number, number]];

describe('the kernels that training on wasm needs', () => {
  let tf: typeof Core;
  before(async () => (tf = await loadEngines()));

  /** What `compute` gives on a backend: all numbers of all its tensors. No tensor may be left over. */
  async function on(backend: 'cpu' | 'wasm', compute: () => Core.Tensor[]): Promise<number[][]> {
    await tf.setBackend(backend);
    const before = tf.memory().numTensors;
    const results = tf.tidy(compute);
    const numbers = results.map((tensor) => Array.from(tensor.dataSync()));
    tf.dispose(results);
    assert.equal(tf.memory().numTensors, before);
    return numbers;
  }

  async function assertSame(compute: () => Core.Tensor[]): Promise<void> {
    const expected = await on('cpu', compute);
    const actual = await on('wasm', compute);
    assert.equal(actual.length, expected.length);
    for (const [i, numbers] of expected.entries()) {
      assert.equal(actual[i]!.length, numbers.length);
      const scale = numbers.reduce((largest, number) => Math.max(largest, Math.abs(number)), 1);
      for (const [j, number] of numbers.entries()) {
        assert.ok(Math.abs(actual[i]![j]! - number) <= 2e-5 * scale, `${actual[i]![j]!} should be ${number}`);
      }
    }
  }

  /** A tensor of numbers that look random and are the same on both backends. */
  const filled = (shape: number[], seed: number): Core.Tensor => {
    const size = shape.reduce((product, length) => product * length, 1);
    const values = Array.from({ length: size }, (_, i) => Math.sin((i + 1) * 12.9898 + seed * 78.233));
    return tf.tensor(values, shape);
  };
  const size = fc.integer({ min: 1, max: 6 });

  it('sum rows by segment, as the gradient of a gather does', async () => {
    const cases = fc.record({ rows: size, inner: fc.array(size, { maxLength: 2 }), segments: size, seed: size });
    await fc.assert(
      fc.asyncProperty(cases, ({ rows, inner, segments, seed }) =>
        assertSame(() => {
          const ids = tf.tensor1d(
            Array.from({ length: rows }, (_, i) => (i * seed) % segments),
            'int32',
          );
          const table = filled([segments, ...inner], seed);
          const weights = filled([rows, ...inner], seed + 1);
          const gradient = tf.grad((x) => tf.sum(tf.mul(tf.gather(x, ids), weights)))(table);
          return [tf.unsortedSegmentSum(weights, ids, segments), gradient];
        }),
      ),
      { numRuns: 40 },
    );
  });

  it('leave out rows of no segment', async () => {
    await assertSame(() => [tf.unsortedSegmentSum(filled([3, 2], 1), tf.tensor1d([0, -1, 5], 'int32'), 2)]);
  });

  it('give a convolution its gradients, for every padding, stride and size', async () => {
    const cases = fc.record({
      batch: fc.integer({ min: 1, max: 3 }),
      height: fc.integer({ min: 3, max: 8 }),
      width: fc.integer({ min: 3, max: 8 }),
      channels: fc.integer({ min: 1, max: 3 }),
      filters: fc.integer({ min: 1, max: 3 }),
      filterHeight: fc.integer({ min: 1, max: 3 }),
      filterWidth: fc.integer({ min: 1, max: 3 }),
      strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      padding: fc.constantFrom('same' as const, 'valid' as const, 'explicit' as const),
      around: fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 })),
    });
    await fc.assert(
      fc.asyncProperty(cases, (it) =>
        assertSame(() => {
          const images = filled([it.batch, it.height, it.width, it.channels], 1) as Core.Tensor4D;
          const filter = filled([it.filterHeight, it.filterWidth, it.channels, it.filters], 2) as Core.Tensor4D;
          const loss = (x: Core.Tensor, w: Core.Tensor) => {
            const { padding, around } = it;
            const pad =
              padding === 'explicit' ? ([[0, 0], around, [around[1], around[0]], [0, 0]] as Explicit) : padding;
            const y = tf.conv2d(x as Core.Tensor4D, w as Core.Tensor4D, it.strides, pad);
            return tf.sum(tf.mul(y, filled(y.shape, 3)));
          };
          return tf.grads(loss)([images, filter]);
        }),
      ),
      { numRuns: 60 },
    );
  });

  it('pad by a number as by the same on each side, for windows that are not square too', async () => {
    for (const [height, width, down] of [
      [7, 8, 1],
      [8, 9, 2],
      [9, 10, 3],
    ] as const) {
      const strides: [number, number] = [down, 2];
      const compute = (pad: number | Explicit) => () => {
        const images = filled([2, height, width, 3], 1) as Core.Tensor4D;
        const filter = filled([2, 3, 3, 2], 2) as Core.Tensor4D;
        const loss = (x: Core.Tensor, w: Core.Tensor) => {
          const convolved = tf.conv2d(x as Core.Tensor4D, w as Core.Tensor4D, strides, pad);
          const pooled = tf.avgPool(tf.maxPool(convolved, [1, 2], strides, pad), [2, 1], strides, pad);
          return tf.sum(tf.mul(pooled, filled(pooled.shape, 3)));
        };
        return [tf.conv2d(images, filter, strides, pad), ...tf.grads(loss)([images, filter])];
      };
      await assertSame(compute(1));
      const each: Explicit = [[0, 0], [1, 1], [1, 1], [0, 0]]; // prettier-ignore
      assert.deepEqual(await on('wasm', compute(1)), await on('wasm', compute(each)));
    }
  });

  /** A product and its gradients. */
  const products =
    ({ rows, inner, columns, transposeA, transposeB, batches }: ProductShape) =>
    () => {
      const [batchA, batchB] = batches as [number[], number[]];
      const a = filled([...batchA, ...(transposeA ? [inner, rows] : [rows, inner])], 1);
      const b = filled([...batchB, ...(transposeB ? [columns, inner] : [inner, columns])], 2);
      const whole = batchA.length > 0 ? batchA : batchB;
      const weights = filled([...whole, rows, columns], 3);
      const gradients = tf.grads((x, y) => tf.sum(tf.mul(tf.matMul(x, y, transposeA, transposeB), weights)))([a, b]);
      return [tf.matMul(a, b, transposeA, transposeB), ...gradients];
    };

  it('multiply matrices of any size, transposed or not, alone, in batches and one with a batch', async () => {
    // To either side of the widths at which the kernel takes another way.
    const length = fc.integer({ min: 1, max: 21 });
    const batch = fc.array(size, { maxLength: 2 });
    const cases = fc.record({
      ...{ rows: length, inner: length, columns: length },
      ...{ transposeA: fc.boolean(), transposeB: fc.boolean() },
      batches: batch.chain((own) => fc.constantFrom([own, own], [[], own], [own, []])),
    });
    await fc.assert(
      fc.asyncProperty(cases, (shape) => assertSame(products(shape))),
      { numRuns: 80 },
    );
  });

  it('multiply matrices that are cut into blocks, transposed or not', async () => {
    // To either side of the blocks' sizes, in each direction.
    const length = fc.constantFrom(8, 31, 32, 45, 127, 130, 256, 300);
    const cases = fc.record({
      ...{ rows: length, inner: length, columns: length },
      ...{ transposeA: fc.boolean(), transposeB: fc.boolean() },
      batches: fc.constantFrom([[], []], [[2], []]),
    });
    await fc.assert(
      fc.asyncProperty(cases, (shape) => assertSame(products(shape))),
      { numRuns: 12 },
    );
  });

  it('multiply nothing into zeros, and refuse matrices that do not fit', async () => {
    for (const backend of ['cpu', 'wasm']) {
      await tf.setBackend(backend);
      const [a, b] = [tf.zeros([2, 0]), tf.zeros([0, 3])];
      const product = tf.matMul(a, b);
      assert.deepEqual(Array.from(product.dataSync()), [0, 0, 0, 0, 0, 0]);
      assert.throws(() => tf.matMul(a, product), /inner shapes \(0\) and \(2\)/);
      tf.dispose([a, b, product]);
    }
  });

  it('gather along any axis, in batches too, and refuse an index that is not there', async () => {
    const cases = fc
      .record({
        shape: fc.array(size, { minLength: 1, maxLength: 4 }),
        count: size,
        picks: fc.array(fc.nat(), { minLength: 1 }),
      })
      .chain(({ shape, ...rest }) =>
        fc.record({
          ...{ shape: fc.constant(shape), axis: fc.nat({ max: shape.length - 1 }) },
          ...{ count: fc.constant(rest.count), picks: fc.constant(rest.picks) },
        }),
      )
      .chain((one) => fc.record({ one: fc.constant(one), batchDims: fc.nat({ max: one.axis }) }));
    await fc.assert(
      fc.asyncProperty(cases, ({ one: { shape, axis, count, picks }, batchDims }) =>
        assertSame(() => {
          const own = [...shape.slice(0, batchDims), count];
          const total = own.reduce((product, length) => product * length, 1);
          const indices = Array.from({ length: total }, (_, i) => picks[i % picks.length]! % shape[axis]!);
          return [tf.gather(filled(shape, 1), tf.tensor(indices, own, 'int32'), axis, batchDims)];
        }),
      ),
      { numRuns: 60 },
    );
    await tf.setBackend('wasm');
    tf.tidy(() => {
      assert.throws(
        () => tf.gather(tf.tensor1d([1, 2]), tf.tensor1d([2], 'int32')),
        /index value 2 is not in \[0, 1\]/,
      );
      assert.throws(() => tf.gather(tf.tensor1d([1, 2]), tf.tensor1d([-1], 'int32')), /index value -1 is not in/);
    });
  });

  it('let a copy share the memory of its original, and outlive it', async () => {
    await tf.setBackend('wasm');
    const original = tf.tensor1d([1, 2, 3]);
    const taken = tf.memory().numDataBuffers;
    const copies = [original.clone(), tf.cast(original, 'float32')];
    assert.equal(tf.memory().numDataBuffers, taken);
    original.dispose();
    // Would lie where the original was, had that been given back.
    const next = tf.tensor1d([7, 8, 9]);
    for (const copy of copies) {
      assert.deepEqual([...copy.dataSync()], [1, 2, 3]);
      copy.dispose();
    }
    assert.equal(tf.memory().numDataBuffers, taken);
    next.dispose();
    const whole = tf.tidy(() => tf.cast(tf.tensor1d([1.5, -2.5, 0]), 'int32').dataSync());
    assert.deepEqual([...whole], [1, -2, 0]);
  });

  it('let nothing flow through a comparison, and everything through what it chose', async () => {
    const compute = () => {
      const larger = (x: Core.Tensor, y: Core.Tensor) =>
        tf.sum(tf.where(tf.logicalAnd(tf.greater(x, y), tf.notEqual(x, y)), tf.square(x), y));
      return tf.grads(larger)([tf.tensor1d([3, 1, 2]), tf.tensor1d([2, 5, 2])]);
    };
    assert.deepEqual(await on('wasm', compute), [
      [6, 0, 0],
      [0, 1, 1],
    ]);
    await assertSame(compute);
  });
});

describe('a backend that cannot be had', () => {
  it('is refused with what is missing and what there is', async () => {
    const require = createRequire(import.meta.url);
    const { prepareEngine } = require(join(distribution(), 'backends.cjs')) as typeof Backends;
    const options = { distribution: distribution(), experimentFolder: tmpdir() };
    await assert.rejects(prepareEngine('webgpu', options), /'webgpu' cannot be used: .*wasm, cpu, tensorflow/);
  });
});
