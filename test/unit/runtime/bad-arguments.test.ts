import type * as Core from '@tensorflow/tfjs-core';
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Backends from '../../../src/runtime/backends/backends.ts';
import { distribution } from './built.ts';

// Native TensorFlow checks numbers for itself, and what is checked here of shapes is checked before any engine is called.
const engineNames = ['cpu', 'wasm'] as const;
type EngineName = (typeof engineNames)[number];

type Compute = (tf: typeof Core) => Core.Tensor;

/** An operation that asks for what is not there, and what the error names. */
type Refused = readonly [about: string, compute: Compute, message: RegExp];

let loading: Promise<typeof Core> | undefined;

async function load(): Promise<typeof Core> {
  const require = createRequire(import.meta.url);
  const { prepareEngine } = require(join(distribution(), 'backends.cjs')) as typeof Backends;
  const options = { distribution: distribution(), experimentFolder: process.cwd() };
  await prepareEngine('cpu', options);
  return (await prepareEngine('wasm', options)).tf as unknown as typeof Core;
}

async function engine(name: EngineName): Promise<typeof Core> {
  loading ??= load();
  const tf = await loading;
  await tf.setBackend(name);
  return tf;
}

describe('an operation that is asked for what is not there', () => {
  /** What an operation gives on an engine: all its numbers. */
  async function on(name: EngineName, compute: Compute): Promise<number[]> {
    const tf = await engine(name);
    return tf.tidy(() => Array.from(compute(tf).dataSync()));
  }

  const whole = (tf: typeof Core, values: number[], shape = [values.length]) => tf.tensor(values, shape, 'int32');

  const byShape: readonly Refused[] = [
    ['slice, too long', (tf) => tf.slice(tf.tensor1d([1, 2, 3]), [2], [5]), /tf\.slice: 5 elements from position 2 along axis 0 are asked for, which has 3/],
    ['slice, from beyond the end', (tf) => tf.slice(tf.ones([2, 3]), [0, 4]), /tf\.slice: what follows position 4 along axis 1 is asked for, which has 3/],
    ['slice, from between two elements', (tf) => tf.slice(tf.tensor1d([1, 2, 3]), [0.5], [1]), /tf\.slice: .* position 0\.5/],
    ['slice, of more axes', (tf) => tf.slice(tf.tensor1d([1, 2, 3]), [0, 0], [1, 1]), /tf\.slice: .*more axes than a tensor of shape \[3\]/],
    ['pad', (tf) => tf.pad(tf.tensor1d([1, 2, 3]), [[-1, 0]]), /tf\.pad: the padding along axis 0 is -1/],
    ['mirrorPad', (tf) => tf.mirrorPad(tf.tensor1d([1, 2, 3]), [[0.5, 0]], 'symmetric'), /tf\.mirrorPad: the padding along axis 0 is 0\.5/],
    ['spaceToBatchND', (tf) => tf.spaceToBatchND(tf.ones([1, 3, 2, 1]), [2, 2], [[-1, 0], [0, 0]]), /tf\.spaceToBatchND: the padding along axis 0 is -1/],
    ['batchToSpaceND, crops', (tf) => tf.batchToSpaceND(tf.ones([4, 1, 1, 1]), [2, 2], [[0, 0], [0, 3]]), /tf\.batchToSpaceND: 0 \+ 3 elements are to be cropped along axis 2, which has 2/],
    ['batchToSpaceND, negative crops', (tf) => tf.batchToSpaceND(tf.ones([4, 1, 1, 1]), [2, 2], [[0, -1], [0, 0]]), /tf\.batchToSpaceND: the crop along axis 1 is -1/],
    ['tile', (tf) => tf.tile(tf.tensor1d([1, 2]), [1.5]), /tf\.tile: the number of repetitions is 1\.5/],
    ['transpose', (tf) => tf.transpose(tf.ones([2, 3]), [0, 0]), /tf\.transpose: \[0, 0\] does not name each axis/],
    ['cumsum', (tf) => tf.cumsum(tf.tensor1d([1, 2]), 2), /tf\.cumsum: a tensor of shape \[2\] has no axis 2/],
    ['argMax', (tf) => tf.argMax(tf.zeros([2, 0]), 1), /tf\.argMax: .*no elements along axis 1/],
    ['argMin', (tf) => tf.argMin(tf.zeros([0])), /tf\.argMin: .*no elements along axis 0/],
    ['linspace', (tf) => tf.linspace(0, 1, 2.5), /tf\.linspace: the number of values is 2\.5/],
    ['image.resizeBilinear, to nothing', (tf) => tf.image.resizeBilinear(tf.ones<Core.Rank.R4>([1, 2, 2, 1]), [-1, 2]), /tf\.image\.resizeBilinear: the new size is -1/],
    ['image.resizeNearestNeighbor, of nothing', (tf) => tf.image.resizeNearestNeighbor(tf.ones<Core.Rank.R4>([1, 0, 2, 1]), [2, 2]), /images of shape \[1, 0, 2, 1\] have nothing/],
    ['unsortedSegmentSum, of another shape', (tf) => tf.unsortedSegmentSum(tf.ones([3]), tf.tensor1d([0, 1], 'int32'), 2), /tf\.unsortedSegmentSum: segments of shape \[2\]/],
  ]; // prettier-ignore

  for (const [about, compute, message] of byShape) {
    it(`is refused on every engine: ${about}`, async () => {
      for (const name of engineNames) await assert.rejects(on(name, compute), message, name);
    });
  }

  const byNumbers: readonly Refused[] = [
    ['gatherND', (tf) => tf.gatherND(tf.ones([2, 2]), whole(tf, [0, 0, 1, 2], [2, 2])), /tf\.gatherND: position 1, \[1, 2\], does not lie in a tensor of shape \[2, 2\]/],
    ['gatherND, negative', (tf) => tf.gatherND(tf.ones([2, 2]), whole(tf, [-1], [1, 1])), /tf\.gatherND: position 0, \[-1\]/],
    ['scatterND', (tf) => tf.scatterND(whole(tf, [9], [1, 1]), tf.tensor1d([1]), [3]), /tf\.scatterND: position 0, \[9\], does not lie in a tensor of shape \[3\]/],
    ['scatterND, in the next row', (tf) => tf.scatterND(whole(tf, [0, 2], [1, 2]), tf.tensor1d([1]), [2, 2]), /tf\.scatterND: position 0, \[0, 2\]/],
    ['tensorScatterUpdate', (tf) => tf.tensorScatterUpdate(tf.zeros([3]), whole(tf, [-1], [1, 1]), tf.tensor1d([5])), /tf\.tensorScatterUpdate: position 0, \[-1\]/],
    ['sparseToDense', (tf) => tf.sparseToDense(whole(tf, [1, -1]), tf.tensor1d([5, 6]), [3], 0), /tf\.sparseToDense: position 1, \[-1\]/],
    ['sparseToDense, of a matrix', (tf) => tf.sparseToDense(whole(tf, [0, 2], [1, 2]), tf.tensor1d([5]), [2, 2], 0), /tf\.sparseToDense: position 0, \[0, 2\]/],
    ['unsortedSegmentSum', (tf) => tf.unsortedSegmentSum(tf.ones([2]), tf.tensor1d([0, 9], 'int32'), 2), /tf\.unsortedSegmentSum: row 1 belongs to segment 9, and there are 2/],
    ['image.cropAndResize', (tf) => tf.image.cropAndResize(tf.ones([1, 2, 2, 1]), tf.tensor2d([[0, 0, 1, 1]]), tf.tensor1d([4], 'int32'), [1, 1]), /tf\.image\.cropAndResize: box 0 is to be cut out of image 4, and there are 1/],
    ['bincount', (tf) => tf.bincount(tf.tensor1d([0, -1], 'int32'), tf.tensor1d([]), 3), /tf\.bincount: number 1 is -1/],
    ['floorDiv', (tf) => tf.floorDiv(whole(tf, [5, 6]), whole(tf, [1, 0])), /tf\.floorDiv: whole numbers are divided by 0, number 1/],
    ['div', (tf) => tf.div(whole(tf, [5]), whole(tf, [0])), /divided by 0/],
    ['mod', (tf) => tf.mod(whole(tf, [5]), whole(tf, [0])), /tf\.mod: whole numbers are divided by 0/],
  ]; // prettier-ignore

  for (const [about, compute, message] of byNumbers) {
    it(`is refused for its numbers: ${about}`, async () => {
      await assert.rejects(on('cpu', compute), message);
      await assert.rejects(on('wasm', compute), message);
    });
  }

  it('leaves the memory of wasm as it was', async () => {
    const sums: Compute = (tf) => tf.logSumExp(tf.tensor1d([-2, -1, 0.5, 3]));
    const before = await on('wasm', sums);
    for (const [, compute] of [...byShape, ...byNumbers]) await assert.rejects(on('wasm', compute));
    assert.deepEqual(await on('wasm', sums), before);
  });

  it('gives what lies just within', async () => {
    const within: readonly (readonly [Compute, number[]])[] = [
      [(tf) => tf.slice(tf.tensor1d([1, 2, 3]), [3], [0]), []],
      [(tf) => tf.slice(tf.tensor1d([1, 2, 3]), 1), [2, 3]],
      [(tf) => tf.slice(tf.tensor2d([[1, 2], [3, 4]]), [1], [1]), [3, 4]],
      [(tf) => tf.gatherND(tf.tensor2d([[1, 2], [3, 4]]), whole(tf, [1, 1], [1, 2])), [4]],
      [(tf) => tf.scatterND(whole(tf, [2], [1, 1]), tf.tensor1d([1]), [3]), [0, 0, 1]],
      [(tf) => tf.sparseToDense(whole(tf, [2]), tf.tensor1d([5]), [3], 1), [1, 1, 5]],
      [(tf) => tf.unsortedSegmentSum(tf.tensor1d([1, 2]), tf.tensor1d([-1, 1], 'int32'), 2), [0, 2]],
      [(tf) => tf.batchToSpaceND(tf.tensor4d([1, 2, 3, 4], [4, 1, 1, 1]), [2, 2], [[0, 1], [1, 0]]), [2]],
      [(tf) => tf.pad(tf.tensor1d([1]), [[0, 1]], NaN), [1, NaN]],
      [(tf) => tf.argMax(tf.zeros([0, 2]), 1), []],
      [(tf) => tf.floorDiv(whole(tf, [-7, 7]), whole(tf, [2, -2])), [-4, -4]],
    ]; // prettier-ignore
    for (const name of engineNames) {
      for (const [compute, wanted] of within) assert.deepEqual(await on(name, compute), wanted, name);
    }
  });

  it('gives of no numbers at all what native TensorFlow gives', async () => {
    const [least, most] = [-(2 ** 31), 2 ** 31 - 1];
    const ofNothing: readonly (readonly [Compute, number[]])[] = [
      [(tf) => tf.mean(tf.tensor1d([])), [NaN]],
      [(tf) => tf.mean(tf.zeros([2, 0]), 1), [NaN, NaN]],
      [(tf) => tf.mean(whole(tf, [])), [NaN]],
      [(tf) => tf.max(tf.zeros([2, 0]), 1, true), [-Infinity, -Infinity]],
      [(tf) => tf.min(tf.zeros([0, 2]), 0), [Infinity, Infinity]],
      [(tf) => tf.max(whole(tf, [])), [least]],
      [(tf) => tf.min(whole(tf, [])), [most]],
      [(tf) => tf.sum(tf.zeros([0, 2]), 0), [0, 0]],
      [(tf) => tf.sum(whole(tf, [])), [0]],
      [(tf) => tf.prod(tf.zeros([2, 0]), 1, true), [1, 1]],
      [(tf) => tf.all(tf.tensor1d([], 'bool')), [1]],
      [(tf) => tf.any(tf.tensor1d([], 'bool')), [0]],
      [(tf) => tf.logSumExp(tf.tensor1d([])), [-Infinity]],
      [(tf) => tf.max(tf.zeros([0, 2]), 1), []],
    ];
    for (const name of engineNames) {
      for (const [i, [compute, wanted]] of ofNothing.entries()) {
        assert.deepEqual(await on(name, compute), wanted, `${i} on ${name}`);
      }
    }
  });

  it('lets a gradient flow from a mean of nothing', async () => {
    const gradient: Compute = (tf) => tf.grad((x) => tf.mean(tf.slice(x, [0], [0])))(tf.tensor1d([1, 2]));
    for (const name of engineNames) assert.deepEqual(await on(name, gradient), [0, 0], name);
  });
});

