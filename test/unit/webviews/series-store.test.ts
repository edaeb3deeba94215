import assert from 'node:assert/strict';
import fc from 'fast-check';
import { seriesCsv } from '../../../src/webviews/dashboard/csv.ts';
import {
  appendPoints,
  countHidden,
  countOdd,
  createSeries,
  describeBlocks,
  evenPoints,
  withWholeBlocks,
} from '../../../src/webviews/dashboard/series-store.ts';

const anyValue = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, 0));

describe('series store', () => {
  it('holds every point of every piece, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyValue, { maxLength: 90 }), { maxLength: 12 }), (pieces) => {
        const series = createSeries('rex', 0);
        let step = 0;
        for (const piece of pieces) {
          appendPoints(
            series,
            Float64Array.from(piece, () => step++),
            Float64Array.from(piece),
          );
        }
        const all = pieces.flat();
        assert.equal(series.length, all.length);
        assert.deepEqual([...series.values.subarray(0, series.length)], all);
        assert.deepEqual(
          [...series.steps.subarray(0, series.length)],
          Array.from(all, (_, index) => index),
        );
        assert.equal(series.oddCount, all.filter((value) => !Number.isFinite(value)).length);
        assert.equal(series.lowCount, all.filter((value) => Number.isFinite(value) && value <= 0).length);
      }),
    );
  });

  it('counts what cannot be drawn by its reason', () => {
    const series = createSeries('rex', 0);
    appendPoints(series, Float64Array.of(0, 1, 2, 3, 4), Float64Array.of(1, NaN, -Infinity, 0, -3));
    assert.deepEqual(countOdd([series], false), { nan: 1, infinite: 1, low: 0 });
    assert.deepEqual(countOdd([series, series], true), { nan: 2, infinite: 2, low: 4 });
  });
});

describe('a series of which only some points have been read', () => {
  /** Ten points in two blocks of which three and two are there, and one that came later. */
  function opened() {
    const series = createSeries('rex', 0);
    appendPoints(series, Float64Array.of(1, 3, 4, 7, 9, 10), Float64Array.of(-5, NaN, 4, 70, 9, 10));
    describeBlocks(series, [
      { end: 3, points: 5, nan: 2, infinite: 0, low: 2 },
      { end: 5, points: 5, nan: 0, infinite: 1, low: 0 },
    ]);
    return series;
  }

  it('counts what it has not read, in all and in a range of steps', () => {
    const series = opened();
    assert.equal(countHidden(series), 5);
    assert.equal(countHidden(series, 5, 20), 3);
    assert.equal(countHidden(series, 10, 20), 0);
    assert.deepEqual(countOdd([series], true), { nan: 2, infinite: 1, low: 2 });
  });

  it('takes the points of a block in, in place of those that stood for it', () => {
    const steps = Float64Array.of(0, 1, 2, 3, 4);
    const values = Float64Array.of(NaN, -5, -1, NaN, 4);
    const first = withWholeBlocks(opened(), { from: 0, to: 1, steps, values });
    assert.deepEqual([...first.steps.subarray(0, first.length)], [0, 1, 2, 3, 4, 7, 9, 10]);
    assert.equal(countHidden(first), 3);
    assert.deepEqual(countOdd([first], true), { nan: 2, infinite: 1, low: 2 });
    const all = withWholeBlocks(first, {
      ...{ from: 0, to: 2 },
      steps: Float64Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
      values: Float64Array.of(NaN, -5, -1, NaN, 4, 5, Infinity, 70, 8, 9),
    });
    assert.deepEqual([...all.steps.subarray(0, all.length)], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert.equal(countHidden(all), 0);
    assert.deepEqual(countOdd([all], true), { nan: 2, infinite: 1, low: 2 });
    assert.equal(withWholeBlocks(all, { from: 0, to: 1, steps, values }), all);
  });

  it('is compared with other seeds only where they have points too', () => {
    const series = opened();
    const even = evenPoints(series);
    assert.deepEqual([...even.steps.subarray(0, even.length)], [4, 9, 10]);
    appendPoints(series, Float64Array.of(11), Float64Array.of(11));
    assert.equal(evenPoints(series), even);
    assert.deepEqual([...even.steps.subarray(0, even.length)], [4, 9, 10, 11]);
  });
});

describe('CSV of all points', () => {
  it('has a row a point with all digits, and names what is not a number', () => {
    const series = createSeries('a "good", arm', 3);
    appendPoints(series, Float64Array.of(0, 10), Float64Array.of(0.1 + 0.2, NaN));
    assert.equal(
      seriesCsv('loss', [series]),
      'metric,arm,seed,step,value\nloss,"a ""good"", arm",3,0,0.30000000000000004\nloss,"a ""good"", arm",3,10,NaN\n',
    );
  });

  it('leaves no point of a long series out', () => {
    const series = createSeries('rex', 0);
    const steps = Float64Array.from({ length: 30_000 }, (_, index) => index);
    appendPoints(series, steps, steps);
    assert.equal(seriesCsv('loss', [series]).split('\n').length, 30_000 + 2);
  });
});
