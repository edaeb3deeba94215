import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { TrialRecord } from 'marginalia';
import experiment, { coverage, credit, density, seenFrom } from '../../../snippets/exploration/subpo/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';
import { snippetFunction } from './snippet-function.ts';

type MarginalGainReturns = (seen: (state: number) => number[], path: number[], weight: Float64Array) => Float64Array;

describe('subpo', () => {
  let marginalGainReturns: MarginalGainReturns;
  before(async () => {
    marginalGainReturns = await snippetFunction<MarginalGainReturns>(
      'exploration/subpo',
      'subpo-returns',
      'marginalGainReturns',
    );
  });

  // States 0 … 7, each showing a few of 10 things of different worth.
  const worlds = fc.record({
    shows: fc.array(fc.array(fc.nat(9), { maxLength: 4 }), { minLength: 8, maxLength: 8 }),
    path: fc.array(fc.nat(7), { minLength: 2, maxLength: 12 }),
    worth: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 10, maxLength: 10 }),
  });

  it('returns what the whole set is worth more at the end than at each step', () => {
    fc.assert(
      fc.property(worlds, ({ shows, path, worth }) => {
        const value = (states: number[]) =>
          [...new Set(states.flatMap((state) => shows[state]!))].reduce((sum, thing) => sum + worth[thing]!, 0);
        const returns = marginalGainReturns((state) => shows[state]!, path, Float64Array.from(worth));
        assert.equal(returns.length, path.length - 1);
        returns.forEach((still, i) => {
          assert.ok(Math.abs(still - (value(path) - value(path.slice(0, i + 1)))) < 1e-9);
        });
      }),
    );
  });

  it('gives nothing for staying, and never more for a step the more was seen before it', () => {
    assert.deepEqual([...marginalGainReturns((s) => [s], [1, 1, 1], Float64Array.of(1, 2))], [0, 0]);
    fc.assert(
      fc.property(worlds, fc.nat(7), ({ shows, path, worth }, earlier) => {
        const gain = (before: number[], state: number) =>
          marginalGainReturns((s) => shows[s]!, [...before, state], Float64Array.from(worth)).at(-1)!;
        assert.ok(gain([earlier, ...path.slice(0, -1)], path.at(-1)!) <= gain(path.slice(0, -1), path.at(-1)!) + 1e-12);
      }),
    );
  });

  it('sees three by three cells of a map whose density is 1', () => {
    assert.ok(Math.abs(density.reduce((a, b) => a + b) - 1) < 1e-12);
    assert.deepEqual(seenFrom(0), [0, 1, 8, 9]);
    assert.equal(seenFrom(27).length, 9);
    assert.ok(Math.abs(coverage(Array.from({ length: 64 }, (_, cell) => cell)) - 1) < 1e-12);
    // The densest cell is the peak at (6, 1).
    assert.equal(density.indexOf(Math.max(...density)), 14);
  });

  it('credits gains that telescope to the coverage, or sums that do not remember', () => {
    const path = [27, 28, 28, 36, 27];
    const first = credit('subpo', path)[0]!;
    assert.ok(Math.abs(first - (coverage(path) - coverage([27]))) < 1e-12);
    const seen = (cell: number) => seenFrom(cell).reduce((sum, other) => sum + density[other]!, 0);
    const additive = credit('modpo', path);
    assert.ok(Math.abs(additive[0]! - (2 * seen(28) + seen(36) + seen(27))) < 1e-12);
    assert.ok(Math.abs(additive[3]! - seen(27)) < 1e-12);
  });

  describe('in short form', () => {
    let records: readonly TrialRecord[];
    const short = { iterations: 100 };
    before(async () => {
      records = await shortRun(experiment, short, { seeds: [0, 1] });
    });

    it('logs finite metrics, climbs, and draws where it went', () => {
      assertSound(experiment, records);
      for (const { series, figures } of records.filter(({ series: one }) => one.arm === 'subpo')) {
        const { values } = series.curves.coverage!;
        assert.ok(values.at(-1)! > values[0]! + 0.05, values.join(' '));
        const [heat] = figures.visits!.layers;
        assert.ok(heat?.type === 'heatmap');
        assert.ok(Math.abs(heat.values.flat().reduce((a, b) => a + b) - 21) < 1e-9);
      }
    });

    it('gives the same curves for the same seed and others for another', async () => {
      const [again] = await shortRun(experiment, short, { arms: ['subpo'], seeds: [1] });
      const [zero, one] = records.filter(({ series }) => series.arm === 'subpo');
      assert.deepEqual(again!.series.curves, one!.series.curves);
      assert.notDeepEqual(zero!.series.curves, one!.series.curves);
    });

    it('loses its claim where rewards do not remember, or nothing is learned', () => {
      assert.equal(verdictWith(experiment, records, { of: 'subpo', by: 'modpo' }), 'fails');
      assert.equal(verdictWith(experiment, records, { of: 'subpo', by: 'random' }), 'fails');
    });
  });
});
