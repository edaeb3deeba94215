import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createRng, type TrialRecord } from 'marginalia';
import experiment, { cycleSizes, drawWeighted } from '../../../snippets/curriculum/cyclical-curriculum/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

describe('cyclical-curriculum', () => {
  it("swings between the shares of the paper's setting", () => {
    assert.deepEqual(cycleSizes(0.25, 1, 0.5, 4), [0.25, 0.5, 1, 0.5, 0.25, 0.5, 1]);
    assert.deepEqual(cycleSizes(1, 1, 0.5, 2), [1, 1]);
  });

  it('stays within its bounds, turns only at them, and spends the budget but for less than a pass', () => {
    const setting = fc.record({
      nMin: fc.double({ min: 0.05, max: 1, noNaN: true }),
      alpha: fc.double({ min: 0.2, max: 0.95, noNaN: true }),
      budget: fc.double({ min: 0.1, max: 60, noNaN: true }),
    });
    fc.assert(
      fc.property(setting, ({ nMin, alpha, budget }) => {
        const sizes = cycleSizes(nMin, 1, alpha, budget);
        const sum = sizes.reduce((total, size) => total + size, 0);
        assert.ok(sum >= budget - 1e-9 && sum - sizes.at(-1)! < budget);
        assert.equal(sizes[0], nMin);
        assert.ok(sizes.every((size) => size >= nMin && size <= 1));
        for (let t = 2; t < sizes.length; t++) {
          const [before, turn, after] = [sizes[t - 2]!, sizes[t - 1]!, sizes[t]!];
          if (turn > before && after < turn) assert.equal(turn, 1);
          if (turn < before && after > turn) assert.equal(turn, nMin);
        }
      }),
    );
  });

  it('draws without replacement as often as drawing one by one would', () => {
    const weights = [4, 3, 2, 1];
    const rng = createRng('weighted', 0);
    const counts = [0, 0, 0, 0];
    const draws = 20_000;
    for (let i = 0; i < draws; i++) {
      const drawn = drawWeighted(weights, 2, rng);
      assert.ok(drawn.length === 2 && drawn[0] !== drawn[1]);
      for (const sample of drawn) counts[sample]!++;
    }
    const total = 10;
    weights.forEach((weight, i) => {
      const second = weights.reduce(
        (sum, other, j) => sum + (j === i ? 0 : (other / total) * (weight / (total - other))),
        0,
      );
      const expected = weight / total + second;
      assert.ok(Math.abs(counts[i]! / draws - expected) < 0.015, `sample ${i}: ${counts[i]! / draws} ${expected}`);
    });
  });

  describe('in short form', () => {
    let records: readonly TrialRecord[];
    const short = { epochs: 10 };
    before(async () => {
      records = await shortRun(experiment, short, { seeds: [0, 1, 2] });
    });

    it('logs finite metrics and draws sizes and weights', () => {
      assertSound(experiment, records);
      const { figures } = records.find(({ series }) => series.arm === 'cyclical')!;
      assert.deepEqual(Object.keys(figures), ['sizes', 'weights']);
    });

    it('gives every arm the same number of samples, but for less than one pass', () => {
      for (const { series } of records) {
        const spent = series.curves.test_acc!.steps.at(-1)!;
        assert.ok(spent > 9.9 && spent < 11, `${series.arm} ${spent}`);
      }
    });

    it('prefers samples whose labels are right, and the wrong ones where it prefers hard samples', () => {
      const share = (arm: string, seed: number) =>
        records.find(({ series }) => series.arm === arm && series.seed === seed)!.series.curves.right_labels!
          .values[0]!;
      for (const seed of [0, 1, 2]) {
        assert.ok(share('cyclical', seed) > share('random_cyclical', seed));
        assert.ok(share('random_cyclical', seed) > share('anti', seed));
      }
    });

    it('loses its claim where ordinary training or the cycle of hard samples stands in for the method', () => {
      for (const by of ['vanilla', 'anti']) {
        assert.notEqual(verdictWith(experiment, records, { of: 'cyclical', by }), 'holds');
      }
    });
  });
});
