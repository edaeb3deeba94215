import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { TrialRecord } from 'marginalia';
import experiment, { nftTokenWeight, tokenWeight } from '../../../snippets/llm-reasoning/nft/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

const rate = fc.double({ min: 0.05, max: 0.95, noNaN: true });

describe('nft', () => {
  it('has as weight minus the derivative of the loss by the log-probability, where the floor is not met', () => {
    fc.assert(
      fc.property(fc.boolean(), rate, fc.double({ min: 0.1, max: 0.99, noNaN: true }), (correct, passRate, share) => {
        // A ratio at which 1 - r R is above 0 and the negative ratio above the floor.
        const [ratio, eps] = [share / passRate, ((1 - share) / (1 - passRate)) * 0.5];
        const loss = (logRatio: number) => {
          const R = Math.exp(logRatio);
          const likelihood = correct ? Math.log(R) : Math.log((1 - passRate * R) / (1 - passRate));
          return -Math.sqrt((1 - passRate) / passRate) * likelihood;
        };
        const h = 1e-5 * (1 - share);
        const slope = (loss(Math.log(ratio) + h) - loss(Math.log(ratio) - h)) / (2 * h);
        const weight = nftTokenWeight(correct, ratio, passRate, eps);
        assert.ok(Math.abs(weight + slope) < 1e-4 * (1 + Math.abs(slope)), `${weight} ${-slope}`);
      }),
    );
  });

  it('goes on pushing down what is wrong and already below the floor, as a clamp would not', () => {
    fc.assert(
      fc.property(rate, fc.double({ min: 1.01, max: 20, noNaN: true }), (passRate, ratio) => {
        const weight = nftTokenWeight(false, ratio, passRate, 1);
        const atFloor = nftTokenWeight(false, 1, passRate, 1);
        assert.ok(Math.abs(weight - ratio * atFloor) < 1e-9 * Math.abs(weight));
        assert.ok(weight < atFloor);
        assert.equal(tokenWeight('hard_clamp', false, ratio, passRate, 1), 0);
      }),
    );
  });

  it("has the weights of GRPO on-policy, and Dr. GRPO's advantage with prompts weighted 1 - r", () => {
    fc.assert(
      fc.property(fc.boolean(), rate, (correct, passRate) => {
        const verdict = correct ? 1 : 0;
        const grpo = (verdict - passRate) / Math.sqrt(passRate * (1 - passRate));
        assert.ok(Math.abs(nftTokenWeight(correct, 1, passRate, 1) - grpo) < 1e-9 * Math.abs(grpo));
        assert.ok(Math.abs(tokenWeight('dr_grpo', correct, 1, passRate, 1) - (verdict - passRate)) < 1e-9);
      }),
    );
  });

  it('is at rest at the policy of the right answers, the positive part of the mixture', () => {
    // Token a of the old policy is right with probability c[a]: then pi+ = pi_old c / r, and R = c / r.
    const chances = fc.array(fc.tuple(rate, rate), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(chances, (tokens) => {
        const total = tokens.reduce((sum, [share]) => sum + share, 0);
        const passRate = tokens.reduce((sum, [share, c]) => sum + (share / total) * c, 0);
        for (const [share, c] of tokens) {
          const weight = (correct: boolean) => nftTokenWeight(correct, c / passRate, passRate, 1e-9);
          const pull = (share / total) * (c * weight(true) + (1 - c) * weight(false));
          assert.ok(Math.abs(pull) < 1e-9, `${pull}`);
        }
      }),
    );
  });

  describe('in short form', () => {
    let records: readonly TrialRecord[];
    before(async () => {
      records = await shortRun(experiment, { iters: 100 }, { seeds: [0, 1] });
    });
    const curvesOf = (arm: string) => records.find(({ series }) => series.arm === arm)!.series.curves;

    it('has the gradient of GRPO on every batch, and without its prompt weight has it not', () => {
      assertSound(experiment, records);
      assert.ok(curvesOf('nft').grad_cosine!.values.every((value) => value > 1 - 1e-12));
      assert.ok(curvesOf('plain').grad_cosine!.values.some((value) => value < 0.9999));
    });

    it('loses its claim where right answers alone, or other prompt weights, stand in for the method', () => {
      for (const by of ['rft', 'positives', 'plain', 'dr_grpo']) {
        assert.equal(verdictWith(experiment, records, { of: 'nft', by }), 'fails', by);
      }
    });

    it('is GRPO, curve by curve, where no batch is used twice', async () => {
      const onPolicy = await shortRun(experiment, { iters: 30, reuse: 1 }, { arms: ['nft', 'grpo'], seeds: [0] });
      const [nft, grpo] = onPolicy.map(({ series }) => series.curves.test_error!.values);
      nft!.forEach((error, i) => assert.ok(Math.abs(error - grpo![i]!) < 1e-9));
    });
  });
});
