import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createRng, mean, runTrial } from 'marginalia';
import experiment, {
  chebyshevBandit,
  tsallisInf,
  tsallisInfProbabilities,
} from '../../../snippets/bandits/learning-to-relax/experiment.ts';

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('the distribution of Tsallis-INF', () => {
  const losses = fc.array(fc.double({ min: 0, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 80 });
  const rates = fc.double({ min: 0.01, max: 2, noNaN: true });

  it('sums to 1, favours smaller losses and leaves none out', () => {
    fc.assert(
      fc.property(losses, rates, (cumulative, eta) => {
        const p = tsallisInfProbabilities(cumulative, eta);
        assert.ok(Math.abs(sum(p) - 1) < 1e-12);
        for (const [i, one] of p.entries()) {
          assert.ok(one > 0 && one <= 1);
          for (const [j, other] of p.entries()) assert.ok(cumulative[i]! > cumulative[j]! || one >= other);
        }
      }),
    );
  });

  it('is uniform for equal losses, whatever their size', () => {
    for (const loss of [0, 3, 1e6]) {
      for (const p of tsallisInfProbabilities([loss, loss, loss, loss], 0.5)) assert.ok(Math.abs(p - 0.25) < 1e-9);
    }
  });

  it('is the closed form for two arms', () => {
    // With x = eta (K - z) and a gap g: 4/x^2 + 4/(x + eta g)^2 = 1 holds at x = sqrt(5) for eta g = sqrt(20) - sqrt(5).
    const [best, other] = tsallisInfProbabilities([1, 1 + (Math.sqrt(20) - Math.sqrt(5)) / 0.4], 0.4);
    assert.ok(Math.abs(best! - 4 / 5) < 1e-9);
    assert.ok(Math.abs(other! - 1 / 5) < 1e-9);
  });

  it('depends only on differences between losses', () => {
    fc.assert(
      fc.property(losses, fc.double({ min: 0, max: 100, noNaN: true }), (cumulative, shift) => {
        const p = tsallisInfProbabilities(cumulative, 0.3);
        const shifted = tsallisInfProbabilities(
          cumulative.map((loss) => loss + shift),
          0.3,
        );
        for (const [i, one] of p.entries()) assert.ok(Math.abs(one - shifted[i]!) < 1e-6);
      }),
    );
  });
});

describe('the learners', () => {
  /** Share of the best arm in the last half of 2000 rounds where arm 2 costs least. */
  function bestShare(learner: ReturnType<typeof tsallisInf>): number {
    const rng = createRng('learner', 0);
    const picks: number[] = [];
    for (let round = 1; round <= 2000; round++) {
      const context = rng.uniform(-1, 1);
      const p = learner.probabilities(round, context);
      assert.ok(Math.abs(sum(p) - 1) < 1e-9 && p.every((one) => one >= 0));
      const arm = rng.weighted(p);
      learner.observe(arm, p[arm]!, [300, 250, 60, 280][arm]! + rng.int(0, 20), context);
      picks.push(arm);
    }
    return picks.slice(1000).filter((arm) => arm === 2).length / 1000;
  }

  it('come to prefer the cheapest arm', () => {
    assert.ok(bestShare(tsallisInf(4)) > 0.8);
    assert.ok(bestShare(chebyshevBandit(4)) > 0.9);
  });

  it('fit a cost that depends on the context', () => {
    const learner = chebyshevBandit(2);
    for (let i = 0; i <= 200; i++) {
      const context = i / 100 - 1;
      learner.observe(0, 1, 101 + 100 * context, context);
      learner.observe(1, 1, 101 - 100 * context, context);
    }
    assert.ok(learner.probabilities(10_000, -0.8)[0]! > 0.99);
    assert.ok(learner.probabilities(10_000, 0.8)[1]! > 0.99);
  });
});

describe('the experiment learning-to-relax', () => {
  const run = (arm: string, seed: number) =>
    runTrial(experiment, { arm, seed, params: { instances: 200, grid_side: 6, factors: 6 } });
  const cost = async (arm: string) => mean((await run(arm, 0)).series.curves.mean_sweeps!.values);

  it('gives finite costs in the order that must be: best of each, best fixed, none at all', async () => {
    const [each, fixed, none] = [await cost('instance_best'), await cost('best_fixed'), await cost('gauss_seidel')];
    assert.ok(each > 0 && each <= fixed && fixed < none, `${each}, ${fixed}, ${none}`);
    for (const arm of ['tsallis_inf', 'chebyshev', 'random_factor']) assert.ok((await cost(arm)) >= each);
  });

  it('gives the same curve for the same seed and another for another', async () => {
    const [first, again, other] = [
      await run('tsallis_inf', 1),
      await run('tsallis_inf', 1),
      await run('tsallis_inf', 2),
    ];
    assert.deepEqual(first, again);
    assert.notDeepEqual(first.series.curves.sweeps, other.series.curves.sweeps);
  });

  it('draws the probabilities and the chosen factors', async () => {
    const figures = (
      await runTrial(experiment, { arm: 'chebyshev', seed: 0, params: { instances: 250, grid_side: 6 } })
    ).figures;
    const [heat] = figures.probability!.layers;
    assert.ok(heat?.type === 'heatmap' && heat.values.length === 20 && heat.values[0]!.length === 10);
    const [chosen, best] = figures['factor-by-context']!.layers;
    assert.ok(chosen?.type === 'points' && chosen.x.length === 125);
    assert.ok(best?.type === 'points' && best.x.length === best.y.length && best.x.length > 10);
  });
});
