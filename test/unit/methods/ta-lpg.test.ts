import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createRng, mean, type TrialRecord } from 'marginalia';
import experiment, {
  centredRanks,
  evolutionStep,
  lifetimeFeatures,
  live,
  newAgent,
  ruleOf,
  size,
  update,
} from '../../../snippets/meta-learning/ta-lpg/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

type Control = readonly [number, number];
const constant = (N: number, control: Control) => new Array<Control>(N).fill(control);
const regretOf = (schedule: readonly Control[], window: readonly [number, number], seeds: number) =>
  mean(Array.from({ length: seeds }, (_, seed) => live(schedule, window, createRng('ta-lpg lives', seed))));

describe('ta-lpg', () => {
  it('sees the same share at the same share of any lifetime, and lifetimes in proportion', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 50 }), (lifetime, factor) => {
        for (const step of [0, lifetime >> 1, lifetime]) {
          const [share, logarithm] = lifetimeFeatures(step, lifetime);
          const [longShare, longLogarithm] = lifetimeFeatures(factor * step, factor * lifetime);
          assert.ok(share >= 0 && share <= 1 && Math.abs(share - longShare) < 1e-12);
          assert.ok(Math.abs(longLogarithm - logarithm - Math.log(factor)) < 1e-9);
        }
      }),
    );
  });

  it('has a rule that begins as a constant, and stays within its limits', () => {
    const rng = createRng('ta-lpg rule', 0);
    const first = Float64Array.from({ length: size }, (_, i) => (i < 18 ? rng.normal() : 0));
    assert.deepEqual(ruleOf(first, 0, 2), ruleOf(first, 1.7, 0.3));
    assert.ok(Math.abs(ruleOf(first, 0, 0)[0] - Math.exp(-0.7)) < 1e-12);
    for (let i = 0; i < 200; i++) {
      const [rate, c] = ruleOf(
        Float64Array.from({ length: size }, () => 5 * rng.normal()),
        rng.uniform(0, 2),
        1,
      );
      assert.ok(rate >= Math.exp(-4) && rate <= Math.exp(2.5) && Math.abs(c) <= 1);
    }
  });

  it('loses without learning what the best of ten normal means is above their mean', () => {
    // The largest of ten standard normals is 1.53875 on average.
    assert.ok(Math.abs(regretOf(constant(3, [0, 0]), [0, 3], 20_000) - 0.7 * 1.53875) < 0.01);
  });

  it('learns, and an entropy bonus holds the policy back', () => {
    const long = [255, 256] as const;
    const learnt = regretOf(constant(256, [0.5, 0]), long, 200);
    assert.ok(learnt < 0.25, `${learnt}`);
    assert.ok(regretOf(constant(256, [0.5, 1]), long, 200) > 2 * learnt);
  });

  it('takes a step up the gradient of advantage-weighted log-probability plus entropy', () => {
    const rng = createRng('ta-lpg update', 0);
    for (const c of [0, 0.8, -0.5]) {
      const agent = newAgent();
      for (let k = 0; k < 10; k++) update(agent, k, rng.normal(), [1, 0]);
      const before = [...agent.z];
      const [action, advantage, rate] = [rng.int(0, 10), rng.normal(), 1e-3];
      const objective = (z: readonly number[]) => {
        const logSum = Math.log(z.reduce((sum, x) => sum + Math.exp(x), 0));
        const entropy = -z.reduce((sum, x) => sum + Math.exp(x - logSum) * (x - logSum), 0);
        return advantage * (z[action]! - logSum) + c * entropy;
      };
      update(agent, action, advantage, [rate, c]);
      agent.z.forEach((after, k) => {
        const at = (by: number) => objective(before.map((x, j) => (j === k ? x + by : x)));
        assert.ok(Math.abs((after - before[k]!) / rate - (at(1e-5) - at(-1e-5)) / 2e-5) < 1e-6);
      });
      assert.ok(Math.abs(agent.policy.reduce((sum, p) => sum + p, 0) - 1) < 1e-12);
    }
  });

  it('averages regret over a window as over each of its updates', () => {
    const schedule = Array.from({ length: 12 }, (_, n): Control => [0.5 + n / 12, 0.1]);
    const at = (from: number, to: number) => live(schedule, [from, to], createRng('ta-lpg window', 3));
    assert.ok(Math.abs(at(4, 8) - mean([at(4, 5), at(5, 6), at(6, 7), at(7, 8)])) < 1e-12);
  });

  it('climbs a fitness by ranks alone, with the same random numbers for both of a pair', () => {
    assert.deepEqual(centredRanks([7, -2, 100]), [0, -0.5, 0.5]);
    const rng = createRng('ta-lpg evolution', 0);
    const slope = Float64Array.from({ length: 5 }, () => rng.normal());
    const drawn: number[] = [];
    const noisy = (eta: Float64Array) => {
      drawn.push(rng.uniform());
      return Math.exp(eta.reduce((sum, x, i) => sum + slope[i]! * x, 0));
    };
    const { descent } = evolutionStep(new Float64Array(5), noisy, { pairs: 400, sigma: 0.1, rng });
    for (let i = 0; i < drawn.length; i += 2) assert.equal(drawn[i], drawn[i + 1]);
    const norm = (list: Float64Array) => Math.hypot(...list);
    const along = descent.reduce((sum, x, i) => sum - x * slope[i]!, 0) / (norm(descent) * norm(slope));
    assert.ok(along > 0.95, `${along}`);
  });

  describe('in short form', () => {
    let records: readonly TrialRecord[];
    before(async () => {
      records = await shortRun(experiment, { generations: 5, pairs: 4, test_tasks: 40 }, { seeds: [0, 1] });
    });

    it('logs finite metrics and draws schedules, which are constant for who does not see progress', () => {
      assertSound(
        experiment,
        records.filter(({ series }) => series.arm !== 'reinforce'),
      );
      for (const { series, figures } of records) {
        assert.deepEqual(Object.keys(figures), ['rates', 'bonuses']);
        const rates = new Set(series.curves.rate!.values);
        assert.equal(rates.size === 1, ['unaware', 'horizon_only', 'reinforce'].includes(series.arm), series.arm);
      }
    });

    it('loses its claim where a rule without the clock, or with its length only, stands in for the method', () => {
      for (const by of ['unaware', 'horizon_only', 'reinforce']) {
        assert.equal(verdictWith(experiment, records, { of: 'aware', by }), 'fails', by);
      }
    });
  });
});
