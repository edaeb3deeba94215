import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  absoluteLoss,
  createRng,
  heavyTailedRegression as drawRegression,
  leastAbsoluteDeviations as minimiser,
} from 'marginalia';
import experiment, { descend, refinedSchedule } from '../../../snippets/optimization/schedule-refinement/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('schedule-refinement', () => {
  it('decays in a line where all gradients are as long as each other', () => {
    for (const power of [1, 2] as const) {
      const schedule = refinedSchedule(new Array<number>(9).fill(3), 3, power);
      schedule.forEach((rate, t) => assert.ok(Math.abs(rate - (8 - t) / 8) < 1e-12));
    }
  });

  it('gives each step its weight times the weight to come, after a median filter that mirrors the ends', () => {
    const norm = fc.double({ min: 0.1, max: 10, noNaN: true });
    fc.assert(
      fc.property(fc.array(norm, { minLength: 3, maxLength: 30 }), fc.constantFrom(1, 3, 5), (norms, window) => {
        const reach = Math.min((window - 1) / 2, norms.length - 1);
        // The mirrored list, written out.
        const mirrored = [...norms.slice(1).reverse(), ...norms, ...norms.slice(0, -1).reverse()];
        const weights = norms.map((_, t) => {
          const middle = t + norms.length - 1;
          const around = mirrored.slice(middle - reach, middle + reach + 1).sort((a, b) => a - b);
          return around[reach]! ** -2;
        });
        const rates = weights.map((weight, t) => weight * sum(weights.slice(t + 1)));
        const schedule = refinedSchedule(norms, window, 2);
        schedule.forEach((rate, t) => assert.ok(Math.abs(rate - rates[t]! / Math.max(...rates)) < 1e-9));
      }),
    );
  });

  it('warms up where gradients shrink, and does not let one outlier make a spike', () => {
    const shrinking = Array.from({ length: 200 }, (_, t) => 1 + 3 * Math.exp(-t / 20));
    const schedule = refinedSchedule(shrinking, 21, 2);
    const peak = schedule.indexOf(1);
    assert.ok(peak > 20 && peak < 100 && schedule[0]! < 0.2 && schedule[199] === 0, `${peak}`);
    const spiked = shrinking.map((norm, t) => (t === 120 ? 0.01 : norm));
    const apart = refinedSchedule(spiked, 21, 2).map((rate, t) => Math.abs(rate - schedule[t]!));
    assert.ok(Math.max(...apart) < 0.01);
    assert.equal(refinedSchedule(spiked, 1, 2).indexOf(1), 120);
  });

  it('bounds the last iterate by the regret of the weights, whatever the convex function and the gradients', () => {
    // f(x) = mean |a_i . x - b_i| with exact subgradients: f(x_T) - f* <= (D^2 + sum of w_t^2 |g_t|^2) / (2 sum of w_t).
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9999 }), fc.integer({ min: 2, max: 60 }), (seed, T) => {
        const problem = drawRegression(createRng('theorem', seed), 12, 2);
        const best = minimiser(problem);
        const draws = createRng('norms', seed);
        const norms = Array.from({ length: T }, () => draws.uniform(0.5, 2));
        const weights = norms.map((norm) => 0.2 * norm ** -2);
        const multipliers = refinedSchedule(norms, 1, 2);
        // From multipliers back to rates: the first is w_1 (sum of w from 2 on) / (sum of w).
        const scale = (weights[0]! * sum(weights.slice(1))) / sum(weights) / multipliers[0]!;
        const x = new Float64Array(2);
        let squares = 0;
        for (let t = 0; t < T - 1; t++) {
          const gradient = subgradient(problem, x);
          squares += weights[t]! ** 2 * (gradient[0] ** 2 + gradient[1] ** 2);
          for (const j of [0, 1] as const) x[j]! -= scale * multipliers[t]! * gradient[j];
        }
        const last = subgradient(problem, x);
        squares += weights[T - 1]! ** 2 * (last[0] ** 2 + last[1] ** 2);
        const bound = (best[0]! ** 2 + best[1]! ** 2 + squares) / (2 * sum(weights));
        const gap = absoluteLoss(problem, x) - absoluteLoss(problem, best);
        assert.ok(gap <= bound + 1e-6, `${gap} > ${bound}`);
      }),
      { numRuns: 40 },
    );
  });

  it('finds a minimum of the regression that no long descent gets below, and that has one with a known answer', () => {
    const problem = drawRegression(createRng('regression', 3), 300, 8);
    const least = absoluteLoss(problem, minimiser(problem));
    const rates = Array.from({ length: 200_000 }, (_, t) => 0.02 * (1 - t / 200_000));
    const reached = absoluteLoss(problem, descend(problem, rates, createRng('descent', 1)).w);
    assert.ok(least <= reached && reached - least < 2e-3, `${least} ${reached}`);
    // One feature that is always 1: the median.
    const one = { x: [1, 2, 3, 9, 50].map(() => Float64Array.of(1)), y: Float64Array.of(1, 2, 3, 9, 50) };
    assert.ok(Math.abs(minimiser(one)[0]! - 3) < 1e-3);
  });

  it('loses its claim where a rival stands in for the method', async () => {
    const arms = ['linear', 'refined', 'weights_alone', 'cosine', 'constant', 'inverse_sqrt', 'bound'];
    const records = await shortRun(experiment, { steps: 400, runs: 2, updates: 100 }, { arms, seeds: [0, 1] });
    assertSound(
      experiment,
      records.filter(({ series }) => series.arm !== 'bound'),
    );
    assert.equal(verdictWith(experiment, records, { of: 'linear', by: 'constant' }), 'fails');
    assert.equal(verdictWith(experiment, records, { of: 'refined', by: 'weights_alone' }), 'fails');
    assert.equal(verdictWith(experiment, records, { of: 'refined', by: 'linear' }), 'fails');
  });
});

function subgradient(problem: ReturnType<typeof drawRegression>, w: Float64Array): [number, number] {
  const gradient: [number, number] = [0, 0];
  problem.x.forEach((row, i) => {
    const sign = Math.sign(row[0]! * w[0]! + row[1]! * w[1]! - problem.y[i]!);
    for (const j of [0, 1] as const) gradient[j] += (sign * row[j]!) / problem.x.length;
  });
  return gradient;
}
