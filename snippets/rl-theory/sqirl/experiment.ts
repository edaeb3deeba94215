import { adam, atLeast, atMost, backwardInduction, experiment, float, int, mean } from 'marginalia';
import { rankCorrelation, sampleEpisode, softmax, type Rng, type Transition } from 'marginalia';

// The Effective Horizon Explains Deep RL Performance in Stochastic Environments
// Laidlaw, Zhu, Russell and Dragan, ICLR 2024, arXiv 2312.08369
//
// In many problems it is enough to act greedily after k - 1 backups of the random policy's values (equations: Q-value iteration
// from the random policy, k-QVI-solvable). SQIRL makes that an algorithm: it fixes the policy one step at a time from the
// start, explores at random afterwards, and regresses (equation: SQIRL targets at iteration i). Its samples grow with the k
// (equation: Stochastic effective horizon). Here they are held against those of Q-learning and policy gradient.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet sqirl-iteration
/** One episode, step by step; it may end before others do. */
type Episode = readonly { readonly s: number; readonly a: number; readonly r: number }[];

/**
 * One iteration of SQIRL with averages for its regressions (equation: SQIRL targets at iteration i).
 *
 * @param episodes all of whose actions from step i on were uniformly random.
 * @param i step whose policy is decided, from 0.
 * @param k lookahead: 1 acts greedily on the random policy's values, each more is one backup.
 * @returns the greedy action of each state at step i, -1 where no episode was in it.
 */
function sqirlStep(episodes: Episode[], i: number, k: number, nStates: number, nActions: number): Int32Array {
  const last = Math.min(i + k, Math.max(...episodes.map((episode) => episode.length))) - 1;
  let best = new Float64Array(nStates);
  const greedy = new Int32Array(nStates);
  for (let t = last; t >= i; t--) {
    const [sums, counts] = [new Float64Array(nStates * nActions), new Float64Array(nStates * nActions)];
    for (const episode of episodes) {
      if (t >= episode.length) continue;
      const { s, a, r } = episode[t]!;
      // At the far end what was really returned, before it the backup; where an episode ended, nothing follows.
      let target = r;
      if (t < last) target += t + 1 < episode.length ? best[episode[t + 1]!.s]! : 0;
      else for (let later = t + 1; later < episode.length; later++) target += episode[later]!.r;
      sums[s * nActions + a]! += target;
      counts[s * nActions + a]!++;
    }
    // Only what was tried takes part in the maximum: 0 would win where all else is negative.
    best = new Float64Array(nStates);
    greedy.fill(-1);
    for (let s = 0; s < nStates; s++) {
      for (let a = 0; a < nActions; a++) {
        const cell = s * nActions + a;
        if (counts[cell] === 0 || (greedy[s]! >= 0 && sums[cell]! / counts[cell]! <= best[s]!)) continue;
        best[s] = sums[cell]! / counts[cell]!;
        greedy[s] = a;
      }
    }
  }
  return greedy;
}
// #endregion

/** SQIRL with m episodes an iteration: how many steps it took, and the value of its policy. */
function sqirl(world: World, k: number, m: number, rng: Rng): { steps: number; share: number } {
  const policies: Int32Array[] = [];
  let steps = 0;
  const decided = (t: number, s: number) => policies[t]?.[s] ?? -1;
  for (let i = 0; i < world.horizon; i++) {
    const act = (t: number, s: number) => (decided(t, s) < 0 ? rng.int(0, actions) : decided(t, s));
    const episodes = Array.from({ length: m }, () => rollOut(world, act, rng));
    steps += sumOf(episodes.map((episode) => episode.length));
    if (episodes.some((episode) => episode.length > i)) policies.push(sqirlStep(episodes, i, k, world.states, actions));
  }
  const share = world.shareOf((t, s) => [0, 1, 2, 3].map((a) => (decided(t, s) < 0 || decided(t, s) === a ? 1 : 0)));
  return { steps, share };
}

// --- The baselines, each with one setting for all problems -------------------------------------------------------------------

type Chances = (t: number, s: number) => readonly number[];
type Learner = Generator<{ readonly steps: number; readonly policy: Chances }, never>;

function* qLearning(world: World, rng: Rng): Learner {
  const q = Array.from({ length: world.horizon }, () => Array.from({ length: world.states }, () => [0, 0, 0, 0]));
  const policy: Chances = (t, s) => q[t]![s]!.map((value) => (value === Math.max(...q[t]![s]!) ? 1 : 0));
  const act = (t: number, s: number) => (rng.uniform() < 0.2 ? rng.int(0, actions) : rng.weighted(policy(t, s)));
  for (let steps = 0; ;) {
    const episode = rollOut(world, act, rng);
    episode.forEach(({ s, a, r }, t) => {
      const next = episode[t + 1] ? Math.max(...q[t + 1]![episode[t + 1]!.s]!) : 0;
      q[t]![s]![a]! += 0.2 * (r + next - q[t]![s]![a]!);
    });
    steps += episode.length;
    yield { steps, policy };
  }
}

