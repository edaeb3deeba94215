import { logSumExp, softmax } from './logits.ts';

/** One possible outcome of an action. */
export interface Transition {
  readonly next: number;
  readonly probability: number;
}

/** A Markov decision process small enough for tables. States and actions are numbered from 0. */
export interface TabularMdp {
  readonly states: number;
  readonly actions: number;
  /** Nothing happens any more in a terminal state, and its value is 0. */
  isTerminal(state: number): boolean;
  /** Outcomes with probabilities that sum to 1, or none where the action cannot be taken. */
  transitions(state: number, action: number): readonly Transition[];
}

/** Probabilities of the actions by state: `policy[state][action]`. */
export type Policy = readonly (readonly number[])[];

/** Values of a Markov decision process. An action that cannot be taken has the value -Infinity. */
export interface ActionValues {
  /** `q[state][action]`. */
  readonly q: readonly (readonly number[])[];
  /** `v[state]`. */
  readonly v: readonly number[];
}

/**
 * Optimal values of a Markov decision process by sweeps of value iteration. With a temperature those of the
 * maximum-entropy problem, V(s) = temperature * log sum_a exp(Q(s, a) / temperature), whose optimal policy is
 * `softmaxPolicy(q, temperature)`; without one V(s) = max_a Q(s, a).
 *
 * @param reward of taking an action in a state.
 * @param options.gamma discount, 0 to 1.
 * @param options.temperature 0 (the plain problem) or more. Default 0.
 * @param options.sweeps over all states. The error shrinks by gamma a sweep.
 */
export function valueIteration(
  mdp: TabularMdp,
  reward: (state: number, action: number) => number,
  {
    gamma,
    temperature = 0,
    sweeps,
  }: { readonly gamma: number; readonly temperature?: number; readonly sweeps: number },
): ActionValues {
  const v = new Array<number>(mdp.states).fill(0);
  const q = v.map(() => new Array<number>(mdp.actions).fill(0));
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (let state = 0; state < mdp.states; state++) {
      if (mdp.isTerminal(state)) continue;
      const values = q[state]!;
      for (let action = 0; action < mdp.actions; action++) {
        const outcomes = mdp.transitions(state, action);
        let future = 0;
        for (const { next, probability } of outcomes) future += probability * v[next]!;
        values[action] = outcomes.length === 0 ? -Infinity : reward(state, action) + gamma * future;
      }
      const best = temperature > 0 ? temperature * logSumExp(values.map((x) => x / temperature)) : Math.max(...values);
      // A state that nothing leads out of ends there.
      v[state] = best === -Infinity ? 0 : best;
    }
  }
  return { q, v };
}

/** The policy that takes actions in proportion to exp(Q / temperature). */
export function softmaxPolicy(q: ActionValues['q'], temperature: number): Policy {
  return q.map((values) => softmax(values, temperature));
}

/**
 * Values of a policy, by sweeps over all states.
 *
 * @param reward of taking an action in a state.
 * @param options.gamma discount, 0 to 1.
 * @param options.sweeps over all states. The error shrinks by gamma a sweep.
 * @returns V(s) = sum over a of policy(a | s) * (reward(s, a) + gamma * the expected V of the next state); 0 where terminal.
 */
export function policyValues(
  mdp: TabularMdp,
  policy: Policy,
  reward: (state: number, action: number) => number,
  { gamma, sweeps }: { readonly gamma: number; readonly sweeps: number },
): number[] {
  const v = new Array<number>(mdp.states).fill(0);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (let state = 0; state < mdp.states; state++) {
      if (mdp.isTerminal(state)) continue;
      let value = 0;
      for (const [action, chance] of policy[state]!.entries()) {
        if (chance === 0) continue;
        let future = 0;
        for (const { next, probability } of mdp.transitions(state, action)) future += probability * v[next]!;
        value += chance * (reward(state, action) + gamma * future);
      }
      v[state] = value;
    }
  }
  return v;
}

/** The policy that takes the action of the highest value, of equal ones the first. */
export function greedyPolicy(q: ActionValues['q']): Policy {
  return q.map((values) => {
    const best = values.indexOf(Math.max(...values));
    return values.map((_, action) => (action === best ? 1 : 0));
  });
}

/**
 * How a policy gets to a terminal state within a limited number of steps, computed exactly.
 *
 * @returns by first state: the probability of being in a terminal state after at most `horizon` steps, and the expected
 * number of steps until then (`horizon` where none is reached).
 */
export function timeToEnd(
  mdp: TabularMdp,
  policy: Policy,
  horizon: number,
): { readonly success: readonly number[]; readonly steps: readonly number[] } {
  const states = Array.from({ length: mdp.states }, (_, state) => state);
  let success: number[] = states.map((state) => (mdp.isTerminal(state) ? 1 : 0));
  let steps = states.map(() => 0);
  for (let left = 1; left <= horizon; left++) {
    const expected = (of: readonly number[], state: number) => {
      let sum = 0;
      for (let action = 0; action < mdp.actions; action++) {
        for (const { next, probability } of mdp.transitions(state, action)) {
          sum += policy[state]![action]! * probability * of[next]!;
        }
      }
      return sum;
    };
    const later = { success, steps };
    success = states.map((state) => (mdp.isTerminal(state) ? 1 : expected(later.success, state)));
    steps = states.map((state) => (mdp.isTerminal(state) ? 0 : 1 + expected(later.steps, state)));
  }
  return { success, steps };
}
