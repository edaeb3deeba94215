import fc from 'fast-check';
import assert from 'node:assert/strict';
import { areaPath, linePath } from '../../../src/runtime/exports/html/paths.ts';
import { createScale } from '../../../src/runtime/exports/html/scale.ts';

const x = createScale({ min: 0, max: 100, logarithmic: false, from: 0, to: 100, room: 5 });
/** Positions grow downwards. */
const y = createScale({ min: 0, max: 100, logarithmic: false, from: 100, to: 0, room: 5 });
const logarithmic = createScale({ min: 1, max: 100, logarithmic: true, from: 100, to: 0, room: 5 });

/** The corners of a path that only moves and draws straight lines. */
function corners(path: string): [x: number, y: number][] {
  return [...path.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map((match) => [Number(match[1]), Number(match[2])]);
}

describe('lines of the report', () => {
  it('go through every point where there are few', () => {
    assert.equal(linePath([0, 50, 100], [0, 100, 50], x, y), 'M0 100L50 0L100 50');
  });

  it('are interrupted by what has no place', () => {
    assert.equal(linePath([0, 10, 20, 30], [1, NaN, 3, 4], x, y), 'M0 99M20 97L30 96');
    assert.equal(linePath([0, 10, 20], [10, 0, 10], x, logarithmic), 'M0 50M20 50');
  });

  it('cover the same pixels as all points do, with at most four points a column', () => {
    const values = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 2, maxLength: 3000 });
    fc.assert(
      fc.property(values, (numbers) => {
        const steps = numbers.map((_, index) => (100 * index) / numbers.length);
        const drawn = corners(linePath(steps, numbers, x, y));
        const ranges = (points: Iterable<readonly [number, number]>) => {
          const byColumn = new Map<number, { low: number; high: number; count: number }>();
          for (const [left, top] of points) {
            const column = Math.floor(left + 1e-9);
            const range = byColumn.get(column) ?? { low: Infinity, high: -Infinity, count: 0 };
            byColumn.set(column, {
              low: Math.min(range.low, top),
              high: Math.max(range.high, top),
              count: range.count + 1,
            });
          }
          return byColumn;
        };
        // Corners are rounded to a tenth, which must not carry one into the next column.
        const all = ranges(steps.map((step, index) => [step, 100 - numbers[index]!]));
        let total = 0;
        for (const { count } of all.values()) total += Math.min(4, count);
        assert.ok(drawn.length <= total);
        const top = Math.min(...drawn.map(([, place]) => place));
        const bottom = Math.max(...drawn.map(([, place]) => place));
        assert.ok(Math.abs(top - (100 - Math.max(...numbers))) <= 0.051);
        assert.ok(Math.abs(bottom - (100 - Math.min(...numbers))) <= 0.051);
      }),
      { numRuns: 50 },
    );
  });
});

describe('areas of the report', () => {
  it('go along the upper line and back along the lower', () => {
    assert.equal(areaPath([0, 50], [10, 20], [30, 40], x, y), 'M0 70L50 60L50 80L0 90Z');
  });

  it('are closed pieces between gaps', () => {
    const path = areaPath([0, 10, 20, 30, 40], [1, 1, NaN, 1, 1], [2, 2, NaN, 2, 2], x, y);
    assert.equal(path.split('M').length - 1, 2);
    assert.equal(path.split('Z').length - 1, 2);
  });

  it('go down to the end of a logarithmic axis where the lower value has no place on it', () => {
    assert.deepEqual(corners(areaPath([0, 50], [-1, 10], [10, 10], x, logarithmic)), [
      [0, 50],
      [50, 50],
      [50, 50],
      [0, 100],
    ]);
  });

  it('keep the whole height of a column', () => {
    const steps = Array.from({ length: 1000 }, (_, index) => index / 10);
    const high = steps.map((_, index) => (index === 503 ? 90 : 60));
    const low = steps.map((_, index) => (index === 507 ? 5 : 40));
    const drawn = corners(areaPath(steps, low, high, x, y)).filter(([left]) => Math.floor(left) === 50);
    assert.deepEqual([Math.min(...drawn.map(([, top]) => top)), Math.max(...drawn.map(([, top]) => top))], [10, 95]);
  });
});
