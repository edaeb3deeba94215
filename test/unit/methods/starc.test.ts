import assert from 'node:assert/strict';
import { createRng } from 'marginalia';
import experiment, {
  disguise,
  drawWorld,
  regret,
  starcVal,
} from '../../../snippets/preference-learning/starc/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

const gamma = 0.9;
const rng = createRng('starc test', 0);
const world = drawWorld(rng, 5, 3, gamma);
const drawReward = () => world.P.map(() => rng.normal());
const standardised = (R: Float64Array) => starcVal(R, world.P, 5, 3, gamma);
const distance = (a: Float64Array, b: Float64Array) => Math.hypot(...a.map((value, i) => value - b[i]!));

describe('starc', () => {
  it('gives a reward whose value under the uniform policy is 0 in every state, and of norm 1', () => {
    const C = standardised(drawReward());
    assert.ok(Math.abs(Math.hypot(...C) - 1) < 1e-12);
    // V = 0 solves Bellman's equation of the policy exactly where the mean reward of each state is 0.
    for (let s = 0; s < 5; s++) assert.ok(Math.abs(C[3 * s]! + C[3 * s + 1]! + C[3 * s + 2]!) < 1e-12);
  });

  it('does not see shaping, redistribution and scale, which change no regret', () => {
    for (let draw = 0; draw < 10; draw++) {
      const [R, other] = [drawReward(), drawReward()];
      const hidden = disguise(R, world, rng, 3, 2);
      assert.ok(distance(standardised(R), standardised(hidden)) < 1e-9);
      assert.ok(regret(R, hidden, world) < 1e-4);
      assert.ok(Math.abs(regret(R, other, world) - regret(hidden, other, world)) < 1e-3);
    }
  });

  it('puts a reward and its opposite as far apart as can be, where optimising the other loses everything', () => {
    const R = drawReward();
    const opposite = R.map((r) => -r);
    assert.ok(Math.abs(distance(standardised(R), standardised(opposite)) - 2) < 1e-9);
    assert.ok(Math.abs(regret(R, opposite, world) - 1) < 1e-3);
  });

  it('maps a reward that is nothing but shaping to zero', () => {
    const trivial = disguise(new Float64Array(world.P.length), world, rng, 3, 2);
    assert.ok(Math.hypot(...trivial) > 0.1);
    assert.deepEqual([...standardised(trivial)], new Array<number>(15).fill(0));
  });

  it('loses its claim where EPIC, or uniform next states, stand in for the method', async () => {
    const records = await shortRun(experiment, { mdps: 2, states: 6 }, { seeds: [0, 1] });
    assertSound(experiment, records);
    assert.equal(verdictWith(experiment, records, { of: 'starc_val', by: 'epic' }), 'fails');
    assert.equal(verdictWith(experiment, records, { of: 'starc_val', by: 'uniform_kernel' }), 'fails');
  });
});
