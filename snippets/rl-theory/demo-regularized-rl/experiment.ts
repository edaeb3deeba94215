import { atLeast, atMost, backwardInduction, experiment, float, gridworld, gridworldFigure, int } from 'marginalia';
import { logSlope, sampleEpisode, softmax, type EpisodeStep, type Rng } from 'marginalia';

// Demonstration-Regularized RL
// Tiapkin, Belomestny, Calandriello, Moulines, Naumov, Perrault, Valko and Ménard, ICLR 2024, arXiv 2310.17303
//
// First clone the expert from a few demonstrations (equation: Behaviour cloning). Then explore optimistically for a reward
// that pays for the divergence from the clone (equation: Regularised value): the backup becomes a soft maximum around the
// clone (equation: Soft optimism). The episodes that takes fall like one over the demonstrations (equation: Sample
// complexity). Here a gridworld of 25 cells hides four moves among eight actions, differently in each cell.

const [horizon, side] = [10, 5];
const [states, actions] = [side * side, 8];
const slip = 0.1; // share of outcomes that are a random move instead
const near = 0.05; // gap that counts as near-optimal; the best return is 1.35
const counts = [1, 2, 4, 8, 16] as const;
const most = counts[4];
const [shown, episodesShown] = [4, 60]; // demonstrations and episodes of the curve `gap`

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet demo-kl-backup
/**
 * One regularised backup (equation: Soft optimism): the largest sum of p . q - lambda * KL(p || prior) over all policies p,
 * and the policy that has it.
 *
 * @param q values of the actions in one state.
 * @param prior the clone's probabilities: positive, or an action can never be taken, and sum 1.
 * @param lambda strength, above 0, in the unit of the values.
 */
function klSoftBackup(q: Float64Array, prior: Float64Array, lambda: number): { value: number; policy: Float64Array } {
  // Shifted by the highest value, so that no exponential overflows.
  let [highest, total] = [-Infinity, 0];
  for (const value of q) highest = Math.max(highest, value);
  const policy = new Float64Array(q.length);
  for (let a = 0; a < q.length; a++) total += policy[a] = prior[a]! * Math.exp((q[a]! - highest) / lambda);
  for (let a = 0; a < q.length; a++) policy[a]! /= total;
  return { value: highest + lambda * Math.log(total), policy };
}
// #endregion

/** A policy of a finite horizon, `[step][state]`: probabilities of the actions. */
type StepPolicy = readonly (readonly Float64Array[])[];
type Backup = (q: Float64Array, h: number, s: number) => { value: number; policy: Float64Array };

/** Behaviour cloning: counts of the actions by step and state, and `pseudo` counts for all actions of a state together. */
export function clone(demonstrations: readonly (readonly EpisodeStep[])[], pseudo: number): StepPolicy {
  const counts = stepsOf(() => new Float64Array(actions).fill(pseudo / actions));
  for (const demonstration of demonstrations) {
    demonstration.forEach(({ state, action }, h) => counts[h]![state]![action]!++);
  }
  return counts.map((row) => row.map((of) => of.map((count) => count / of.reduce((sum, other) => sum + other))));
}

/** What followed each action in each state, with the statistics of all steps of an episode together. */
export class Model {
  readonly #visits = new Float64Array(states * actions);
  readonly #followers = Array.from({ length: states * actions }, (): { next: number; count: number }[] => []);

  add(episode: readonly EpisodeStep[]): void {
    for (const { state, action, next } of episode) {
      this.#visits[state * actions + action]!++;
      const followers = this.#followers[state * actions + action]!;
      const known = followers.find((follower) => follower.next === next);
      if (known) known.count++;
      else followers.push({ next, count: 1 });
    }
  }

