import assert from 'node:assert/strict';
import {
  chainAccuracy,
  chainPolicy,
  chainPrompts,
  createRng,
  logProbabilities,
  modularChain,
  sumAlong,
  type ChainPrompt,
  type ChainSolution,
  type TrialRecord,
} from 'marginalia';
import experiment, { policyGradient, rlvrReward } from '../../../snippets/llm-reasoning/rlvr-tulu3/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

const rng = createRng('rlvr-tulu3 test', 1);
const chain = modularChain(rng, { digits: 3, operators: 3 });
const logReference = logProbabilities(chain, chainPolicy(chain, rng, { deviation: 1, skill: [0, 0] }));
const start = chainPolicy(chain, rng, { deviation: 1, skill: [0, 1] });
const [prompt] = chainPrompts(chain, rng, { count: 1, length: 3 });

/** Every answer to a prompt. */
function allAnswers({ start: first, operators, answer }: ChainPrompt): readonly ChainSolution[] {
  return Array.from({ length: 3 ** operators.length }, (_, code) => {
    const tokens = operators.map((_operator, t) => Math.floor(code / 3 ** t) % 3);
    const rows = operators.map((operator, t) => chain.row(operator, t === 0 ? first : tokens[t - 1]!));
    return { tokens, rows, cells: rows.map((row, t) => row * 3 + tokens[t]!), passed: tokens.at(-1) === answer };
  });
}

const answers = allAnswers(prompt!);

/** The RLVR objective of a policy, summed over all answers. */
function objective(logPolicy: Float64Array, alpha: number, beta: number): number {
  return answers.reduce((sum, one) => {
    const logRatio = sumAlong(logPolicy, one) - sumAlong(logReference, one);
    return sum + Math.exp(sumAlong(logPolicy, one)) * rlvrReward(one.passed, logRatio, alpha, beta);
  }, 0);
}

describe('rlvr-tulu3', () => {
  it('has a reward whose mean is greatest at the reference weighted by exp(v / beta), where all rewards are the same', () => {
    const [alpha, beta] = [2, 0.7];
    const pass = chainAccuracy(chain, logReference, [prompt!]);
    const most = beta * Math.log(pass * Math.exp(alpha / beta) + 1 - pass);
    for (const one of answers) {
      // log pi*(y) - log pi_ref(y) of that policy over whole answers.
      const logRatio = ((one.passed ? alpha : 0) - most) / beta;
      assert.ok(Math.abs(rlvrReward(one.passed, logRatio, alpha, beta) - most) < 1e-12);
    }
    for (let i = 0; i < 200; i++) {
      const logits = start.map((logit) => 3 * logit + rng.normal(0, 2));
      assert.ok(objective(logProbabilities(chain, logits), alpha, beta) <= most + 1e-12);
    }
  });

  it("climbs that objective: the policy gradient's mean over groups is the slope, less what a group's own mean takes", () => {
    const [alpha, beta] = [2, 0.7];
    const now = logProbabilities(chain, start);
    // Every group of two answers, as often as it is drawn. Leaving a sample in its own baseline costs half of the gradient.
    const expected = new Float64Array(chain.size);
    for (const a of answers) {
      for (const b of answers) {
        const chance = Math.exp(sumAlong(now, a) + sumAlong(now, b));
        const gradient = policyGradient(chain, now, [[a, b]], (one) =>
          rlvrReward(one.passed, sumAlong(now, one) - sumAlong(logReference, one), alpha, beta),
        );
        gradient.forEach((value, cell) => (expected[cell]! += chance * value));
      }
    }
    for (let cell = 0; cell < chain.size; cell++) {
      const moved = (by: number) =>
        logProbabilities(
          chain,
          start.map((logit, i) => (i === cell ? logit + by : logit)),
        );
      const slope = (objective(moved(1e-4), alpha, beta) - objective(moved(-1e-4), alpha, beta)) / 2e-4;
      assert.ok(Math.abs(-2 * expected[cell]! - slope) < 1e-6, `${cell}: ${expected[cell]} ${slope}`);
    }
  });

  describe('in short form', () => {
    let records: readonly TrialRecord[];
    before(async () => {
      records = await shortRun(experiment, { rl_updates: 60 }, { seeds: [0, 1] });
    });
    const curves = (arm: string) => records.find(({ series }) => series.arm === arm)!.series.curves;

    it('shares the stages before RL among arms, and starts RL at no distance from where they end', () => {
      assertSound(experiment, records);
      const until = (arm: string, step: number) =>
        curves(arm).test_accuracy!.values.slice(0, curves(arm).test_accuracy!.steps.indexOf(step));
      assert.deepEqual(until('rlvr', 300), until('reward_model', 300));
      assert.deepEqual(until('rlvr', 150), until('from_sft', 150));
      for (const arm of ['rlvr', 'reward_model', 'from_sft']) assert.equal(curves(arm).kl_ref!.values[0], 0);
    });

    it('is over-optimised where it is paid by the reward model: the score rises and the accuracy does not', () => {
      const [score, accuracy] = [curves('reward_model').rm_score!, curves('reward_model').test_accuracy!];
      assert.ok(score.values.at(-1)! > score.values[0]! + 0.1);
      assert.ok(accuracy.values.at(-1)! < accuracy.values[accuracy.steps.indexOf(300)]!);
    });

    it('loses its claim where the reward model, or no RL, stands in for the check', () => {
      assert.equal(verdictWith(experiment, records, { of: 'rlvr', by: 'reward_model' }), 'fails');
      assert.equal(verdictWith(experiment, records, { of: 'rlvr', by: 'dpo' }), 'fails');
    });
  });
});
