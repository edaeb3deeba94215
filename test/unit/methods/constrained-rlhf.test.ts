import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { mean } from 'marginalia';
import experiment from '../../../snippets/preference-learning/constrained-rlhf/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';
import { snippetFunction } from './snippet-function.ts';

type Squash = 'tanh' | 'sigmoid';
type MixedAdvantage = (klAdv: number[], rewardAdvs: number[][], multipliers: number[], squash: Squash) => number[];
type MultiplierStep = (raw: number, meanReward: number, threshold: number, rate: number, squash: Squash) => number;

const squashes = { tanh: Math.tanh, sigmoid: (raw: number) => 1 / (1 + Math.exp(-raw)) };
const number = fc.double({ min: -4, max: 4, noNaN: true });
const squash = fc.constantFrom<Squash>('tanh', 'sigmoid');
const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-6, `${a} ${b}`);

describe('constrained-rlhf', () => {
  let mixedAdvantage: MixedAdvantage;
  let multiplierStep: MultiplierStep;
  before(async () => {
    const of = <F>(name: string) =>
      snippetFunction<F>('preference-learning/constrained-rlhf', 'constrained-rlhf', name);
    mixedAdvantage = await of<MixedAdvantage>('mixedAdvantage');
    multiplierStep = await of<MultiplierStep>('multiplierStep');
  });

  it('mixes advantages with weights that sum to their number, whatever the multipliers', () => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 1 }), number, number, squash, (advantages, one, two, how) => {
        const mixed = mixedAdvantage(advantages, [advantages, advantages], [one, two], how);
        mixed.forEach((value, b) => near(value, 2 * advantages[b]!));
      }),
    );
  });

  it('heeds the KL reward alone at first, the rewards alone at the end, and turns a reward round below zero', () => {
    const [kl, reward, other] = [[1, -1], [3, 5], [7, 2]]; // prettier-ignore
    assert.deepEqual(mixedAdvantage(kl, [reward, other], [0, 0], 'tanh'), [2, -2]);
    mixedAdvantage(kl, [reward, other], [99, 99], 'sigmoid').forEach((value, b) => near(value, [10, 7][b]!));
    mixedAdvantage([0, 0], [reward, other], [-99, 0], 'tanh').forEach((value, b) => near(value, [-3, -5][b]!));
  });

  it('moves a multiplier down the gradient of its term of the Lagrangian', () => {
    fc.assert(
      fc.property(number, number, number, squash, (raw, score, threshold, how) => {
        const term = (at: number) => squashes[how](at) * (score - threshold);
        const slope = (term(raw + 1e-5) - term(raw - 1e-5)) / 2e-5;
        near(multiplierStep(raw, score, threshold, 0.3, how), raw - 0.3 * slope);
      }),
    );
  });

  it('pushes a proxy below where it began with a negative multiplier, where positive ones leave it', async () => {
    const low = { iterations: 200, theta1: 0.4, theta2: 0.15 };
    const records = await shortRun(experiment, low, { arms: ['xi_ppo', 'mu_ppo'], seeds: [0] });
    const [xi, mu] = records.map(({ series }) => ({
      proxy: mean(series.curves.proxy2!.values.slice(-20)),
      multiplier: series.curves.lambda2!.values.at(-1)!,
    }));
    assert.ok(xi!.multiplier < -0.5 && mu!.multiplier > 0);
    assert.ok(xi!.proxy < mu!.proxy - 0.015, `${xi!.proxy} ${mu!.proxy}`);
  });

  it('loses its claim where fixed multipliers or fixed weights stand in for learned ones', async () => {
    const records = await shortRun(experiment, { iterations: 50 }, { seeds: [0, 1] });
    assertSound(experiment, records);
    for (const by of ['fixed_multipliers', 'ppo_002', 'sat_002', 'sat_1']) {
      assert.equal(verdictWith(experiment, records, { of: 'xi_ppo', by }), 'fails', by);
    }
  });
});
