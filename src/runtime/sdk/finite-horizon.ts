import type { Rng } from './rng.ts';
import type { TabularMdp } from './tabular-mdp.ts';

/** Values of a problem that ends after some steps. Step 0 is the first. */
export interface StepValues {
  /** `q[step][state][action]`; -Infinity where an action cannot be taken. */
  readonly q: readonly (readonly (readonly number[])[])[];
  /** `v[step][state]`. */
  readonly v: readonly (readonly number[])[];
}

/**
 * Values of an undiscounted problem of `horizon` steps by backward induction, exactly:
 * Q_h(s, a) = r(s, a) + E V_{h+1}(s'), with V = 0 after the last step and in terminal states.
 *
 * What V makes of Q decides whose values they are: `(q) => Math.max(...q)` the best policy's, `mean` those of random
 * actions, `(q, state, step) => …` a sum over a policy's probabilities those of that policy.
 *
 * @param reward of taking an action in a state.
 * @param value V_h(s) from the numbers Q_h(s, ·).
 */
export function backwardInduction(
  mdp: TabularMdp,
  reward: (state: number, action: number) => number,
  horizon: number,
  value: (q: readonly number[], state: number, step: number) => number,
): StepValues {
  const q: number[][][] = [];
  const v: number[][] = [];
  let later = new Array<number>(mdp.states).fill(0);
  for (let step = horizon - 1; step >= 0; step--) {
    q[step] = later.map((_, state) =>
      Array.from({ length: mdp.actions }, (_action, action) => {
        if (mdp.isTerminal(state)) return 0;
        const outcomes = mdp.transitions(state, action);
        let future = 0;
        for (const { next, probability } of outcomes) future += probability * later[next]!;
        return outcomes.length === 0 ? -Infinity : reward(state, action) + future;
      }),
    );
    later = q[step]!.map((row, state) => (mdp.isTerminal(state) ? 0 : value(row, state, step)));
    v[step] = later;
  }
  return { q, v };
}

/** One step of an episode. */
export interface EpisodeStep {
  readonly state: number;
  readonly action: number;
  readonly next: number;
}

/**
 * Draws an episode from state 0, which ends after `horizon` steps or in a terminal state.
 *
 * @param act the action at a step (from 0) in a state.
 */
export function sampleEpisode(
  mdp: TabularMdp,
  horizon: number,
  act: (step: number, state: number) => number,
  rng: Rng,
): EpisodeStep[] {
  const episode: EpisodeStep[] = [];
  for (let [step, state] = [0, 0]; step < horizon && !mdp.isTerminal(state); step++) {
    const action = act(step, state);
    const outcomes = mdp.transitions(state, action);
    const { next } = outcomes[rng.weighted(outcomes.map(({ probability }) => probability))]!;
    episode.push({ state, action, next });
    state = next;
  }
  return episode;
}
