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

  it('leave out rows of a negative segment', async () => {
    await assertSame(() => [tf.unsortedSegmentSum(filled([3, 2], 1), tf.tensor1d([0, -1, 1], 'int32'), 2)]);
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

  it('combine tensors number by number, whichever of their axes are repeated', async () => {
    const axis = fc.record({ length: size, a: fc.boolean(), b: fc.boolean() });
    const cases = fc.record({ axes: fc.array(axis, { maxLength: 4 }), short: fc.nat({ max: 4 }) });
    await fc.assert(
      fc.asyncProperty(cases, ({ axes, short }) =>
        assertSame(() => {
          const a = axes.map((own) => (own.a ? 1 : own.length));
          // Leading axes may be missing altogether.
          const b = axes.map((own) => (own.b ? 1 : own.length)).slice(Math.min(short, axes.length));
          const [x, y] = [filled(a, 1), tf.add(filled(b, 2), 3)];
          return [tf.add(x, y), tf.sub(x, y), tf.mul(x, y), tf.div(x, y), tf.sub(y, x), tf.div(y, tf.add(x, 3))];
        }),
      ),
      { numRuns: 80 },
    );
  });

  it('sum and average along any axes, and go back', async () => {
    const cases = fc.record({ axes: fc.array(fc.tuple(size, fc.boolean()), { maxLength: 4 }), keep: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(cases, ({ axes, keep }) =>
        assertSame(() => {
          const x = filled(axes.map(([length]) => length), 1); // prettier-ignore
          const along = axes.flatMap(([, isSummed], i) => (isSummed ? [i - (i % 2) * axes.length] : []));
          return (['sum', 'mean'] as const).flatMap((name) => {
            const y = tf[name](x, along, keep);
            const weights = filled(y.shape, 2);
            return [y, tf.grad((own: Core.Tensor) => tf.sum(tf.mul(tf[name](own, along, keep), weights)))(x)];
          });
        }),
      ),
      { numRuns: 60 },
    );
  });

  it('sum long rows and columns', async () => {
    await assertSame(() => [1, 3, 4, 21].flatMap((width) => {
      const x = filled([67, width], width);
      return [tf.sum(x, 0), tf.sum(tf.transpose(x), 1), tf.mean(x)];
    })); // prettier-ignore
  });

  it('put axes in any order', async () => {
    const axes = fc.array(fc.constantFrom(1, 2, 3, 4, 5, 8), { minLength: 1, maxLength: 5 });
    const cases = axes.chain((shape) =>
      fc.record({ shape: fc.constant(shape), order: fc.shuffledSubarray(shape.map((_, i) => i), { minLength: shape.length }) }),
    ); // prettier-ignore
    await fc.assert(
      fc.asyncProperty(cases, ({ shape, order }) =>
        assertSame(() => [
          tf.transpose(filled(shape, 1), order),
          tf.transpose(tf.cast(tf.mul(filled(shape, 1), 9), 'int32'), order),
        ]),
      ),
      { numRuns: 100 },
    );
  });

  it('share out by softmax in rows of any length, also where numbers are far apart', async () => {
    await assertSame(() => [1, 2, 3, 4, 5, 7, 8, 33].flatMap((width) => {
      const x = tf.mul(filled([3, width], width), 60);
      const weights = filled([3, width], 1);
      return [tf.softmax(x), tf.grad((own: Core.Tensor) => tf.sum(tf.mul(tf.softmax(own), weights)))(x)];
    })); // prettier-ignore
  });

  it('know what is no number and what has no end', async () => {
    const [some] = await on('wasm', () => [
      tf.softmax(tf.tensor2d([[0, -Infinity, 0, -1000, -Infinity], [0, Infinity, 0, 0, 0], [0, NaN, 0, 0, 0]])),
    ]); // prettier-ignore
    assert.deepEqual(some, [0.5, 0, 0.5, 0, 0, ...new Array<number>(10).fill(NaN)]);
    const values = () => tf.tensor1d([NaN, Infinity, -Infinity, 0, -0]);
    const [sums, products, relu, square] = await on('wasm', () => [
      tf.sum(tf.outerProduct(tf.ones<Core.Rank.R1>([3]), values()), 0),
      tf.mul(values(), tf.tensor1d([0, 0, 2, -1, Infinity])),
      tf.grad((x: Core.Tensor) => tf.relu(x))(values()),
      tf.grad((x: Core.Tensor) => tf.square(x))(values()),
    ]);
    assert.deepEqual(sums, [NaN, Infinity, -Infinity, 0, 0]);
    assert.deepEqual(products, [NaN, NaN, -Infinity, -0, NaN]);
    assert.deepEqual(relu, [NaN, 1, 0, 0, 0]);
    assert.deepEqual(square, [NaN, Infinity, -Infinity, 0, -0]);
  });

  it('have gradients of their gradients', async () => {
    await assertSame(() => {
      const weights = filled([3, 5], 2);
      const functions: ((x: Core.Tensor) => Core.Tensor)[] = [
        (x) => tf.mul(tf.relu(x), x),
        (x) => tf.mul(tf.square(x), x),
        (x) => tf.square(tf.mean(tf.mul(x, x), 1)),
        (x) => tf.square(tf.sum(tf.mul(x, x), 0)),
      ];
      return functions.map((compute) => {
        const slope = tf.grad((x: Core.Tensor) => tf.sum(compute(x)));
        return tf.grad((x: Core.Tensor) => tf.sum(tf.mul(slope(x), weights)))(filled([3, 5], 1));
      });
    });
    // By what comes back to it: the library knows no way from softmax's gradient to its arguments.
    await assertSame(() => {
      const slope = tf.grad((x: Core.Tensor) => tf.softmax(x));
      const back = (dy: Core.Tensor) => tf.sum(tf.square(slope(filled([3, 5], 1), dy)));
      return [tf.grad(back)(filled([3, 5], 2))];
    });
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

  it('refuse windows that do not fit, and leave the memory of other tensors alone', async () => {
    for (const backend of ['cpu', 'wasm']) {
      await tf.setBackend(backend);
      const kept = tf.range(0, 64);
      for (const size of [1, 2]) {
        const images = tf.ones<Core.Rank.R4>([1, size, 3, 1]);
        const filter = tf.ones<Core.Rank.R4>([3, 3, 1, 1]);
        for (const slide of [
          () => tf.conv2d(images, filter, 1, 'valid'),
          () => tf.depthwiseConv2d(images, filter, 1, 'valid'),
          () => tf.maxPool(images, 3, 2, 'valid'),
          () => tf.avgPool(images, 3, 1, 0),
          () => tf.conv2d(tf.ones<Core.Rank.R4>([1, 4, 4, 1]), filter, 1, 'valid', 'NHWC', 2),
          () => tf.grad((x) => tf.sum(tf.conv2d(x as Core.Tensor4D, filter, 2, 'valid')))(images),
        ])
          assert.throws(() => tf.tidy(slide), /No window of 3 × 3 fits into what is \d × \d large/);
        tf.dispose([images, filter]);
      }
      assert.deepEqual(
        Array.from(kept.dataSync()),
        Array.from({ length: 64 }, (_, i) => i),
      );
      kept.dispose();
    }
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
    await assert.rejects(
      prepareEngine('webgpu', options),
      /'webgpu' cannot be used: .*one of: wasm, cpu, tensorflow\.$/,
    );
  });
});
