import fc from 'fast-check';
import assert from 'node:assert/strict';
import { createBand, type Points } from '../../../src/runtime/exports/html/band.ts';

const list = (values: Iterable<number>) => [...values];

describe('bands over seeds in the report', () => {
  it('have median and range at every step', () => {
    const { steps, median, low, high, seeds } = createBand([
      { steps: [1, 2], values: [10, 20] },
      { steps: [1, 2], values: [30, 0] },
      { steps: [1, 2], values: [11, 5] },
    ]);
    assert.deepEqual([steps, median, low, high].map(list), [
      [1, 2],
      [11, 5],
      [10, 0],
      [30, 20],
    ]);
    assert.deepEqual(list(seeds), [3, 3]);
  });

  it('take the value on the line between two points, and nothing before the first or after the last', () => {
    const { steps, median, seeds } = createBand([
      { steps: [0, 10], values: [0, 10] },
      { steps: [5, 20], values: [7, 7] },
    ]);
    assert.deepEqual(list(steps), [0, 5, 10, 20]);
    assert.deepEqual(list(median), [0, 6, 8.5, 7]);
    assert.deepEqual(list(seeds), [1, 2, 2, 1]);
  });

  it('take the last of several values of one step', () => {
    assert.deepEqual(list(createBand([{ steps: [1, 1, 2], values: [5, 6, 7] }]).median), [6, 7]);
  });

  it('leave out what is not finite, and have a gap where nothing is left', () => {
    const { median, seeds } = createBand([
      { steps: [1, 2, 3], values: [1, NaN, Infinity] },
      { steps: [1, 2, 3], values: [3, 4, NaN] },
    ]);
    assert.deepEqual(list(median), [2, 4, NaN]);
    assert.deepEqual(list(seeds), [2, 1, 0]);
  });

  it('agree with a plain computation at the steps that all seeds share', () => {
    const trials = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 20 })).chain(([count, length]) =>
      fc.array(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: length, maxLength: length }), {
        minLength: count,
        maxLength: count,
      }),
    );
    fc.assert(
      fc.property(trials, (values) => {
        const points: Points[] = values.map((own) => ({ steps: own.map((_, index) => 3 * index), values: own }));
        const band = createBand(points);
        band.steps.forEach((_, index) => {
          const sorted = values.map((own) => own[index]!).sort((one, other) => one - other);
          const middle = sorted.length / 2;
          assert.equal(band.low[index], sorted[0]);
          assert.equal(band.high[index], sorted.at(-1));
          assert.equal(band.median[index], (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2);
        });
      }),
    );
  });
});
