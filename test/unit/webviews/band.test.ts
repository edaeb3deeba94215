import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createBand, type Band, updateBand } from '../../../src/webviews/dashboard/band.ts';
import { appendPoints, createSeries, type Series } from '../../../src/webviews/dashboard/series-store.ts';
import type { Aggregation } from '../../../src/webviews/dashboard/statistics.ts';

type Points = readonly (readonly [step: number, value: number])[];

function seriesOf(seed: number, points: Points): Series {
  const series = createSeries('arm', seed);
  append(series, points);
  return series;
}

function append(series: Series, points: Points): void {
  appendPoints(
    series,
    Float64Array.from(points, ([step]) => step),
    Float64Array.from(points, ([, value]) => value),
  );
}

function contents(band: Band) {
  const { length } = band;
  return {
    steps: [...band.steps.subarray(0, length)],
    centre: [...band.centre.subarray(0, length)],
    low: [...band.low.subarray(0, length)],
    high: [...band.high.subarray(0, length)],
    seeds: [...band.seeds.subarray(0, length)],
  };
}

function bandOf(series: readonly Series[], aggregation: Aggregation = 'median') {
  const band = createBand(aggregation);
  updateBand(band, series);
  return contents(band);
}

/** The value of one seed at a step, by the words of the band's description. */
function valueOf(points: Points, step: number): number | undefined {
  const exact = points.filter(([at]) => at === step).at(-1);
  if (exact) return exact[1];
  const before = points.filter(([at]) => at < step).at(-1);
  const after = points.find(([at]) => at > step);
  if (!before || !after) return undefined;
  return before[1] + ((step - before[0]) / (after[0] - before[0])) * (after[1] - before[1]);
}

const points: fc.Arbitrary<Points> = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: 4 }),
      fc.oneof({ weight: 6, arbitrary: fc.integer({ min: -50, max: 50 }) }, { weight: 1, arbitrary: fc.constant(NaN) }),
    ),
    { maxLength: 30 },
  )
  .map((pairs) => {
    let step = 0;
    return pairs.map(([gap, value]): [number, number] => [(step += gap), value]);
  });

describe('band over seeds', () => {
  it('has the median and the range of the seeds at every step', () => {
    const band = bandOf([
      seriesOf(0, [
        [0, 1],
        [1, 2],
      ]),
      seriesOf(1, [
        [0, 3],
        [1, 8],
      ]),
      seriesOf(2, [
        [0, 2],
        [1, 4],
      ]),
    ]);
    assert.deepEqual(band, { steps: [0, 1], centre: [2, 4], low: [1, 2], high: [3, 8], seeds: [3, 3] });
  });

  it('follows the line between the points of a seed that logs less often', () => {
    const band = bandOf([
      seriesOf(0, [
        [0, 0],
        [10, 10],
      ]),
      seriesOf(1, [
        [0, 4],
        [5, 6],
        [10, 8],
      ]),
    ]);
    assert.deepEqual(band.steps, [0, 5, 10]);
    assert.deepEqual(band.centre, [2, 5.5, 9]);
    assert.deepEqual(band.seeds, [2, 2, 2]);
  });

  it('counts only the seeds that have come as far where they are unequally long', () => {
    const band = bandOf([
      seriesOf(0, [
        [0, 1],
        [1, 1],
        [2, 1],
      ]),
      seriesOf(1, [[0, 3]]),
    ]);
    assert.deepEqual(band.seeds, [2, 1, 1]);
    assert.deepEqual(band.centre, [2, 1, 1]);
  });

  it('leaves out seeds whose value is not finite, and is interrupted where none is', () => {
    const band = bandOf([
      seriesOf(0, [
        [0, NaN],
        [1, Infinity],
      ]),
      seriesOf(1, [
        [0, 5],
        [1, NaN],
      ]),
    ]);
    assert.deepEqual(band.centre, [5, NaN]);
    assert.deepEqual(band.seeds, [1, 0]);
  });

  it('has no interval of the mean for a single seed', () => {
    const band = bandOf([seriesOf(0, [[0, 5]])], 'error');
    assert.deepEqual([band.centre, band.low, band.high], [[5], [NaN], [NaN]]);
  });

  it('agrees with its description for any seeds', () => {
    fc.assert(
      fc.property(fc.array(points, { minLength: 1, maxLength: 5 }), (seeds) => {
        const band = bandOf(seeds.map((own, seed) => seriesOf(seed, own)));
        const steps = [...new Set(seeds.flatMap((own) => own.map(([step]) => step)))].sort((a, b) => a - b);
        assert.deepEqual(band.steps, steps);
        steps.forEach((step, index) => {
          const values = seeds
            .map((own) => valueOf(own, step))
            .filter((one) => one !== undefined && Number.isFinite(one));
          assert.equal(band.seeds[index], values.length);
          if (values.length === 0) return;
          const sorted = (values as number[]).sort((a, b) => a - b);
          const median =
            (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
          assert.ok(Math.abs(band.centre[index]! - median) < 1e-9);
        });
      }),
    );
  });

  it('is the same whether points came at once or in any order of pieces', () => {
    const aggregation = fc.constantFrom<Aggregation>('median', 'error', 'interval');
    const order = fc.array(fc.tuple(fc.nat(4), fc.integer({ min: 1, max: 9 })), { maxLength: 40 });
    fc.assert(
      fc.property(fc.array(points, { minLength: 1, maxLength: 5 }), order, aggregation, (seeds, pieces, wanted) => {
        const grown = createBand(wanted);
        const series = seeds.map((_, seed) => createSeries('arm', seed));
        const taken = seeds.map(() => 0);
        const present: Series[] = [];
        const rest = seeds.map((own, seed): [number, number] => [seed, own.length]);
        for (const [which, count] of [...pieces, ...rest]) {
          const seed = which % seeds.length;
          const piece = seeds[seed]!.slice(taken[seed], taken[seed]! + count);
          if (piece.length === 0) continue;
          taken[seed]! += piece.length;
          append(series[seed]!, piece);
          if (!present.includes(series[seed]!)) present.push(series[seed]!);
          const before = contents(grown);
          const from = updateBand(grown, present);
          // What is said to be unchanged is unchanged.
          assert.deepEqual(contents(grown).centre.slice(0, from), before.centre.slice(0, from));
        }
        const atOnce = bandOf(
          seeds.map((own, seed) => seriesOf(seed, own)),
          wanted,
        );
        const now = contents(grown);
        assert.deepEqual(now.steps, atOnce.steps);
        assert.deepEqual(now.seeds, atOnce.seeds);
        now.centre.forEach((value, index) => {
          const expected = atOnce.centre[index]!;
          assert.ok(Number.isNaN(expected) ? Number.isNaN(value) : Math.abs(value - expected) < 1e-9);
        });
      }),
    );
  });

  it('begins again only where something is new, also behind a longer seed', () => {
    const length = 20_000;
    const all: Points = Array.from({ length }, (_, step) => [step, step % 7]);
    const long = seriesOf(0, all);
    const growing = createSeries('arm', 1);
    const band = createBand('median');
    updateBand(band, [long]);
    for (let start = 0; start < length; start += 100) {
      append(growing, all.slice(start, start + 100));
      const from = updateBand(band, [long, growing]);
      assert.ok(from >= start - 1);
    }
    assert.equal(band.length, length);
    assert.ok(band.seeds.subarray(0, length).every((seeds) => seeds === 2));
  });
});
