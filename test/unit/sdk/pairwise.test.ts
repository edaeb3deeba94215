import assert from 'node:assert/strict';
import { bradleyTerryGradient, dpoGradient } from '../../../src/runtime/sdk/pairwise.ts';
import { createRng } from '../../../src/runtime/sdk/rng.ts';
import { logProbabilities, sampleResponse, sumAlong, tokenMdp } from '../../../src/runtime/sdk/token-mdp.ts';

const rng = createRng('pairwise', 1);
const mdp = tokenMdp(rng, { vocabulary: 3, horizon: 4, referenceDeviation: 0.8, rewardDeviation: 0.6 });
const logReference = logProbabilities(mdp, mdp.reference);
const pairs = Array.from({ length: 20 }, () => ({
  win: sampleResponse(mdp, logReference, rng),
  lose: sampleResponse(mdp, logReference, rng),
}));
const start = mdp.reference.map((logit) => logit + rng.normal());

function meanLoss(margin: (response: (typeof pairs)[0]['win']) => number): number {
  const losses = pairs.map(({ win, lose }) => Math.log1p(Math.exp(margin(lose) - margin(win))));
  return losses.reduce((sum, loss) => sum + loss, 0) / pairs.length;
}

/** Compares a gradient with central differences of the loss. */
function assertGradient(gradient: Float64Array, loss: (table: Float64Array) => number): void {
  for (let cell = 0; cell < mdp.size; cell++) {
    const moved = (by: number) => start.map((value, i) => (i === cell ? value + by : value));
    const slope = (loss(moved(1e-5)) - loss(moved(-1e-5))) / 2e-5;
    assert.ok(Math.abs(gradient[cell]! - slope) < 1e-8, `${cell}: ${gradient[cell]} ${slope}`);
  }
}

describe('losses of compared responses', () => {
  it('have the gradient of the DPO loss', () => {
    const beta = 0.7;
    assertGradient(dpoGradient(mdp, logProbabilities(mdp, start), logReference, pairs, beta), (logits) => {
      const logPolicy = logProbabilities(mdp, logits);
      return meanLoss((response) => beta * (sumAlong(logPolicy, response) - sumAlong(logReference, response)));
    });
  });

  it("have the gradient of a reward model's loss", () => {
    assertGradient(bradleyTerryGradient(start, pairs), (scores) => meanLoss((response) => sumAlong(scores, response)));
  });
});
