import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { correlation, rankCorrelation } from '../../../src/runtime/sdk/correlation.ts';

describe('correlation', () => {
  const number = fc.integer({ min: -1000, max: 1000 });
  const pairs = fc.uniqueArray(fc.tuple(number, number), { minLength: 3, maxLength: 20, selector: ([x]) => x });

  it('is 1 along a rising line, -1 along a falling one, and a known value between', () => {
    assert.ok(Math.abs(correlation([1, 2, 4], [3, 5, 9]) - 1) < 1e-12);
    assert.ok(Math.abs(correlation([1, 2, 4], [-3, -5, -9]) + 1) < 1e-12);
    // By hand: deviations (-1, 0, 1) and (-1, 1, 0).
    assert.ok(Math.abs(correlation([1, 2, 3], [1, 3, 2]) - 0.5) < 1e-12);
    assert.ok(Number.isNaN(correlation([1, 1], [1, 2])));
  });

  it('squared is the share of variance that the best line explains', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const [x, y] = [list.map(([a]) => a), list.map(([, b]) => b)];
        fc.pre(new Set(y).size > 1);
        const n = list.length;
        const sum = (of: (i: number) => number) => list.reduce((total, _, i) => total + of(i), 0);
        const slope =
          (n * sum((i) => x[i]! * y[i]!) - sum((i) => x[i]!) * sum((i) => y[i]!)) /
          (n * sum((i) => x[i]! ** 2) - sum((i) => x[i]!) ** 2);
        const offset = (sum((i) => y[i]!) - slope * sum((i) => x[i]!)) / n;
        const left = sum((i) => (y[i]! - offset - slope * x[i]!) ** 2);
        const all = sum((i) => (y[i]! - sum((j) => y[j]!) / n) ** 2);
        assert.ok(Math.abs(correlation(x, y) ** 2 - (1 - left / all)) < 1e-6);
      }),
    );
  });

  it('of ranks, without ties, follows from the squared differences of ranks, and does not see a rising function', () => {
    fc.assert(
      fc.property(fc.uniqueArray(number, { minLength: 2, maxLength: 20 }), fc.nat(), (y, turn) => {
        const x = y.map((_, i) => (i * 7 + turn) % 23);
        const rank = (list: number[]) => list.map((value) => [...list].sort((a, b) => a - b).indexOf(value));
        const squares = rank(x).reduce((total, of, i) => total + (of - rank(y)[i]!) ** 2, 0);
        const n = y.length;
        assert.ok(Math.abs(rankCorrelation(x, y) - (1 - (6 * squares) / (n * (n * n - 1)))) < 1e-9);
        const risen = y.map((value) => Math.exp(value / 100));
        assert.ok(Math.abs(rankCorrelation(x, risen) - rankCorrelation(x, y)) < 1e-12);
      }),
    );
  });

  it('gives equal numbers the mean of their ranks, and refuses lists of different length', () => {
    assert.ok(Math.abs(rankCorrelation([1, 1, 2], [5, 5, 9]) - 1) < 1e-12);
    assert.ok(Math.abs(rankCorrelation([1, 1, 2], [1, 2, 3]) - correlation([0.5, 0.5, 2], [0, 1, 2])) < 1e-12);
    assert.throws(() => correlation([1, 2], [1]), /as many of one as of the other/);
  });
});