describe('a number that is none', () => {
  /** What an operation gives on an engine, and that it leaves nothing behind. */
  async function on(name: EngineName, compute: Compute): Promise<number[]> {
    const tf = await engine(name);
    const taken = tf.memory().numDataBuffers;
    const numbers = tf.tidy(() => Array.from(compute(tf).dataSync()));
    assert.equal(tf.memory().numDataBuffers, taken);
    return numbers;
  }

  async function everywhere(compute: Compute, wanted: readonly number[]): Promise<void> {
    for (const name of engineNames) {
      const numbers = await on(name, compute);
      assert.deepEqual(numbers.map(Math.fround), wanted.map(Math.fround), name);
    }
  }

  it('is seen behind what cuts off', async () => {
    const numbers = (tf: typeof Core) => tf.tensor1d([NaN, -1, 2, 8, NaN]);
    await everywhere((tf) => tf.clipByValue(numbers(tf), -0.5, 5), [NaN, -0.5, 2, 5, NaN]);
    await everywhere((tf) => tf.relu(numbers(tf)), [NaN, 0, 2, 8, NaN]);
    await everywhere((tf) => tf.relu6(numbers(tf)), [NaN, 0, 2, 6, NaN]);
    await everywhere((tf) => tf.leakyRelu(numbers(tf), 0.5), [NaN, -0.5, 2, 8, NaN]);
    await everywhere((tf) => tf.prelu(numbers(tf), tf.tensor1d([0.5])), [NaN, -0.5, 2, 8, NaN]);
    await everywhere((tf) => tf.max(numbers(tf)), [NaN]);
    await everywhere((tf) => tf.min(numbers(tf)), [NaN]);
  });

  it('is larger and smaller than nothing, however two tensors are repeated', async () => {
    await everywhere((tf) => tf.maximum([NaN, 1, 3, 2, NaN], [1, NaN, 2, 3, NaN]), [NaN, NaN, 3, 3, NaN]);
    await everywhere((tf) => tf.minimum([NaN, 1, 3, 2, NaN], [1, NaN, 2, 3, NaN]), [NaN, NaN, 2, 2, NaN]);
    const matrix = (tf: typeof Core) => tf.tensor2d([[1, NaN, 3], [4, 5, 6]]); // prettier-ignore
    await everywhere((tf) => tf.maximum(tf.scalar(4), matrix(tf)), [4, NaN, 4, 4, 5, 6]);
    await everywhere((tf) => tf.minimum(matrix(tf), tf.tensor1d([2, 2, NaN])), [1, NaN, NaN, 2, 2, NaN]);
    await everywhere((tf) => tf.maximum(tf.tensor2d([[NaN], [5]]), matrix(tf)), [NaN, NaN, NaN, 5, 5, 6]);
    await everywhere((tf) => tf.minimum(tf.tensor2d([[2], [NaN]]), tf.tensor1d([1, 3])), [1, 2, NaN, NaN]);
    const cube = (tf: typeof Core) => tf.reshape(tf.range(0, 12), [2, 3, 2]);
    await everywhere((tf) => tf.maximum(cube(tf), tf.tensor([NaN, 3, 8], [1, 3, 1])), [NaN, NaN, 3, 3, 8, 8, NaN, NaN, 8, 9, 10, 11]); // prettier-ignore
    await everywhere((tf) => tf.minimum(cube(tf), tf.tensor([NaN, 3, 8, 1], [2, 1, 2])), [NaN, 1, NaN, 3, NaN, 3, 6, 1, 8, 1, 8, 1]); // prettier-ignore
  });

  it('is seen behind convolutions, means of windows and fused activations', async () => {
    const image = (tf: typeof Core) => tf.tensor4d([NaN, 1, -1, 8], [1, 2, 2, 1]);
    const filter = (tf: typeof Core) => tf.tensor4d([1], [1, 1, 1, 1]);
    await everywhere((tf) => tf.avgPool(image(tf), [1, 2], 1, 'valid'), [NaN, 3.5]);
    await everywhere((tf) => tf.relu(tf.conv2d(image(tf), filter(tf), 1, 'valid')), [NaN, 1, 0, 8]);
    await everywhere((tf) => tf.relu(tf.depthwiseConv2d(image(tf), filter(tf), 1, 'valid')), [NaN, 1, 0, 8]);
    for (const [activation, wanted] of [
      ['linear', [NaN, 1, -1, 8]],
      ['relu', [NaN, 1, 0, 8]],
      ['relu6', [NaN, 1, 0, 6]],
      ['prelu', [NaN, 1, -0.5, 8]],
      ['leakyrelu', [NaN, 1, -0.25, 8]],
    ] as const) {
      // Weights that are asked for by `prelu` only do no harm.
      const weights = (tf: typeof Core) => ({ preluActivationWeights: tf.tensor3d([0.5], [1, 1, 1]), leakyreluAlpha: 0.25, activation }); // prettier-ignore
      const window = { strides: 1, pad: 'valid' } as const;
      await everywhere((tf) => tf.fused.conv2d({ x: image(tf), filter: filter(tf), ...window, ...weights(tf) }), wanted); // prettier-ignore
      await everywhere((tf) => tf.fused.depthwiseConv2d({ x: image(tf), filter: filter(tf), ...window, ...weights(tf) }), wanted); // prettier-ignore
      if (activation === 'prelu') continue;
      await everywhere((tf) => tf.fused.matMul({ a: tf.reshape(image(tf), [4, 1]), b: tf.ones([1, 1]), activation, leakyreluAlpha: 0.25 }), wanted); // prettier-ignore
    }
  });

  it('is not kept for other tensors where one was padded with it', async () => {
    await everywhere((tf) => tf.pad(tf.tensor1d([1]), [[0, 1]], NaN), [1, NaN]);
    await everywhere((tf) => tf.pad(tf.tensor1d([1]), [[0, 1]]), [1, 0]);
  });

  it('is not made of a number without bound', async () => {
    const image = (tf: typeof Core) => tf.tensor4d([-Infinity, 1, -1, 8], [1, 2, 2, 1]);
    await everywhere((tf) => tf.avgPool(image(tf), 1, 1, 'valid'), [-Infinity, 1, -1, 8]);
    await everywhere((tf) => tf.clipByValue([-Infinity, Infinity, 0], -1, 1), [-1, 1, 0]);
  });

  it('leaves whole numbers alone, which are clipped as such', async () => {
    await everywhere((tf) => tf.clipByValue(tf.tensor1d([-5, 5, 1], 'int32'), 0, 3), [0, 3, 1]);
  });

  it('comes of no convolution of nothing', async () => {
    const images = (tf: typeof Core) => tf.zeros<Core.Rank.R4>([1, 2, 2, 0]);
    await everywhere((tf) => tf.conv2d(images(tf), tf.zeros<Core.Rank.R4>([1, 1, 0, 1]), 1, 'valid'), [0, 0, 0, 0]);
  });

  it('needs no window that fits but in part', async () => {
    const one = (tf: typeof Core) => tf.ones<Core.Rank.R4>([1, 1, 1, 1]);
    for (const name of ['cpu', 'wasm'] as const) {
      assert.deepEqual(await on(name, (tf) => tf.maxPool(one(tf), 2, 2, 0, 'ceil')), [1]);
      await assert.rejects(
        on(name, (tf) => tf.maxPool(one(tf), 3, 2, 0, 'ceil')),
        /No window of 3 × 3 fits/,
      );
      await assert.rejects(
        on(name, (tf) => tf.avgPool(one(tf), 2, 2, 'valid')),
        /No window of 2 × 2 fits/,
      );
    }
  });
});
