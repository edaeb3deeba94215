import assert from 'node:assert/strict';
import { evaluateClaim } from 'marginalia';
import type { Experiment, TrialSeries } from 'marginalia';
import relax from '../../../snippets/bandits/learning-to-relax/experiment.ts';
import alpGmm from '../../../snippets/curriculum/alp-gmm/experiment.ts';
import rex from '../../../snippets/optimization/rex/experiment.ts';

/** Results in which the last value of each metric is as given by arm, for five seeds that differ a little. */
function results({ definition }: Experiment, level: (arm: string, metric: string) => number): TrialSeries[] {
  const steps = [2, 10, 40, 100];
  return [0, 1, 2, 3, 4].flatMap((seed) =>
    Object.keys(definition.arms).map((arm) => ({
      arm,
      seed,
      curves: Object.fromEntries(
        Object.keys(definition.metrics).map((metric) => [
          metric,
          { steps, values: steps.map(() => level(arm, metric) * (1 + 0.002 * seed)) },
        ]),
      ),
    })),
  );
}

const verdictOf = (experiment: Experiment, level: (arm: string, metric: string) => number) =>
  evaluateClaim(experiment.definition, results(experiment, level), { resamples: 200 }).verdict;

/** Sweeps as the arms of learning-to-relax need them when all goes well. */
const sweeps: Record<string, number> = {
  tsallis_inf: 115,
  chebyshev: 65,
  gauss_seidel: 600,
  random_factor: 270,
  best_fixed: 103,
  instance_best: 58,
};

describe('the claims of the methods', () => {
  it('fail where the method does what every other arm does', () => {
    for (const experiment of [rex, alpGmm, relax])
      assert.equal(
        verdictOf(experiment, () => 10),
        'fails',
      );
  });

  it('hold where the method is as much better as the claim says', () => {
    assert.equal(
      verdictOf(rex, (arm) => (arm === 'rex' ? 0.95 : 1)),
      'holds',
    );
    assert.equal(
      verdictOf(alpGmm, (arm, metric) =>
        metric === 'wasted_share' ? (arm === 'uniform' ? 0.9 : 0.8) : arm === 'uniform' ? 3 : 30,
      ),
      'holds',
    );
    assert.equal(
      verdictOf(relax, (arm) => sweeps[arm]!),
      'holds',
    );
  });

  it('fail where one of their conditions is missed', () => {
    assert.equal(
      verdictOf(rex, (arm) => ({ rex: 0.95, cosine: 0.9 })[arm] ?? 1),
      'fails',
    );
    assert.equal(
      verdictOf(alpGmm, (arm, metric) =>
        metric === 'wasted_share' ? (arm === 'uniform' ? 0.7 : 0.8) : arm === 'uniform' ? 3 : 30,
      ),
      'fails',
    );
    assert.equal(
      verdictOf(relax, (arm) => (arm === 'chebyshev' ? 100 : sweeps[arm]!)),
      'fails',
    );
  });
});
