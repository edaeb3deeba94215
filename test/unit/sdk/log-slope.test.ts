import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { logSlope } from 'marginalia';

const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-9 * (1 + Math.abs(b)), `${a} is not ${b}`);
const positive = fc.double({ min: 1e-3, max: 1e3, noNaN: true });

describe('the slope on logarithmic axes', () => {
  it('is the exponent of a power, whatever its factor', () => {
    const exponent = fc.double({ min: -4, max: 4, noNaN: true });
    fc.assert(
      fc.property(exponent, positive, (power, factor) => {
        const x = [0.5, 1, 3, 20, 1000];
        const y = x.map((value) => factor * value ** power);
        assert.ok(Math.abs(logSlope(x, y) - power) < 1e-9);
      }),
    );
  });

  it('between two points is the ratio of the logarithms of their ratios', () => {
    near(logSlope(Float64Array.of(10, 1000), [7, 0.07]), -1);
    near(logSlope([2, 16], [3, 12]), Math.log(4) / Math.log(8));
  });

  it('leaves a smaller sum of squares than any other slope near it', () => {
    const points = fc.array(fc.tuple(positive, positive), { minLength: 3, maxLength: 8 });
    fc.assert(
      fc.property(points, (all) => {
        const [x, y] = [all.map(([a]) => a), all.map(([, b]) => b)];
        fc.pre(Math.max(...x) / Math.min(...x) > 1.01);
        const slope = logSlope(x, y);
        const squares = (at: number) => {
          const rests = x.map((value, i) => Math.log(y[i]!) - at * Math.log(value));
          const centre = rests.reduce((sum, rest) => sum + rest, 0) / rests.length;
          return rests.reduce((sum, rest) => sum + (rest - centre) ** 2, 0);
        };
        for (const other of [slope - 0.1, slope + 0.1]) assert.ok(squares(slope) < squares(other) + 1e-9);
      }),
    );
  });

  it('is no number where there is none, and lists of different length are refused', () => {
    assert.ok(Number.isNaN(logSlope([1, 2], [1, -1])));
    assert.ok(Number.isNaN(logSlope([3, 3], [1, 2])));
    assert.throws(() => logSlope([1, 2, 3], [1, 2]), /logSlope: 3 and 2 numbers/);
  });
});