function* policyGradient(world: World, rng: Rng): Learner {
  const theta = new Float64Array(world.horizon * world.states * actions);
  const at = (t: number, s: number) => (t * world.states + s) * actions;
  const policy: Chances = (t, s) => softmax(theta.subarray(at(t, s), at(t, s) + actions));
  const ascend = adam(theta.length, { rate: 0.1 });
  for (let steps = 0; ;) {
    const episodes = Array.from({ length: 64 }, () => rollOut(world, (t, s) => rng.weighted(policy(t, s)), rng));
    const toGo = episodes.map((episode) => episode.map((_, t) => sumOf(episode.slice(t).map(({ r }) => r))));
    const baseline = Array.from({ length: world.horizon }, (_, t) => mean(toGo.map((returns) => returns[t] ?? 0)));
    const gradient = new Float64Array(theta.length);
    episodes.forEach((episode, e) => {
      episode.forEach(({ s, a }, t) => {
        const push = (baseline[t]! - toGo[e]![t]!) / episodes.length; // Adam goes down, the gradient up
        policy(t, s).forEach((chance, b) => (gradient[at(t, s) + b]! += ((a === b ? 1 : 0) - chance) * push));
      });
    });
    ascend(theta, gradient);
    steps += sumOf(episodes.map((episode) => episode.length));
    yield { steps, policy };
  }
}

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

// --- The testbed: eight small stochastic problems, exactly known --------------------------------------------------------------

const actions = 4;
type Rule<T> = (s: number, a: number) => T;

/** An episodic problem from state 0; it ends after `horizon` steps or in its last state. */
function problem(name: string, horizon: number, states: number, reward: Rule<number>, rule: Rule<Transition[]>) {
  const table = Array.from({ length: states - 1 }, (_, s) => [0, 1, 2, 3].map((a) => rule(s, a)));
  const isTerminal = (s: number) => s === states - 1;
  const mdp = { states, actions, isTerminal, transitions: (s: number, a: number) => table[s]![a]! };
  const plan = (value: (q: readonly number[], s: number, t: number) => number) =>
    backwardInduction(mdp, reward, horizon, value);
  const [random, best] = [plan(mean).v[0]![0]!, plan((q) => Math.max(...q)).v[0]![0]!];
  /** Value of a policy, from 0 for random actions to 1 for the best. Chances need not sum to 1. */
  const shareOf = (policy: Chances) => {
    const { v } = plan((q, s, t) => sumOf(policy(t, s).map((chance, a) => chance * q[a]!)) / sumOf(policy(t, s)));
    return (v[0]![0]! - random) / (best - random);
  };
  return { name, horizon, states, mdp, reward, plan, shareOf };
}
type World = ReturnType<typeof problem>;

const rollOut = ({ mdp, horizon, reward }: World, act: (t: number, s: number) => number, rng: Rng): Episode =>
  sampleEpisode(mdp, horizon, act, rng).map(({ state: s, action: a }) => ({ s, a, r: reward(s, a) }));

const sure = (next: number): Transition[] => [{ next, probability: 1 }];
const either = (chance: number, next: number, other: number): Transition[] =>
  [next, other].map((to, i) => ({ next: to, probability: i === 0 ? chance : 1 - chance }));

/** Action 0 moves right, others left; each step pays more to the right. */
const onChain = (s: number, a: number) => either(0.9, a === 0 ? Math.min(s + 1, 5) : Math.max(s - 1, 0), s);
const chain = problem('chain', 10, 7, (s) => s / 60, onChain);
/** A grid: any action in the last cell pays 1 and ends. One move in five goes anywhere. */
function open(n: number): World {
  const isLast = (s: number) => s === n * n - 1;
  const rule = (s: number, a: number) => {
    const [x, up, down] = [s % n, s >= n ? s - n : s, s < n * (n - 1) ? s + n : s];
    const moved = [up, down, x > 0 ? s - 1 : s, x < n - 1 ? s + 1 : s];
    return isLast(s) ? sure(n * n) : moved.map((next, move) => ({ next, probability: move === a ? 0.85 : 0.05 }));
  };
  return problem(`open ${n}`, 2 * n + 4, n * n + 1, (s) => (isLast(s) ? 1 : 0), rule);
}
/** A combination lock: one action in four advances, all else ends; the last state pays 1. */
function lock(n: number): World {
  const rule = (s: number, a: number) => (s === n ? sure(n + 1) : either(a === s % 4 ? 0.9 : 0, s + 1, n + 1));
  return problem(`lock ${n}`, n + 1, n + 2, (s) => (s === n ? 1 : 0), rule);
}
/** 0.3 at once, or a corridor of D cells where wrong actions cost 0.5 and whose end pays 1. */
function corridor(D: number): World {
  const isRight = (s: number, a: number) => a === (s + 1) % 4;
  const reward = (s: number, a: number) => (s === 0 ? (a === 0 ? 0.3 : 0) : s === D + 1 ? 1 : isRight(s, a) ? 0 : -0.5);
  return problem(`corridor ${D}`, D + 3, D + 3, reward, (s, a) => {
    if (s === 0) return sure(a === 0 ? D + 2 : a === 1 ? 1 : 0);
    return s === D + 1 ? sure(D + 2) : either(isRight(s, a) ? 0.95 : 0, s + 1, D + 2);
  });
}
export const worlds = [chain, open(3), open(4), open(5), lock(4), lock(6), corridor(1), corridor(2)];

