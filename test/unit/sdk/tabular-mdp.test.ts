import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createRng } from '../../../src/runtime/sdk/rng.ts';
import {
  greedyPolicy,
  policyValues,
  softmaxPolicy,
  timeToEnd,
  valueIteration,
  type TabularMdp,
  type Transition,
} from '../../../src/runtime/sdk/tabular-mdp.ts';

/** A random process of 5 states, the last terminal, and 3 actions; some cannot be taken. */
function randomMdp(seed: number): { mdp: TabularMdp; reward: (state: number, action: number) => number } {
  const rng = createRng('tabular-mdp', seed);
  const states = 5;
  const table = Array.from({ length: states }, () =>
    Array.from({ length: 3 }, (_, action): Transition[] => {
      if (action === 2 && rng.uniform() < 0.3) return [];
      const weights = Array.from({ length: states }, () => rng.uniform() ** 3);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return weights.map((weight, next) => ({ next, probability: weight / total }));
    }),
  );
  const rewards = table.map((row) => row.map(() => rng.normal()));
  return {
    mdp: { states, actions: 3, isTerminal: (s) => s === states - 1, transitions: (s, a) => table[s]![a]! },
    reward: (state, action) => rewards[state]![action]!,
  };
}

const gamma = 0.9;

describe('value iteration', () => {
  it('finds the best of all deterministic policies, by their values from linear equations', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { mdp, reward } = randomMdp(seed);
        const { v, q } = valueIteration(mdp, reward, { gamma, sweeps: 400 });
        const best = new Array<number>(4).fill(-Infinity);
        for (let code = 0; code < 3 ** 4; code++) {
          const actions = [0, 1, 2, 3].map((state) => Math.floor(code / 3 ** state) % 3);
          if (actions.some((action, state) => mdp.transitions(state, action).length === 0)) continue;
          solve(mdp, actions, reward).forEach((value, state) => (best[state] = Math.max(best[state]!, value)));
        }
        best.forEach((value, state) => assert.ok(Math.abs(value - v[state]!) < 1e-9));
        assert.equal(v[4], 0);
        for (let state = 0; state < 4; state++) {
          assert.equal(q[state]![2] === -Infinity, mdp.transitions(state, 2).length === 0);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('with a temperature finds the policy of highest reward plus temperature times entropy', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { mdp, reward } = randomMdp(seed);
        const temperature = 0.3;
        const { v, q } = valueIteration(mdp, reward, { gamma, temperature, sweeps: 400 });
        const policy = softmaxPolicy(q, temperature);
        const rng = createRng('perturbation', seed);
        assert.ok(Math.abs(entropyValue(mdp, policy, reward, temperature)[0]! - v[0]!) < 1e-9);
        // No neighbouring policy is better anywhere.
        const other = q.map((row) => row.map((value) => (value === -Infinity ? value : value + 0.3 * rng.normal())));
        const worse = entropyValue(mdp, softmaxPolicy(other, temperature), reward, temperature);
        worse.forEach((value, state) => assert.ok(value <= v[state]! + 1e-9));
      }),
      { numRuns: 30 },
    );
  });
});

