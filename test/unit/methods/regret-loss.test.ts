import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createRng, mean, type TrialRecord } from 'marginalia';
import experiment, {
  attention,
  backpropagate,
  drawLosses,
  ftrl,
  regretLoss,
} from '../../../snippets/llm-agents/regret-loss/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

const rng = createRng('regret-loss test', 0);
const sequences = (family: Parameters<typeof drawLosses>[0], count: number, horizon = 20) =>
  Array.from({ length: count }, () => drawLosses(family, horizon, rng));
const directions = Array.from({ length: 3600 }, (_, i) => [
  Math.cos((i * Math.PI) / 1800),
  Math.sin((i * Math.PI) / 1800),
]);

/** How f changes with each number of a list, by central differences. */
const slopes = (at: Float64Array, f: () => number) =>
  at.map((value, i) => {
    at[i] = value + 1e-5;
    const above = f();
    at[i] = value - 1e-5;
    const below = f();
    at[i] = value;
    return (above - below) / 2e-5;
  });

function assertClose(actual: Float64Array, expected: Float64Array, within: number): void {
  actual.forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) < within, `${i}: ${value} ${expected[i]}`));
}

describe('regret-loss', () => {
  it('measures regret against the best fixed action, which a search over the disc confirms', () => {
    const losses = sequences('bias', 20, 6);
    const actions = losses.map((one) => ftrl(one, 0.3));
    const { regrets } = regretLoss(actions, losses, 2, 0);
    losses.forEach((one, j) => {
      const incurred = (action: (i: number) => number) => one.reduce((sum, x, i) => sum + x * action(i), 0);
      const best = Math.min(...directions.map((direction) => incurred((i) => direction[i % 2]!)));
      assert.ok(Math.abs(regrets[j]! - (incurred((i) => actions[j]![i]!) - best)) < 1e-4);
    });
  });

  it('has the gradient of finite differences, with any weight on the worst', () => {
    for (const k of [0, 0.7]) {
      const losses = sequences('gauss', 4, 5);
      const actions = losses.map((one) => ftrl(one, 0.5));
      const { gradient } = regretLoss(actions, losses, 2, k);
      actions.forEach((one, j) => {
        const differences = slopes(one, () => regretLoss(actions, losses, 2, k).loss);
        assertClose(gradient[j]!, differences, 1e-5);
      });
    }
  });

  it('goes from the mean of squared regrets to the worst one as the weight grows, and knows no negative regret', () => {
    const losses = sequences('gauss', 6);
    const actions = losses.map((one) => ftrl(one, 0.2));
    const { regrets } = regretLoss(actions, losses, 2, 0);
    const squares = regrets.map((regret) => Math.max(0, regret) ** 2);
    assert.ok(Math.abs(regretLoss(actions, losses, 2, 0).loss - mean(squares)) < 1e-9);
    assert.ok(Math.abs(regretLoss(actions, losses, 2, 1e4).loss - Math.max(...squares)) < 1e-9);
    const ahead = regretLoss([Float64Array.of(-1, 0, 1, 0)], [Float64Array.of(1, 0, -1, 0)], 2, 0);
    assert.deepEqual([ahead.loss, ahead.regrets[0]], [0, -2]);
  });

  it('goes back through the layer as finite differences do', () => {
    for (const scale of [0.2, 1.5]) {
      const theta = Float64Array.from({ length: 9 }, () => rng.normal(0, scale));
      const losses = sequences('bias', 8);
      const loss = () =>
        regretLoss(
          losses.map((one) => attention(theta, one)),
          losses,
          2,
          0.1,
        ).loss;
      const gradient = new Float64Array(9);
      const back = regretLoss(
        losses.map((one) => attention(theta, one)),
        losses,
        2,
        0.1,
      ).gradient;
      losses.forEach((one, j) => backpropagate(theta, one, back[j]!, gradient));
      const differences = slopes(theta, loss);
      assertClose(gradient, differences, 1e-4 * Math.max(1, ...differences.map(Math.abs)));
    }
  });

  it('acts on losses before only', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 1000 }), (t, seed) => {
        const draws = createRng('regret-loss causal', seed);
        const theta = Float64Array.from({ length: 9 }, () => draws.normal());
        const losses = drawLosses('gauss', 10, draws);
        const before = attention(theta, losses).slice(0, 2 * t + 2);
        for (let i = 2 * t; i < losses.length; i++) losses[i] = draws.normal();
        assert.deepEqual(attention(theta, losses).slice(0, 2 * t + 2), before);
      }),
    );
  });

  it('follows the leader that the quadratic regularizer asks for', () => {
    const [eta, losses] = [0.4, drawLosses('bias', 8, rng)];
    const actions = ftrl(losses, eta);
    for (let t = 0; t < 8; t++) {
      const objective = (x: number, y: number) => {
        let sum = (x * x + y * y) / (2 * eta);
        for (let i = 0; i < 2 * t; i += 2) sum += losses[i]! * x + losses[i + 1]! * y;
        return sum;
      };
      const own = objective(actions[2 * t]!, actions[2 * t + 1]!);
      for (const radius of [0, 0.25, 0.5, 0.75, 1]) {
        for (const [x, y] of directions) assert.ok(own <= objective(radius * x!, radius * y!) + 1e-9);
      }
    }
  });

  it('has alternating losses on which regret grows in a line for the leader and not for small steps', () => {
    const regret = (horizon: number, eta: number) => {
      const losses = sequences('alt', 100, horizon);
      return mean(
        regretLoss(
          losses.map((one) => ftrl(one, eta)),
          losses,
          2,
          0,
        ).regrets,
      );
    };
    assert.ok(regret(10, 1e9) > 7 && regret(20, 1e9) > 13);
    assert.ok(regret(10, 0.05) < 2 && regret(20, 0.05) < 2);
  });

  describe('in short form', () => {
    let records: readonly TrialRecord[];
    before(async () => {
      records = await shortRun(experiment, { steps: 120 }, { seeds: [0, 1] });
    });

    it('loses its claim where the regret without square stands in for the method', () => {
      assertSound(
        experiment,
        records.filter(({ series }) => !['follow_leader', 'still', 'tuned_ftrl'].includes(series.arm)),
      );
      assert.equal(verdictWith(experiment, records, { of: 'regret_loss', by: 'linear' }), 'fails');
    });

    it('has less regret than the leader on alternating and than standing still on drifting losses', () => {
      const last = (arm: string, metric: string) =>
        mean(
          records.filter(({ series }) => series.arm === arm).map(({ series }) => series.curves[metric]!.values.at(-1)!),
        );
      assert.ok(last('regret_loss', 'regret_alt') < 0.3 * last('follow_leader', 'regret_alt'));
      assert.ok(last('regret_loss', 'regret_bias') < 0.5 * last('still', 'regret_bias'));
    });
  });
});
