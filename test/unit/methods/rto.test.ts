import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  createRng,
  logProbabilities,
  optimalPolicy,
  sampleResponse,
  sumAlong,
  tokenMdp,
  type TrialRecord,
} from 'marginalia';
import experiment from '../../../snippets/preference-learning/rto/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';
import { snippetFunction } from './snippet-function.ts';

type RtoTokenRewards = (
  logpDpo: number[],
  logpRef: number[],
  logpPolicy: number[],
  sentenceReward: number,
  beta1: number,
  beta2: number,
  beta3: number,
) => number[];

describe('rto', () => {
  let rtoTokenRewards: RtoTokenRewards;
  before(async () => {
    rtoTokenRewards = await snippetFunction<RtoTokenRewards>(
      'preference-learning/rto',
      'rto-reward',
      'rtoTokenRewards',
    );
  });

  const number = fc.double({ min: -9, max: 9, noNaN: true });
  const steps = fc.array(fc.tuple(number, number, number), { minLength: 1, maxLength: 9 });

  it('rewards tokens so that a response gets its log-ratios, its penalty and its score', () => {
    fc.assert(
      fc.property(steps, number, number, number, number, (tokens, score, beta1, beta2, beta3) => {
        const column = (i: 0 | 1 | 2) => tokens.map((token) => token[i]);
        const sum = (list: number[]) => list.reduce((a, b) => a + b, 0);
        const [dpo, ref, policy] = [column(0), column(1), column(2)];
        const rewards = rtoTokenRewards(dpo, ref, policy, score, beta1, beta2, beta3);
        const expected = beta1 * (sum(dpo) - sum(ref)) - beta2 * (sum(policy) - sum(ref)) + beta3 * score;
        assert.equal(rewards.length, tokens.length);
        assert.ok(Math.abs(sum(rewards) - expected) < 1e-9 * (1 + Math.abs(expected)) * 100);
        // Only the last token knows the score.
        const without = rtoTokenRewards(dpo, ref, policy, 0, beta1, beta2, beta3);
        assert.deepEqual(rewards.slice(0, -1), without.slice(0, -1));
      }),
    );
  });

  it("gives every response its reward but for one constant, with the best policy's log-ratios", () => {
    const mdp = tokenMdp(createRng('rto', 1), {
      vocabulary: 4,
      horizon: 7,
      referenceDeviation: 0.7,
      rewardDeviation: 0.4,
    });
    const temperature = 0.3;
    const { logPolicy, value } = optimalPolicy(mdp, temperature);
    const logReference = logProbabilities(mdp, mdp.reference);
    const rng = createRng('rto responses', 1);
    for (let i = 0; i < 50; i++) {
      const response = sampleResponse(mdp, logReference, rng);
      const along = (table: Float64Array) => response.cells.map((cell) => table[cell]!);
      const [best, reference] = [along(logPolicy), along(logReference)];
      const rewards = rtoTokenRewards(best, reference, reference, 0, temperature, 0.5, 1);
      const total = rewards.reduce((sum, reward) => sum + reward, 0);
      assert.ok(Math.abs(total - (sumAlong(mdp.reward, response) - value)) < 1e-9);
    }
  });

  describe('in short form', () => {
    let records: readonly TrialRecord[];
    const short = { iterations: 60, horizon: 5, pairs: 200, updates: 200 };
    before(async () => {
      records = await shortRun(experiment, short, { seeds: [0, 1] });
    });

    it('logs finite metrics, improves on the reference, and draws token rewards', () => {
      assertSound(experiment, records);
      for (const { series } of records) {
        assert.ok(series.curves.progress!.values.at(-1)! > 0.2, series.arm);
        assert.ok(series.curves.kl!.values.at(-1)! > 0);
      }
      const { series, figures } = records.find((record) => record.series.arm === 'rto')!;
      assert.ok(Math.abs(series.curves.progress!.values[0]!) < 1e-12);
      const [heat] = figures.tokens!.layers;
      assert.ok(heat?.type === 'heatmap' && heat.values.length === 2 && heat.values[0]!.length === 5);
    });

    it('gives the same curves for the same seed and others for another', async () => {
      const [again] = await shortRun(experiment, short, { arms: ['rto'], seeds: [1] });
      const [zero, one] = records.filter(({ series }) => series.arm === 'rto');
      assert.deepEqual(again!.series.curves, one!.series.curves);
      assert.notDeepEqual(zero!.series.curves, one!.series.curves);
    });

    it('learns the same without token rewards as plain PPO', async () => {
      const without = await shortRun(experiment, { ...short, beta1: 0 }, { arms: ['rto', 'summed'], seeds: [0] });
      const ppo = records.find(({ series }) => series.arm === 'ppo')!;
      for (const { series } of without) assert.deepEqual(series.curves, ppo.series.curves);
    });

    it('loses its claim where PPO on sums, or without log-ratios, stands in for the method', () => {
      assert.equal(verdictWith(experiment, records, { of: 'rto', by: 'summed' }), 'fails');
      assert.equal(verdictWith(experiment, records, { of: 'rto', by: 'ppo' }), 'fails');
    });
  });
});
