import type { Rng } from './rng.ts';
import type { TabularMdp, Transition } from './tabular-mdp.ts';

/** A process without an end, in which any action may lead from any state to any other. */
export interface RandomMdp extends TabularMdp {
  /** Probability of state s' after action a in state s, at (s * actions + a) * states + s'. None is 0. */
  readonly probabilities: Float64Array;
}

/**
 * A Markov decision process with random transitions: from a state by an action to a few states much, to others hardly ever.
 *
 * @param options.spread standard deviation of the logits of the next states, 0 or more.
 * @param options.sparsity share of next states that are left out, 0 to 1 without 1: 1e-12 stays of each, so that a row sums to
 * 1 also where all of them are.
 */
export function randomMdp(
  rng: Rng,
  {
    states,
    actions,
    spread,
    sparsity,
  }: { readonly states: number; readonly actions: number; readonly spread: number; readonly sparsity: number },
): RandomMdp {
  const probabilities = new Float64Array(states * actions * states);
  for (let start = 0; start < probabilities.length; start += states) {
    const row = probabilities.subarray(start, start + states);
    for (let next = 0; next < states; next++) {
      const weight = Math.exp(spread * rng.normal());
      row[next] = (rng.uniform() < sparsity ? 0 : weight) + 1e-12;
    }
    const total = row.reduce((sum, weight) => sum + weight, 0);
    for (let next = 0; next < states; next++) row[next]! /= total;
  }
  const outcomes = Array.from({ length: states * actions }, (_, sa) =>
    Array.from({ length: states }, (_next, next): Transition => {
      return { next, probability: probabilities[sa * states + next]! };
    }),
  );
  return {
    states,
    actions,
    probabilities,
    isTerminal: () => false,
    transitions: (state, action) => outcomes[state * actions + action]!,
  };
}
