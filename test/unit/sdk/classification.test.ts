import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { accuracy, areaUnderCurve, classBatch, crossEntropies, likeliestClasses, logSoftmax } from 'marginalia';

describe('classification', () => {
  const output = fc.double({ min: -30, max: 30, noNaN: true });
  const row = fc.tuple(fc.tuple(output, output, output), fc.integer({ min: 0, max: 2 }));
  const rows = fc.array(row, { minLength: 1, maxLength: 9 });
  const parted = (some: readonly (readonly [readonly number[], number])[]) => ({
    outputs: some.flatMap(([outputs]) => outputs),
    labels: some.map(([, label]) => label),
  });

  it('loses on each row the negative logarithm of its softmax probability', () => {
    fc.assert(
      fc.property(rows, (some) => {
        const { outputs, labels } = parted(some);
        const { losses } = crossEntropies(outputs, labels);
        some.forEach(([values, label], n) => assert.ok(Math.abs(losses[n]! + logSoftmax(values)[label]!) < 1e-9));
      }),
    );
  });

  it('has the gradient that finite differences of the summed loss have', () => {
    fc.assert(
      fc.property(rows, (some) => {
        const { outputs, labels } = parted(some);
        const lossAt = (i: number, by: number) => {
          const moved = outputs.map((value, j) => (i === j ? value + by : value));
          return crossEntropies(moved, labels).losses.reduce((sum, loss) => sum + loss, 0);
        };
        const { gradient } = crossEntropies(outputs, labels);
        gradient.forEach((value, i) => assert.ok(Math.abs(value - (lossAt(i, 1e-5) - lossAt(i, -1e-5)) / 2e-5) < 1e-6));
      }),
    );
  });

  it('stays finite for outputs whose exponentials overflow', () => {
    const { losses, gradient } = crossEntropies([1000, -1000, -1000, 1000], [0, 0]);
    assert.deepEqual([...losses], [0, 2000]);
    assert.deepEqual([...gradient], [0, 0, -1, 1]);
  });

  it('counts the rows whose largest output is that of their class', () => {
    assert.equal(accuracy([1, 2, 3, 4, 0, 0, -1, -2, -3, 5, 5, 1], [2, 0, 1, 0]), 3 / 4);
  });

  it('names the class of the largest output of each row, of equal ones the first', () => {
    assert.deepEqual([...likeliestClasses([1, 2, 3, 4, 0, 0, -1, -2, -3, 5, 5, 1], 3)], [2, 0, 0, 0]);
    assert.deepEqual([...likeliestClasses([1, 2, 3, 4, 0, 0, 2, 2], 2)], [1, 1, 0, 0]);
  });

  it('puts the asked rows into a batch in their order, with their classes one-hot', () => {
    const rows = { inputs: Float32Array.of(1, 2, 3, 4, 5, 6), labels: [1, 0, 2] };
    const { inputs, targets } = classBatch(rows, [2, 0, 2], 4);
    assert.deepEqual([...inputs], [5, 6, 1, 2, 5, 6]);
    assert.deepEqual([...targets], [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0]);
  });

  it('has as area under the curve the share of pairs in the right order, ties counting half', () => {
    const scored = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.boolean()), { maxLength: 25 });
    fc.assert(
      fc.property(scored, (all) => {
        const [above, below] = [true, false].map((kind) => all.filter(([, positive]) => positive === kind));
        let right = 0;
        for (const [high] of above!) for (const [low] of below!) right += high > low ? 1 : high === low ? 0.5 : 0;
        const pairs = above!.length * below!.length;
        const area = areaUnderCurve(all.map(([score]) => score), all.map(([, positive]) => positive)); // prettier-ignore
        if (pairs === 0) assert.ok(Number.isNaN(area));
        else assert.ok(Math.abs(area - right / pairs) < 1e-12);
      }),
    );
  });

  it('refuses outputs that do not divide into rows', () => {
    assert.throws(() => accuracy([1, 2, 3], [0, 1]), /accuracy: 3 outputs are no rows of one length for 2 labels/);
    assert.throws(() => crossEntropies([], []), RangeError);
    assert.throws(
      () => classBatch({ inputs: new Float32Array(3), labels: [0, 1] }, [0], 2),
      /classBatch: 3 inputs are/,
    );
  });
});
