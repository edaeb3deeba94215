import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { backwardInduction, sampleEpisode } from '../../../src/runtime/sdk/finite-horizon.ts';
import { createRng } from '../../../src/runtime/sdk/rng.ts';
import { mean } from '../../../src/runtime/sdk/statistics.ts';
import type { TabularMdp, Transition } from '../../../src/runtime/sdk/tabular-mdp.ts';

/** A random process of 3 states and 2 actions; the last state is terminal in half of the processes. */
function randomMdp(seed: number) {
  const rng = createRng('finite-horizon', seed);
  const ends = rng.uniform() < 0.5;
  const table = Array.from({ length: 3 }, () =>
    Array.from({ length: 2 }, (): Transition[] => {
      const share = rng.uniform();
      return [
        { next: rng.int(0, 3), probability: share },
        { next: rng.int(0, 3), probability: 1 - share },
      ];
    }),
  );
  const rewards = table.map((row) => row.map(() => rng.normal()));
  const mdp: TabularMdp = {
    states: 3,
    actions: 2,
    isTerminal: (state) => ends && state === 2,
    transitions: (state, action) => table[state]![action]!,
  };
  return { mdp, reward: (state: number, action: number) => rewards[state]![action]! };
}

/** Expected return of a policy that depends on the step, by following every path there is. */
function followAll(
  { mdp, reward }: ReturnType<typeof randomMdp>,
  policy: (state: number, step: number) => readonly number[],
  horizon: number,
  state: number,
  step = 0,
): number {
  if (step === horizon || mdp.isTerminal(state)) return 0;
  let total = 0;
  policy(state, step).forEach((chance, action) => {
    total += chance * reward(state, action);
    for (const { next, probability } of mdp.transitions(state, action)) {
      total += chance * probability * followAll({ mdp, reward }, policy, horizon, next, step + 1);
    }
  });
  return total;
}

describe('backward induction', () => {
  it("has a policy's values, by following every path", () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, chance) => {
        const world = randomMdp(seed);
        const policy = (state: number, step: number) => ((state + step) % 2 === 0 ? [chance, 1 - chance] : [0.5, 0.5]);
        const { v } = backwardInduction(world.mdp, world.reward, 4, (q, state, step) =>
          q.reduce((sum, value, action) => sum + value * policy(state, step)[action]!, 0),
        );
        for (let state = 0; state < 3; state++) {
          assert.ok(Math.abs(v[0]![state]! - followAll(world, policy, 4, state)) < 1e-9);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('finds the best of all deterministic policies that know the step', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const world = randomMdp(seed);
        const { v } = backwardInduction(world.mdp, world.reward, 2, (q) => Math.max(...q));
        for (let state = 0; state < 3; state++) {
          const values = Array.from({ length: 2 ** 6 }, (_, code) => {
            const policy = (s: number, step: number) => ((code >> (3 * step + s)) & 1 ? [0, 1] : [1, 0]);
            return followAll(world, policy, 2, state);
          });
          assert.ok(Math.abs(v[0]![state]! - Math.max(...values)) < 1e-9);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('gives an action that cannot be taken the value of -Infinity, and the last step its reward', () => {
    const mdp: TabularMdp = {
      states: 1,
      actions: 2,
      isTerminal: () => false,
      transitions: (_, action) => (action === 0 ? [{ next: 0, probability: 1 }] : []),
    };
    const { q, v } = backwardInduction(
      mdp,
      () => 2,
      3,
      (row) => Math.max(...row),
    );
    assert.deepEqual(q[2], [[2, -Infinity]]);
    assert.deepEqual(v, [[6], [4], [2]]);
    assert.equal(
      backwardInduction(
        mdp,
        () => 2,
        3,
        (row) => mean(row.slice(0, 1)),
      ).v[1]![0],
      4,
    );
  });
});

describe('a sampled episode', () => {
  it("has the chances of its process, and earns on average what the policy's exact value says", () => {
    const { mdp, reward } = randomMdp(4);
    const rng = createRng('episodes', 1);
    const exact = backwardInduction(mdp, reward, 5, mean).v[0]![0]!;
    const totals = Array.from({ length: 20_000 }, () =>
      sampleEpisode(mdp, 5, () => rng.int(0, 2), rng).reduce(
        (sum, { state, action }) => sum + reward(state, action),
        0,
      ),
    );
    const center = mean(totals);
    const deviation = Math.sqrt(mean(totals.map((total) => (total - center) ** 2)));
    assert.ok(deviation > 0.1 && Math.abs(mean(totals) - exact) < (4 * deviation) / Math.sqrt(totals.length));
  });

  it('goes on from where a step led, knows the step, and ends in a terminal state or at the horizon', () => {
    const line: TabularMdp = {
      states: 4,
      actions: 2,
      isTerminal: (state) => state === 3,
      transitions: (state, action) => [{ next: state + action, probability: 1 }],
    };
    const rng = createRng('episodes', 2);
    assert.deepEqual(
      sampleEpisode(line, 9, () => 1, rng).map(({ next }) => next),
      [1, 2, 3],
    );
    assert.deepEqual(
      sampleEpisode(line, 5, (step) => step % 2, rng).map(({ state }) => state),
      [0, 0, 1, 1, 2],
    );
  });
});
