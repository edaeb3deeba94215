import assert from 'node:assert/strict';
import fc from 'fast-check';
import { seriesCsv } from '../../../src/webviews/dashboard/csv.ts';
import { appendPoints, countOdd, createSeries } from '../../../src/webviews/dashboard/series-store.ts';

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
