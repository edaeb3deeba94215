import assert from 'node:assert/strict';
import { createRng, mean, mlp, softmaxCrossEntropy } from 'marginalia';
import type { Tensor2D, TensorFlow } from 'marginalia';
import { tensorFlow } from './tensorflow.ts';

describe('networks', () => {
  let tf: TensorFlow;
  before(async () => {
    tf = await tensorFlow();
  });

  it('start from He’s initialisation, the same for the same seed', () => {
    const net = mlp(tf, createRng('net', 0), [200, 100, 10]);
    const [weights, bias, last] = net.variables;
    assert.deepEqual(
      net.variables.map(({ shape }) => shape),
      [[200, 100], [100], [100, 10], [10]],
    );
    const values = weights!.dataSync();
    const variance = mean(values.map((value) => value * value));
    assert.ok(Math.abs(mean(values)) < 0.005);
    assert.ok(Math.abs(variance / (2 / 200) - 1) < 0.05, `variance ${variance}`);
    assert.ok(bias!.dataSync().every((value) => value === 0));
    const again = mlp(tf, createRng('net', 0), [200, 100, 10]);
    assert.deepEqual(last!.dataSync(), again.variables[2]!.dataSync());
    net.dispose();
    again.dispose();
  });

  it('have ReLU between their layers and none at the end', () => {
    const net = mlp(tf, createRng('net', 1), [2, 2, 1]);
    const [first, , second, bias] = net.variables;
    first!.assign(tf.tensor2d([1, 0, 0, 1], [2, 2]));
    second!.assign(tf.tensor2d([1, -3], [2, 1]));
    bias!.assign(tf.tensor1d([0.5]));
    const logits = net.logits(tf.tensor2d([2, -5, -1, 1], [2, 2])).dataSync();
    assert.deepEqual([...logits], [2.5, -2.5]);
    net.dispose();
  });

  it('leave nothing behind when disposed of', () => {
    const before = tf.memory().numTensors;
    const net = mlp(tf, createRng('net', 2), [3, 4, 2]);
    tf.tidy(() => net.logits(tf.zeros([5, 3])).dataSync());
    net.dispose();
    assert.equal(tf.memory().numTensors, before);
  });

  it('have a cross-entropy that is log(classes) at equal logits and 0 at certainty', () => {
    const labels = tf.tensor2d([1, 0, 0, 0, 1, 0], [2, 3]);
    const lossAt = (values: number[]) => softmaxCrossEntropy(tf, labels, tf.tensor2d(values, [2, 3])).dataSync()[0]!;
    assert.ok(Math.abs(lossAt([0, 0, 0, 5, 5, 5]) - Math.log(3)) < 1e-6);
    assert.ok(lossAt([50, 0, 0, 0, 50, 0]) < 1e-6);
    assert.ok(Math.abs(lossAt([0, 1000, 0, 0, 0, 1000]) - 1000) < 1e-2);
  });

  it('have a loss whose gradient agrees with finite differences', () => {
    const rng = createRng('gradient', 0);
    const labels = tf.tensor2d([1, 0, 0, 0.2, 0.5, 0.3], [2, 3]);
    const values = Array.from({ length: 6 }, () => rng.normal());
    const lossAt = (x: readonly number[]) =>
      softmaxCrossEntropy(tf, labels, tf.tensor2d([...x], [2, 3])).dataSync()[0]!;
    const gradient = tf
      .grad((logits) => softmaxCrossEntropy(tf, labels, logits as Tensor2D))(tf.tensor2d(values, [2, 3]))
      .dataSync();
    for (let i = 0; i < 6; i++) {
      const moved = (by: number) => lossAt(values.map((value, j) => (i === j ? value + by : value)));
      const difference = (moved(1e-2) - moved(-1e-2)) / 2e-2;
      assert.ok(Math.abs(gradient[i]! - difference) < 1e-3, `${i}: ${gradient[i]!} against ${difference}`);
    }
  });
});
