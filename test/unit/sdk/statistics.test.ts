import assert from 'node:assert/strict';
import fc from 'fast-check';
import { interquartileMean, mean, median, quantile } from '../../../src/runtime/sdk/statistics.ts';

const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 });

describe('statistics', () => {
  it('give the closed forms on 1 to n', () => {
    for (const n of [1, 2, 3, 4, 5, 8, 101]) {
      const values = Array.from({ length: n }, (_, i) => n - i);
      assert.equal(mean(values), (n + 1) / 2);
      assert.equal(median(values), (n + 1) / 2);
      assert.ok(Math.abs(interquartileMean(values) - (n + 1) / 2) < 1e-12);
      assert.equal(quantile(values, 0), 1);
      assert.equal(quantile(values, 1), n);
    }
    assert.equal(quantile([10, 20, 30, 40, 50], 0.3), 22);
  });

  it('count values in part at the edges of the middle half', () => {
    // Of nine values 2.25 are cut from each end: 0.75 of the third and seventh remain.
    assert.equal(interquartileMean([5, 8, 4, 38, 8, 6, 9, 7, 7]), (0.75 * 6 + 7 + 7 + 8 + 0.75 * 8) / 4.5);
    assert.equal(interquartileMean([1, 2, 3, 1000]), 2.5);
  });

  it('resist outliers in median and middle half, not in the mean', () => {
    const values = [1, 2, 3, 4, 1e9];
    assert.equal(median(values), 3);
    assert.ok(interquartileMean(values) < 4);
    assert.ok(mean(values) > 1e8);
  });

  it('lie between the smallest and the largest value and do not depend on order', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const low = Math.min(...values) - 1e-6;
        const high = Math.max(...values) + 1e-6;
        for (const statistic of [mean, median, interquartileMean]) {
          const value = statistic(values);
          assert.ok(value >= low && value <= high);
          assert.ok(Math.abs(statistic([...values].reverse()) - value) < 1e-6);
        }
      }),
    );
  });

  it('are NaN where there is nothing or a NaN among the values', () => {
    for (const statistic of [mean, median, interquartileMean]) {
      assert.ok(Number.isNaN(statistic([])));
      assert.ok(Number.isNaN(statistic([1, NaN, 2])));
    }
  });

  it('keep infinities', () => {
    assert.equal(median([1, Infinity, Infinity]), Infinity);
    assert.equal(quantile([-Infinity, -Infinity, 3], 0.25), -Infinity);
  });

  it('leave the given list as it was', () => {
    const values = [3, 1, 2];
    median(values);
    interquartileMean(values);
    assert.deepEqual(values, [3, 1, 2]);
  });
});
