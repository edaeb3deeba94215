import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { logistic, logSoftmax, logSumExp, softmax } from '../../../src/runtime/sdk/logits.ts';

const logits = fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 1, maxLength: 8 });

function close(actual: number, expected: number, tolerance = 1e-12): void {
  assert.ok(Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)), `${actual} is not ${expected}`);
}

describe('logits', () => {
  it('give the probabilities of their definition', () => {
    fc.assert(
      fc.property(logits, (values) => {
        const total = values.reduce((sum, value) => sum + Math.exp(value), 0);
        const probabilities = softmax(values);
        const logs = logSoftmax(values);
        close(logSumExp(values), Math.log(total));
        values.forEach((value, i) => {
          close(probabilities[i]!, Math.exp(value) / total);
          close(logs[i]!, value - Math.log(total));
        });
      }),
    );
  });

  it('give the same probabilities when all are shifted, however far', () => {
    for (const shift of [-1e6, 1e6]) {
      softmax([1 + shift, 2 + shift, 4 + shift]).forEach((p, i) => close(p, softmax([1, 2, 4])[i]!, 1e-9));
      close(logSumExp([1 + shift, 2 + shift]) - shift, logSumExp([1, 2]), 1e-9);
    }
  });

  it('become the largest one as the temperature falls, uniform as it rises', () => {
    close(softmax([1, 2, 3], 0.001)[2]!, 1);
    close(softmax([1, 2, 3], 1e9)[0]!, 1 / 3, 1e-6);
    close(softmax([1, 3], 2)[0]!, softmax([0.5, 1.5])[0]!);
  });

  it('of -Infinity have no probability, and none has where all are', () => {
    assert.deepEqual(softmax([-Infinity, 0, 0]), [0, 0.5, 0.5]);
    assert.deepEqual(softmax([-Infinity, -Infinity]), [0.5, 0.5]);
    assert.equal(logSumExp([-Infinity, -Infinity]), -Infinity);
    assert.equal(logSumExp([]), -Infinity);
  });

  it('of two things are a logistic function of their difference', () => {
    fc.assert(
      fc.property(fc.double({ min: -20, max: 20, noNaN: true }), (x) => {
        close(logistic(x), softmax([x, 0])[0]!);
        close(logistic(x) + logistic(-x), 1);
      }),
    );
    assert.equal(logistic(-1000), 0);
    assert.equal(logistic(1000), 1);
  });
});
