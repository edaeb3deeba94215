import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createRng } from 'marginalia';
import experiment, {
  balance,
  drawEncoder,
  epic,
  goalBaselineReward,
  rewardsOf,
} from '../../../snippets/representation-learning/vlm-rm/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

const near = (a: number, b: number, tolerance: number) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

function unitVectors(seed: number): [Float32Array, Float32Array, Float32Array] {
  const rng = createRng('vlm-rm test', seed);
  const draw = () => {
    const v = Float32Array.from({ length: 5 }, () => rng.normal());
    const length = Math.hypot(...v);
    return v.map((value) => value / length);
  };
  return [draw(), draw(), draw()];
}

const seeds = fc.integer({ min: 0, max: 1e6 });

describe('vlm-rm', () => {
  it('is the cosine similarity with the goal without regularisation', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const [s, goal, baseline] = unitVectors(seed);
        near(goalBaselineReward(s, goal, baseline, 0), dot(s, goal), 1e-6);
      }),
    );
  });

  it('measures at full strength the distance on the line to the goal, at the point of the line that is nearest', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const [s, goal, baseline] = unitVectors(seed);
        const at = (t: number) => goal.map((value, i) => baseline[i]! + t * (value - baseline[i]!));
        const squared = (a: Float32Array, b: Float32Array) => dot(a, a) - 2 * dot(a, b) + dot(b, b);
        // The squared distance to a point of the line is a parabola in t: three values give its lowest place.
        const [zero, half, one] = [0, 0.5, 1].map((t) => squared(s, at(t)));
        const curvature = 2 * (zero! - 2 * half! + one!);
        const t = (zero! - one! + curvature) / (2 * curvature);
        near(goalBaselineReward(s, goal, baseline, 1), 1 - 0.5 * (1 - t) ** 2 * squared(goal, baseline), 1e-3);
      }),
    );
  });

  it('ignores at full strength what is at right angles to the line, and gives the goal the most', () => {
    const axis = (i: number, length = 1) => Float32Array.from({ length: 4 }, (_, j) => (i === j ? length : 0));
    const [goal, baseline] = [axis(0), axis(0, -1)];
    const state = Float32Array.of(0.5, 0.5, 0.5, 0.5);
    const turned = Float32Array.of(0.5, -Math.sqrt(0.75), 0, 0);
    near(goalBaselineReward(state, goal, baseline, 1), goalBaselineReward(turned, goal, baseline, 1), 1e-6);
    for (const alpha of [0, 0.3, 1]) near(goalBaselineReward(goal, goal, baseline, alpha), 1, 1e-6);
    assert.ok(goalBaselineReward(state, goal, baseline, 0.3) < 1);
  });

  it('has an EPIC distance of 0 to the same reward on any scale, 1 to its opposite and √½ to an unrelated one', () => {
    const reward = [1, 2, 3, 4];
    near(epic(reward, [12, 14, 16, 18]), 0, 1e-7);
    near(epic(reward, [4, 3, 2, 1]), 1, 1e-12);
    near(epic(reward, [1, -1, -1, 1]), Math.SQRT1_2, 1e-12);
  });

  it('has encoders that see the truth without nuisance', () => {
    const truth = Array.from({ length: 61 }, (_, i) => -Math.abs((i - 30) / 30));
    for (let seed = 0; seed < 5; seed++) {
      const encoder = drawEncoder(createRng('vlm-rm encoder', seed), 0);
      for (const image of encoder.images) near(dot(image, image), 1, 1e-5);
      const rewards = rewardsOf('regularised', encoder, 0.5);
      assert.equal(rewards.indexOf(Math.max(...rewards)), 30);
      assert.ok(epic(rewards, truth) < 0.2);
    }
  });

  it('plans for a reward so that the pole goes to its highest state and stays about there', () => {
    for (const goal of [5, 30, 52]) {
      const where = balance(Array.from({ length: 61 }, (_, i) => -Math.abs(i - goal)));
      for (const shares of where)
        near(
          shares.reduce((sum, share) => sum + share, 0),
          1,
          1e-12,
        );
      const end = where.at(-1)!;
      assert.equal(end.indexOf(Math.max(...end)), goal);
      assert.ok(end[goal - 1]! + end[goal]! + end[goal + 1]! > 0.95);
    }
  });

  it('loses its claim where rewards without a baseline stand in for the method', async () => {
    const records = await shortRun(experiment, {}, { seeds: [0, 1, 2, 3] });
    assertSound(experiment, records);
    for (const rival of ['clip', 'no_baseline']) {
      assert.equal(verdictWith(experiment, records, { of: 'regularised', by: rival }), 'fails');
    }
  });
});
