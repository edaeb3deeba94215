import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { choleskyFactor, choleskySolve, createRng, type TrialRecord } from 'marginalia';
import experiment, {
  adaNormalHedgeWeights,
  onlineRidge,
} from '../../../snippets/bandits/groupwise-regret/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

const groups = 4;
const unit = fc.double({ min: 0, max: 1, noNaN: true });

/** What R a group can have at most: its potential is at most what all of them have gained (Luo and Schapire 2015). */
function regretBound(cumAbs: readonly number[], group: number): number {
  const gained = cumAbs.reduce((sum, c) => sum + 1 + 1.5 * (1 + Math.log(1 + c)), 0);
  return Math.sqrt(3 * cumAbs[group]! * Math.log(gained));
}

describe('groupwise-regret', () => {
  it('weighs only the groups that are present, whatever their order, more for more regret', () => {
    const standing = fc.array(fc.tuple(fc.double({ min: -8, max: 8, noNaN: true }), fc.double({ min: 0, max: 20, noNaN: true })), { minLength: groups, maxLength: groups }); // prettier-ignore
    fc.assert(
      fc.property(standing, fc.shuffledSubarray([0, 1, 2, 3], { minLength: 1 }), (pairs, active) => {
        const cumAbs = pairs.map(([r, c]) => Math.abs(r) + c);
        const regret = pairs.map(([r]) => r);
        const weights = adaNormalHedgeWeights(regret, cumAbs, active);
        assert.ok(weights.every((weight) => weight >= 0));
        assert.ok(Math.abs(weights.reduce((a, b) => a + b) - 1) < 1e-12);
        const turned = adaNormalHedgeWeights(regret, cumAbs, [...active].reverse());
        for (const [i, weight] of turned.reverse().entries()) assert.ok(Math.abs(weight - weights[i]!) < 1e-12);
        const asleep = [0, 1, 2, 3].filter((group) => !active.includes(group));
        const other = regret.map((r, group) => (asleep.includes(group) ? 5 - r : r));
        assert.deepEqual(adaNormalHedgeWeights(other, cumAbs, active), weights);
        const more = regret.map((r, group) => (group === active[0] ? r + 1 : r));
        assert.ok(adaNormalHedgeWeights(more, cumAbs, active)[0]! >= weights[0]! - 1e-12);
      }),
    );
  });

  it('is uniform at first and where all have done worse, and has the values of the formula by hand', () => {
    assert.deepEqual(adaNormalHedgeWeights([0, 0, 0], [0, 0, 0], [0, 2]), [0.5, 0.5]);
    assert.deepEqual(adaNormalHedgeWeights([-1, -2], [1, 4], [0, 1]), [0.5, 0.5]);
    // R = 1, C = 1 against R = 0, C = 0: (e^(4/6) - 1) / 2 against (e^(1/3) - 1) / 2.
    const [first] = adaNormalHedgeWeights([1, 0], [1, 0], [0, 1]);
    const [a, b] = [Math.exp(2 / 3) - 1, Math.exp(1 / 3) - 1];
    assert.ok(Math.abs(first! - a / (a + b)) < 1e-12);
  });

  it('keeps the regret to every group within its bound, on any losses and any groups present', () => {
    const round = fc.record({
      active: fc.subarray([0, 1, 2, 3], { minLength: 1 }),
      losses: fc.tuple(unit, unit, unit, unit),
    });
    fc.assert(
      fc.property(
        fc.array(round, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 40 }),
        (rounds, times) => {
          const [regret, cumAbs] = [new Array<number>(groups).fill(0), new Array<number>(groups).fill(0)];
          for (const { active, losses } of Array.from({ length: times }, () => rounds).flat()) {
            const weights = adaNormalHedgeWeights(regret, cumAbs, active);
            const expected = active.reduce((sum, group, i) => sum + weights[i]! * losses[group]!, 0);
            for (const group of active) {
              regret[group]! += expected - losses[group]!;
              cumAbs[group]! += Math.abs(expected - losses[group]!);
            }
          }
          for (const [group, r] of regret.entries()) assert.ok(r <= regretBound(cumAbs, group) + 1e-9, `${r}`);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('predicts as ridge regression on all that was seen does, within [0, 1]', () => {
    const rng = createRng('groupwise-regret test', 1);
    const size = 4;
    const ridge = onlineRidge(size);
    const gram = Float64Array.from({ length: size * size }, (_, i) => Number(i % (size + 1) === 0));
    const moments = new Float64Array(size);
    for (let t = 0; t < 60; t++) {
      const x = Array.from({ length: size }, () => rng.normal());
      const model = choleskySolve(choleskyFactor(gram, size), moments);
      const value = model.reduce((sum, weight, i) => sum + weight * x[i]!, 0);
      assert.ok(Math.abs(ridge.predict(x) - Math.min(1, Math.max(0, value))) < 1e-9);
      const y = 0.5 + 0.3 * x[0]! - 0.2 * x[3]! + rng.normal(0, 0.1);
      ridge.observe(x, y);
      for (let i = 0; i < size; i++) {
        moments[i]! += y * x[i]!;
        for (let j = 0; j < size; j++) gram[i * size + j]! += x[i]! * x[j]!;
      }
    }
  });

  describe('in short form', () => {
    const short = { rounds: 1200 };
    let records: readonly TrialRecord[];
    before(async () => {
      records = await shortRun(experiment, short, { seeds: [0, 1] });
    });

    const of = (arm: string, metric: string) =>
      records.find(({ series }) => series.arm === arm && series.seed === 0)!.series.curves[metric]!.values;
    const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    const close = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-6 * Math.max(1, Math.abs(a)), `${a} ${b}`);

    it('logs finite numbers, and counts every loss in one shape and one colour', () => {
      assertSound(experiment, records);
      for (const arm of Object.keys(experiment.definition.arms)) {
        const losses = of(arm, 'group_loss');
        close(sum(losses.slice(1, 4)), losses[0]!);
        close(sum(losses.slice(4)), losses[0]!);
        close(of(arm, 'average_loss').at(-1)! * short.rounds, losses[0]!);
      }
    });

    it('measures all arms against the same models in hindsight, of which a partition has the lesser loss', () => {
      const hindsight = (arm: string) => of(arm, 'group_loss').map((loss, i) => loss - of(arm, 'group_regret')[i]!);
      const best = hindsight('single');
      for (const arm of ['sleeping_groups', 'cells']) hindsight(arm).forEach((loss, i) => close(loss, best[i]!));
      assert.ok(sum(best.slice(1, 4)) <= best[0]! && sum(best.slice(4)) <= best[0]!);
    });

    it('is one regression for everybody where each copy learns from all, whatever the weights', () => {
      of('no_sleeping', 'group_loss').forEach((loss, i) => close(loss, of('single', 'group_loss')[i]!));
    });

    it('loses its claim where the single model, equal weights or copies that never sleep stand in for the method', () => {
      assert.equal(verdictWith(experiment, records, undefined), 'holds');
      for (const by of ['single', 'uniform_mix', 'no_sleeping']) {
        assert.equal(verdictWith(experiment, records, { of: 'sleeping_groups', by }), 'fails', by);
      }
    });
  });
});