  /**
   * Plans backwards from the last step (equation: Soft optimism). What was never tried has the largest bonus, and no future.
   * @param bonus b = bonus * H / sqrt(visits); 0 for the policy that is handed out.
   */
  plan(bonus: number, backup: Backup): StepPolicy {
    const optimism = this.#visits.map((n) => (bonus === 0 ? 0 : n === 0 ? horizon : (bonus * horizon) / Math.sqrt(n)));
    const policy = stepsOf((): Float64Array => new Float64Array());
    const q = new Float64Array(actions);
    let later = new Float64Array(states);
    for (let h = horizon - 1; h >= 0; h--) {
      const values = new Float64Array(states);
      for (let s = 0; s < states; s++) {
        for (let a = 0; a < actions; a++) {
          const cell = s * actions + a;
          let future = 0;
          for (const { next, count } of this.#followers[cell]!) future += count * later[next]!;
          q[a] = Math.min(reward(s) + optimism[cell]! + future / Math.max(this.#visits[cell]!, 1), horizon - h);
        }
        const { value, policy: chosen } = backup(q, h, s);
        [values[s], policy[h]![s]] = [value, chosen];
      }
      later = values;
    }
    return policy;
  }
}

// --- The testbed: a gridworld whose moves hide among eight actions ---------------------------------------------------------

const grid = gridworld(new Array<string>(side).fill('.'.repeat(side)));
const reward = (s: number) => (s === states - 1 ? 1 : 0); // a step in the last cell
const stepsOf = <T>(of: () => T) => Array.from({ length: horizon }, () => Array.from({ length: states }, of));

/** In each cell a random half of the actions are the four moves; the others do nothing. */
export function hiddenMoves(rng: Rng) {
  const moveOf = Array.from({ length: states }, () => rng.shuffle([0, 1, 2, 3, -1, -1, -1, -1]));
  const after = (s: number, move: number) => (move < 0 ? s : grid.transitions(s, move)[0]!.next);
  const table = moveOf.map((moves, s) =>
    moves.map((move) => [
      { next: after(s, move), probability: 1 - slip },
      ...[0, 1, 2, 3].map((other) => ({ next: after(s, other), probability: slip / 4 })),
    ]),
  );
  const transitions = (s: number, a: number) => table[s]![a]!;
  return { mdp: { states, actions, isTerminal: () => false, transitions }, moveOf };
}
type World = ReturnType<typeof hiddenMoves>;

const rollOut = ({ mdp }: World, policy: StepPolicy, rng: Rng): readonly EpisodeStep[] =>
  sampleEpisode(mdp, horizon, (h, s) => rng.weighted(policy[h]![s]!), rng);

/** Expected return of a policy, exactly: forwards, with the chance of being in each cell. */
export function valueOf({ mdp }: World, policy: StepPolicy): number {
  let [chances, value] = [new Float64Array(states), 0];
  chances[0] = 1;
  for (const at of policy) {
    const later = new Float64Array(states);
    for (let s = 0; s < states; s++) {
      value += chances[s]! * reward(s);
      for (let a = 0; a < actions && chances[s]! > 0; a++) {
        const chance = chances[s]! * at[s]![a]!;
        if (chance > 0) for (const { next, probability } of mdp.transitions(s, a)) later[next]! += chance * probability;
      }
    }
    chances = later;
  }
  return value;
}

// --- The experiment -----------------------------------------------------------------------------------------------------

export default experiment({
  paper: 'demo-regularized-rl',
  question:
    'How many episodes does demonstration-regularised optimism need to become near-optimal as demonstrations grow, and does it beat both plain optimism and pure cloning?',
  seeds: 24,
  params: {
    lambda: float(0.05, { min: 0.001, max: 2, about: 'strength of the divergence from the clone' }),
    pseudo: float(0.1, { min: 0.001, max: 10, about: 'pseudo-counts of the clone that regularises, in a state' }),
    bonus: float(0.1, { min: 0, max: 1, about: 'scale of the exploration bonus, of everything that explores' }),
    episodes: int(400, { min: 60, max: 3000, about: 'episodes after which an arm gives up' }),
  },
  arms: {
    regularized: { role: 'method', about: 'optimism, regularised to the clone' },
    ucbvi: { role: 'baseline', about: 'optimism without demonstrations' },
    cloning: { role: 'baseline', about: 'the clone, no episodes of its own' },
    initialized: { role: 'baseline', about: 'optimism whose model starts with the transitions of the demonstrations' },
    uniform: { role: 'ablation', about: 'the same regularisation to the uniform policy' },
  },
  metrics: {
    hit_time: {
      better: 'lower',
      unit: 'episodes',
      about: `until the policy handed out is within ${near} of the best return`,
      step: 'demonstrations',
      stepScale: 'log',
      scale: 'log',
    },
    gap: { better: 'lower', unit: 'return', step: 'episode', about: `to the best, with ${shown} demonstrations` },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const world = hiddenMoves(rng.split('world'));
    const best = backwardInduction(world.mdp, reward, horizon, (q) => Math.max(...q));
    const expert = best.q.map((rows) => rows.map((q) => Float64Array.from(softmax(q, 0.03))));
    const demoRng = rng.split('demonstrations');
    const demonstrations = Array.from({ length: most }, () => rollOut(world, expert, demoRng));

    /** Plays until the policy that would be handed out is near-optimal, and at least `episodes` episodes. */
    const explore = (given: readonly (readonly EpisodeStep[])[], episodes: number) => {
      const gapOf = (policy: StepPolicy) => best.v[0]![0]! - valueOf(world, policy);
      // The clone alone need not forgive what the demonstrations did not show. UCBVI is the limit without a divergence.
      const isUcbvi = arm === 'ucbvi' || arm === 'initialized';
      const prior = clone(isUcbvi ? [] : given, arm === 'cloning' ? 1e-3 : params.pseudo);
      const lambda = isUcbvi ? 1e-9 : params.lambda;
      const backup: Backup = (q, h, s) => klSoftBackup(q, prior[h]![s]!, lambda);
      const model = new Model();
      if (arm === 'initialized') given.forEach((demonstration) => model.add(demonstration));
      const episodeRng = rng.split('episodes');
      const visits = new Array<number>(states).fill(0);
      const gaps = arm === 'cloning' ? new Array<number>(params.episodes).fill(gapOf(prior)) : [];
      let policy = prior;
      while (gaps.length < params.episodes && (gaps.length < episodes || gaps.at(-1)! > near)) {
        const played = rollOut(world, model.plan(params.bonus, backup), episodeRng);
        for (const { state } of played) visits[state]!++;
        model.add(played);
        policy = model.plan(0, backup);
        gaps.push(gapOf(policy));
      }
      return { gaps, policy, visits: visits.map((count) => count / gaps.length) };
    };

    // Where demonstrations are not used, all numbers of them come out the same.
    const blind = arm === 'ucbvi' || arm === 'uniform' ? explore([], episodesShown) : undefined;
    for (const [i, count] of counts.entries()) {
      const outcome = blind ?? explore(demonstrations.slice(0, count), count === shown ? episodesShown : 1);
      const { gaps, policy, visits } = outcome;
      const hit = gaps.findIndex((gap) => gap <= near);
      log(count, { hit_time: hit < 0 ? params.episodes : hit + 1 });
      if (count === shown) {
        gaps.slice(0, episodesShown).forEach((gap, e) => log(e + 1, { gap }));
        const title = `Where ${arm} went with ${count} demonstrations, and its policy where a cell is reached first`;
        const first = (s: number) => policy[(s % side) + Math.floor(s / side)]![s]!;
        const moves = world.moveOf.map((of, s) => [0, 1, 2, 3].map((move) => first(s)[of.indexOf(move)]!));
        const scale = { label: 'visits an episode', min: 0, max: Math.max(...visits, 1) };
        show('visits', gridworldFigure(grid, { title, policy: moves, values: visits, ...scale }));
      }
      progress((i + 1) / counts.length);
    }
  },

  claim: {
    statement:
      'The number of environment episodes needed falls roughly like one over the demonstrations, far below plain optimism, and the result is much better than cloning alone.',
    check({ at, curve }) {
      const hit = (arm: 'regularized' | 'ucbvi') => at(arm, 'hit_time', most, 'median');
      const gap = (arm: 'regularized' | 'cloning') => at(arm, 'gap', episodesShown, 'mean');
      const slope = curve('regularized', 'hit_time', ({ steps, values }) => logSlope(steps, values), 'mean');
      return [
        atMost(`episodes with ${most} demonstrations, over plain optimism`, hit('regularized') / hit('ucbvi'), 0.2),
        atMost('slope of log episodes over log demonstrations', slope, -0.5),
        atLeast('slope of log episodes over log demonstrations', slope, -1.4),
        atMost(`gap after ${episodesShown} episodes, over the clone's`, gap('regularized') / gap('cloning'), 0.5),
      ];
    },
  },
});