describe('the values of a policy', () => {
  it('are those that linear equations give', () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(fc.nat(1), { minLength: 4, maxLength: 4 }), (seed, actions) => {
        const { mdp, reward } = randomMdp(seed);
        const policy = [...actions, 0].map((taken) => [0, 1, 2].map((action) => Number(action === taken)));
        const found = policyValues(mdp, policy, reward, { gamma, sweeps: 400 });
        solve(mdp, actions, reward).forEach((value, state) => assert.ok(Math.abs(value - found[state]!) < 1e-9));
        assert.equal(found[4], 0);
      }),
      { numRuns: 30 },
    );
  });

  it('of a mixed policy without its entropy are those of the soft problem', () => {
    const { mdp, reward } = randomMdp(5);
    const policy = softmaxPolicy(valueIteration(mdp, reward, { gamma, sweeps: 100 }).q, 2);
    const found = policyValues(mdp, policy, reward, { gamma, sweeps: 500 });
    entropyValue(mdp, policy, reward, 0).forEach((value, s) => assert.ok(Math.abs(value - found[s]!) < 1e-9));
  });

  it('are the optimal ones where the policy is greedy for the optimal Q', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { mdp, reward } = randomMdp(seed);
        const { q, v } = valueIteration(mdp, reward, { gamma, sweeps: 400 });
        const greedy = policyValues(mdp, greedyPolicy(q), reward, { gamma, sweeps: 400 });
        greedy.forEach((value, state) => assert.ok(Math.abs(value - v[state]!) < 1e-9));
      }),
      { numRuns: 30 },
    );
  });

  it('of equal actions are greedy for the first', () => {
    assert.deepEqual(greedyPolicy([[1, 3, 3]]), [[0, 1, 0]]);
    assert.deepEqual(greedyPolicy([[-Infinity, -2]]), [[0, 1]]);
  });
});

describe('time to the end', () => {
  it('agrees with many walks', () => {
    const { mdp } = randomMdp(3);
    const policy = softmaxPolicy(valueIteration(mdp, () => -1, { gamma, sweeps: 100 }).q, 1);
    const { success, steps } = timeToEnd(mdp, policy, 6);
    const rng = createRng('walks', 1);
    const walks = 20_000;
    let [ended, taken] = [0, 0];
    for (let walk = 0; walk < walks; walk++) {
      let [state, step] = [0, 0];
      while (step < 6 && !mdp.isTerminal(state)) {
        const outcomes = mdp.transitions(state, rng.weighted(policy[state]!));
        state = outcomes[rng.weighted(outcomes.map(({ probability }) => probability))]!.next;
        step++;
      }
      if (mdp.isTerminal(state)) ended++;
      taken += step;
    }
    assert.ok(Math.abs(ended / walks - success[0]!) < 0.015);
    assert.ok(Math.abs(taken / walks - steps[0]!) < 0.06);
    assert.deepEqual([success[4], steps[4]], [1, 0]);
  });
});

/** Values of a deterministic policy in the states 0 to 3, by Gaussian elimination of (1 - gamma P) v = r. */
function solve(mdp: TabularMdp, actions: readonly number[], reward: (s: number, a: number) => number): number[] {
  const rows = actions.map((action, state) => {
    const row = [0, 1, 2, 3].map((other) => (other === state ? 1 : 0));
    for (const { next, probability } of mdp.transitions(state, action)) if (next < 4) row[next]! -= gamma * probability;
    return [...row, reward(state, action)];
  });
  for (let i = 0; i < 4; i++) {
    const pivot = rows.slice(i).reduce((best, row) => (Math.abs(row[i]!) > Math.abs(best[i]!) ? row : best));
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(i, 0, pivot);
    for (const row of rows) {
      if (row === pivot) continue;
      const factor = row[i]! / pivot[i]!;
      for (let k = i; k < 5; k++) row[k]! -= factor * pivot[k]!;
    }
  }
  return rows.map((row, i) => row[4]! / row[i]!);
}

/** Values of a policy with its entropy as a bonus, by repeated substitution. */
function entropyValue(
  mdp: TabularMdp,
  policy: readonly (readonly number[])[],
  reward: (s: number, a: number) => number,
  temperature: number,
): number[] {
  let values = new Array<number>(mdp.states).fill(0);
  for (let i = 0; i < 500; i++) {
    values = values.map((_, state) => {
      if (mdp.isTerminal(state)) return 0;
      return policy[state]!.reduce((sum, p, action) => {
        if (p === 0) return sum;
        const future = mdp.transitions(state, action).reduce((f, t) => f + t.probability * values[t.next]!, 0);
        return sum + p * (reward(state, action) - temperature * Math.log(p) + gamma * future);
      }, 0);
    });
  }
  return values;
}
