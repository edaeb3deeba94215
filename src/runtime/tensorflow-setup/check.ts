/**
 * Computes with an installation in a process of its own: `node tensorflow-check.cjs <folder> <cpu|gpu>`. An addon that does not fit
 * can take its process down, so nobody loads one that has not passed here. Prints one line of JSON on success.
 */
import type { Rank, Scalar } from '@tensorflow/tfjs-core';
import { loadNativeTensorFlow } from './load.ts';

const [folder, build] = process.argv.slice(2);
if (folder === undefined || (build !== 'cpu' && build !== 'gpu')) {
  throw new Error('usage: tensorflow-check.cjs <folder of the installation> <cpu|gpu>');
}
// Here what libtensorflow says is wanted: why it takes no graphics processor is among it.
process.env.TF_CPP_MIN_LOG_LEVEL ??= '0';
const { tf, libtensorflow, onGpu } = loadNativeTensorFlow(folder, 1, build);

function expectClose(what: string, found: ArrayLike<number>, wanted: readonly number[]): void {
  if (found.length !== wanted.length || wanted.some((value, i) => !(Math.abs(found[i]! - value) < 1e-5))) {
    throw new Error(`${what} should be ${wanted.join(', ')} and is ${Array.from(found).join(', ')}`);
  }
}

const matrix = tf.tensor2d([1, 2, 3, 4], [2, 2]);
expectClose('the matrix product', tf.matMul(matrix, matrix).dataSync(), [7, 10, 15, 22]);

// A gradient through a convolution and one through an embedding: what training needs most.
const image = tf.ones<Rank.R4>([1, 3, 3, 1]);
const filter = tf.variable(tf.ones<Rank.R4>([2, 2, 1, 1]));
const convolution = tf.variableGrads(() => tf.sum<Scalar>(tf.conv2d(image, filter, 1, 'valid')), [filter]);
expectClose('the gradient of a convolution', convolution.grads[filter.name]!.dataSync(), [4, 4, 4, 4]);
const table = tf.variable(tf.tensor2d([1, 2, 3, 4], [2, 2]));
const rows = tf.tensor1d([1, 1], 'int32');
const embedding = tf.variableGrads(() => tf.sum<Scalar>(tf.gather(table, rows)), [table]);
expectClose('the gradient of an embedding', embedding.grads[table.name]!.dataSync(), [0, 0, 2, 2]);
// The two functions of Node's that newer versions lack are called on these paths.
expectClose('the largest two', tf.topk(tf.tensor1d([3, 1, 2]), 2).values.dataSync(), [3, 2]);
expectClose('the split', tf.split(tf.tensor1d([1, 2, 3, 4]), 2)[1]!.dataSync(), [3, 4]);

console.log(JSON.stringify({ tfjsNode: tf.version['tfjs-node'], libtensorflow, onGpu, node: process.version }));