// --- The experiment -----------------------------------------------------------------------------------------------------

export default experiment({
  paper: 'sqirl',
  question:
    'Does the number of random samples that SQIRL needs predict how many Q-learning and policy gradient need, and do problems that need lookahead k fail with fewer backups?',
  seeds: 8,
  params: {
    episodes: int(2048, { min: 32, max: 8192, about: 'most episodes an iteration of SQIRL' }),
    solvedAt: float(0.9, { min: 0.5, max: 0.99, about: 'share of the way from random actions to the best' }),
    cap: int(300_000, { min: 2000, max: 1_000_000, about: 'most steps; what is unsolved then counts twice as many' }),
  },
  arms: {
    sqirl: { role: 'method', about: 'SQIRL with the lookahead of 1 to 3 that solves with the fewest samples' },
    unbacked: { role: 'ablation', about: 'SQIRL that only acts greedily on the values of random actions' },
    q_learning: { role: 'baseline', about: 'a table for each step, a fifth of the actions at random' },
    policy_gradient: { role: 'baseline', about: 'a softmax policy for each step, batches of 64 episodes' },
  },
  metrics: {
    cost: { better: 'lower', unit: 'steps', step: 'problem', scale: 'log', about: 'until solved' },
    corridor1: { better: 'higher', unit: 'share', step: 'lookahead', about: 'of the best, in a corridor of 1 cell' },
    corridor2: { better: 'higher', unit: 'share', step: 'lookahead', about: 'of the best, in a corridor of 2 cells' },
  },
  trial({ arm, params, rng, log, show }) {
    const isSqirl = arm === 'sqirl' || arm === 'unbacked';
    const lookaheads = arm === 'unbacked' ? [1] : [1, 2, 3];
    const sizes = Array.from({ length: Math.floor(Math.log2(params.episodes)) - 1 }, (_, i) => 2 ** (i + 2));
    const attempt = (world: World, k: number, m: number) => sqirl(world, k, m, rng.split(`${world.name} ${k} ${m}`));
    const costOf = (world: World): number => {
      for (const m of isSqirl ? sizes : []) {
        const solved = lookaheads.map((k) => attempt(world, k, m)).filter(({ share }) => share >= params.solvedAt);
        if (solved.length > 0) return Math.min(...solved.map(({ steps }) => steps));
      }
      let next = 0;
      const learner = (arm === 'q_learning' ? qLearning : policyGradient)(world, rng.split(world.name));
      for (const { steps, policy } of isSqirl ? [] : learner) {
        if (steps >= next && world.shareOf(policy) >= params.solvedAt) return steps;
        if (steps >= next) next = 1.05 * steps;
        if (steps >= params.cap) break;
      }
      return 2 * params.cap;
    };
    worlds.forEach((world, w) => log(w + 1, { cost: costOf(world) }));
    for (const [c, world] of isSqirl ? worlds.slice(-2).entries() : []) {
      const sharesWith = (k: number) => sizes.map((m) => attempt(world, Math.min(k, lookaheads.length), m).share);
      const shares = [1, 2, 3].map(sharesWith);
      shares.forEach((of, i) => log(i + 1, c === 0 ? { corridor1: of.at(-1)! } : { corridor2: of.at(-1)! }));
      show(world.name, {
        title: `How good ${arm} gets in a corridor of ${c + 1} with more and more data`,
        x: { label: 'episodes an iteration', scale: 'log' },
        y: { label: 'share of the best', min: -0.5, max: 1 },
        layers: shares.map((y, i) => ({ type: 'line', label: `lookahead ${i + 1}`, x: sizes, y })),
      });
    }
  },
  claim: {
    statement:
      'What SQIRL needs correlates strongly with what Q-learning and policy gradient need, and the lookahead that a problem needs is sharp: below it no amount of data helps.',
    check({ at }) {
      const costs = (arm: 'sqirl' | 'q_learning' | 'policy_gradient') => worlds.map((_, w) => at(arm, 'cost', w + 1));
      return [
        atLeast('rank correlation with Q-learning', rankCorrelation(costs('sqirl'), costs('q_learning')), 0.6),
        atLeast(
          'rank correlation with policy gradient',
          rankCorrelation(costs('sqirl'), costs('policy_gradient')),
          0.6,
        ),
        atLeast('corridor of 1 cell, lookahead 2', at('sqirl', 'corridor1', 2), 0.9),
        atMost('corridor of 1 cell, lookahead 1', at('sqirl', 'corridor1', 1), 0.6),
        atLeast('corridor of 2 cells, lookahead 3', at('sqirl', 'corridor2', 3), 0.9),
        atMost('corridor of 2 cells, lookahead 2', at('sqirl', 'corridor2', 2), 0.6),
      ];
    },
  },
});
