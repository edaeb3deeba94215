import assert from 'node:assert/strict';
import { studentPoint, summarise } from '../../../src/webviews/dashboard/statistics.ts';

describe('statistics over seeds', () => {
  it('summarises by median with the range from lowest to highest', () => {
    assert.deepEqual(summarise(Float64Array.of(4, 1, 3, 9), 4, 'median'), { centre: 3.5, low: 1, high: 9, seeds: 4 });
  });

  it('looks at no more values than it is told to', () => {
    assert.equal(summarise(Float64Array.of(1, 2, 3, 999), 3, 'median').centre, 2);
  });

  it('summarises by mean with its standard error', () => {
    const { centre, low, high } = summarise(Float64Array.of(2, 4, 6), 3, 'error');
    assert.equal(centre, 4);
    assert.ok(Math.abs(high - centre - 2 / Math.sqrt(3)) < 1e-12);
    assert.ok(Math.abs(centre - low - 2 / Math.sqrt(3)) < 1e-12);
  });

  it('widens the error to a 95 % interval by Student’s t', () => {
    const { high } = summarise(Float64Array.of(2, 4, 6), 3, 'interval');
    assert.ok(Math.abs(high - (4 + 4.3027 * (2 / Math.sqrt(3)))) < 1e-9);
  });

  it('knows Student’s points beyond its table', () => {
    // 97.5 % points from a table of the distribution.
    for (const [freedom, point] of [
      [31, 2.0395],
      [40, 2.0211],
      [60, 2.0003],
      [120, 1.9799],
    ] as const) {
      assert.ok(Math.abs(studentPoint(freedom) - point) < 2e-4, `${freedom} degrees of freedom`);
    }
  });
});
