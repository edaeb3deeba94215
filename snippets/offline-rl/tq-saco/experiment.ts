import { atLeast, atMost, correlation, experiment, float, gridworld, int, mean } from 'marginalia';
import type { Curve, Rng } from 'marginalia';

// A Dataset Perspective on Offline Reinforcement Learning
// Schweighofer, Radler, Dinu, Hofmarcher, Patil, Bitto-Nemling, Eghbal-zadeh and Hochreiter, CoLLAs 2022, arXiv 2111.04714
//
// Two numbers describe a dataset: how well its trajectories did, and how much of what there is they tried. Cloning, offline
// Q-learning and Q-learning that keeps to the data's actions are trained on 24 datasets of a gridworld that differ in both.
// Values of actions never tried begin at random, as a network's would: in a table of zeros nothing is over-estimated.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet tq-saco
/**
 * Trajectory quality and state-action coverage of a dataset (equations: Trajectory quality, State-action coverage).
 *
 * @param data transitions in order of time; `end` closes a trajectory, and one that is not closed has no return.
 * @param gRandom mean return of random behaviour.
 * @param gExpert mean return of the best policy known.
 * @param refPairs unique pairs of state and action in the reference replay. SACo is comparable only among datasets that share it.
 * @returns tq: 0 random, 1 expert, NaN without a whole trajectory; saco: 0 or more.
 */
function tqSaco(
  data: { s: number; a: number; r: number; end: boolean }[],
  gRandom: number,
  gExpert: number,
  refPairs: number,
): { tq: number; saco: number } {
  const pairs = new Set<string>();
  let [total, trajectories, current] = [0, 0, 0];
  for (const { s, a, r, end } of data) {
    pairs.add(`${s} ${a}`);
    current += r;
    if (!end) continue;
    total += current;
    trajectories++;
    current = 0;
  }
  return { tq: (total / trajectories - gRandom) / (gExpert - gRandom), saco: pairs.size / refPairs };
}
// #endregion

/** `end`: of the trajectory, at a terminal state or at the limit of steps. */
type Step = Readonly<{ s: number; a: number; r: number; next: number; end: boolean }>;
type Act = (s: number, rng: Rng) => number;
type Arm = 'constrained' | 'offline_q' | 'bc' | 'zeros';

/** Trains one of the arms on a dataset, and returns how it acts. */
export function train(arm: Arm, data: readonly Step[], initStd: number, threshold: number, rng: Rng): Act {
  const counts = new Float64Array(states * actions);
  for (const { s, a } of data) counts[s * actions + a]!++;
  const row = (table: Float64Array, s: number) => table.subarray(s * actions, (s + 1) * actions);
  if (arm === 'bc') return (s, draw) => argmax(row(counts, s), draw);

  // The world is deterministic: one step of each kind says all.
  const unique = [...new Map(data.map((step) => [step.s * actions + step.a, step])).values()];
  const most = Array.from({ length: states }, (_, s) => Math.max(...row(counts, s)));
  const isAllowed = (s: number, a: number) => arm !== 'constrained' || counts[s * actions + a]! >= threshold * most[s]!;
  const allowed = most.map((_, s) => [0, 1, 2, 3].filter((a) => isAllowed(s, a)));
  const isZero = (s: number) => arm === 'zeros' || (arm === 'constrained' && most[s] === 0);
  const q = counts.map((_, cell) => rng.normal(0, isZero(Math.floor(cell / actions)) ? 0 : initStd));
  function best(s: number): number {
    let top = -Infinity;
    for (const a of allowed[s]!) top = Math.max(top, q[s * actions + a]!);
    return top;
  }
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (const { s, a, r, next } of unique) {
      const cell = s * actions + a;
      q[cell]! += 0.5 * (r + (world.isTerminal(next) ? 0 : gamma * best(next)) - q[cell]!);
    }
  }
  const masked = q.map((value, cell) => (isAllowed(Math.floor(cell / actions), cell % actions) ? value : -Infinity));
  return (s, draw) => argmax(row(masked, s), draw);
}

/** The place of the highest number, at random among equals. */
function argmax(values: Float64Array, rng: Rng): number {
  let [top, equals] = [-Infinity, [] as number[]];
  for (let a = 0; a < values.length; a++) {
    if (values[a]! > top) [top, equals] = [values[a]!, []];
    if (values[a] === top) equals.push(a);
  }
  return rng.choice(equals);
}

// --- The testbed: a gridworld with traps, and datasets of it ----------------------------------------------------------------

// The last cell is the goal, the other ends are traps.
const rows = '........ ........ ....G... ...G.... ....G... ...G.... ........ .......G';
const world = gridworld(rows.split(' '));
const [states, actions, limit, gamma] = [world.states, world.actions, 40, 0.97];
const goal = states - 1;
const starts = [0, 1, 2, 8, 9, 10, 16, 17];
const sweeps = 150;
const rewardAt = (next: number) => (next === goal ? 1 : world.isTerminal(next) ? -1 : -0.01);

/** Plays trajectories until there are so many steps; `choose` is asked for a way to act before each of them. */
export function play(size: number, choose: (rng: Rng) => Act, rng: Rng, learn?: (step: Step) => void): Step[] {
  const data: Step[] = [];
  while (data.length < size) {
    const act = choose(rng);
    let s = rng.choice(starts);
    for (let t = 1, end = false; !end && data.length < size; t++) {
      const a = act(s, rng);
      const next = world.step(s, a, rng);
      end = world.isTerminal(next) || t === limit;
      const step = { s, a, r: rewardAt(next), next, end };
      data.push(step);
      learn?.(step);
      s = next;
    }
  }
  return data;
}

/** Online Q-learning; epsilon goes from 1 to 0.05 over the first half. Returns all its steps, and its greedy policy. */
function learnOnline(steps: number, rng: Rng): { replay: Step[]; greedy: Act } {
  const q = new Float64Array(states * actions);
  const row = (s: number) => q.subarray(s * actions, (s + 1) * actions);
  const greedy: Act = (s, draw) => argmax(row(s), draw);
  let taken = 0;
  const explore: Act = (s, draw) => {
    const epsilon = Math.max(0.05, 1 - (0.95 * taken++) / (steps / 2));
    return draw.uniform() < epsilon ? draw.int(0, actions) : greedy(s, draw);
  };
  const learn = ({ s, a, r, next }: Step) => {
    const target = r + (world.isTerminal(next) ? 0 : gamma * Math.max(...row(next)));
    q[s * actions + a]! += 0.2 * (target - q[s * actions + a]!);
  };
  return { replay: play(steps, () => explore, rng, learn), greedy };
}

/** Mean return over one trajectory from each start. */
export function meanReturn(act: Act, rng: Rng): number {
  let total = 0;
  for (let s of starts) {
    for (let t = 0; t < limit && !world.isTerminal(s); t++) {
      s = world.step(s, act(s, rng), rng);
      total += rewardAt(s);
    }
  }
  return total / starts.length;
}

/** Three sizes of eight behaviours: an expert with more and more random actions, a mixture of trajectories, a replay. */
function datasets(expert: Act, replay: readonly Step[], rng: Rng): (readonly Step[])[] {
  const random: Act = (_, draw) => draw.int(0, actions);
  const either = (share: number, draw: Rng) => (draw.uniform() < share ? random : expert);
  return [300, 1000, 4000].flatMap((size) => [
    ...[0, 0.1, 0.3, 0.5, 0.7, 1].map((epsilon) => play(size, () => (s, draw) => either(epsilon, draw)(s, draw), rng)),
    play(size, (draw) => either(0.2, draw), rng),
    replay.slice(size === 4000 ? 0 : -size),
  ]);
}

// --- The experiment -----------------------------------------------------------------------------------------------------

export default experiment({
  paper: 'tq-saco',
  question:
    'Across many datasets, does behavioural cloning track trajectory quality, unconstrained offline Q-learning track coverage, and a policy-constrained variant do well on both?',
  seeds: 60,
  params: {
    initStd: float(0.4, { min: 0, max: 1, about: 'spread of the values that Q-learning begins with' }),
    threshold: float(0.1, { min: 0, max: 0.5, about: 'share of the most frequent action at which another is allowed' }),
    starts: int(3, { min: 1, max: 20, about: 'trainings on each dataset, each from other values' }),
  },
  arms: {
    constrained: { role: 'method', about: 'Q-learning among the actions that the data show' },
    offline_q: { role: 'ablation', about: 'the same among all actions' },
    bc: { role: 'baseline', about: 'cloning: the most frequent action' },
    zeros: { role: 'reference', about: 'Q-learning among all actions from a table of zeros, as no network begins' },
  },
  metrics: {
    performance: { better: 'higher', unit: 'share', step: 'dataset', about: 'return: 0 random, 1 expert' },
    tq: { better: 'neither', unit: 'share', step: 'dataset', about: 'trajectory quality' },
    saco: { better: 'neither', unit: 'share', step: 'dataset', about: 'coverage, to a replay of 8000 steps' },
  },

  trial({ arm, params, rng, log, show }) {
    const expert = learnOnline(30_000, rng.split('expert')).greedy;
    const { replay } = learnOnline(8000, rng.split('replay'));
    const gExpert = meanReturn(expert, rng.split('expert'));
    const random = play(4000, () => (_, draw) => draw.int(0, actions), rng.split('random'));
    const gRandom = tqSaco(random, 0, 1, 1).tq;
    const refPairs = tqSaco(replay, 0, 1, 1).saco;

    const training = rng.split('training');
    const points = { x: [] as number[], y: [] as number[], value: [] as number[] };
    datasets(expert, replay, rng.split('data')).forEach((data, i) => {
      const returns = Array.from({ length: params.starts }, () =>
        meanReturn(train(arm, data, params.initStd, params.threshold, training), training),
      );
      const performance = (mean(returns) - gRandom) / (gExpert - gRandom);
      const { tq, saco } = tqSaco([...data], gRandom, gExpert, refPairs);
      log(i + 1, { performance, tq, saco });
      points.x.push(tq);
      points.y.push(saco);
      points.value.push(performance);
    });
    show('datasets', {
      title: `Performance of ${arm} on 24 datasets`,
      x: { label: 'trajectory quality TQ' },
      y: { label: 'coverage SACo' },
      layers: [{ type: 'points', label: 'performance', ...points }],
    });
  },

  claim: {
    statement:
      'Unconstrained offline Q-learning needs coverage, cloning needs trajectory quality, and constrained learning does best where either is present.',
    check({ paired }) {
      type Of = (arm: Arm, metric: 'performance' | 'tq' | 'saco') => Curve;
      /** Mean over seeds of a number from performances and the two measures. */
      const bySeed = (statistic: (of: (arm: Arm) => readonly number[], tq: number[], saco: number[]) => number) =>
        paired((of: Of) => {
          const measure = (metric: 'tq' | 'saco') => [...of('bc', metric).values];
          return statistic((arm) => of(arm, 'performance').values, measure('tq'), measure('saco'));
        }, 'mean');
      const where = (values: readonly number[], isIn: (i: number) => boolean) => mean(values.filter((_, i) => isIn(i)));
      const gain = (arm: Arm, other: Arm) => bySeed((of) => mean(of(arm)) - mean(of(other)));
      const cloningByTq = bySeed((of, tq) => correlation(of('bc'), tq));
      const cloningBySaco = bySeed((of, _, saco) => correlation(of('bc'), saco));
      const offlineBySaco = bySeed((of, _, saco) => correlation(of('offline_q'), saco));
      const narrow = bySeed((of, tq, saco) => {
        const isNarrow = (i: number) => tq[i]! > 0.8 && saco[i]! < 0.4;
        return where(of('bc'), isNarrow) - where(of('offline_q'), isNarrow);
      });
      const wide = bySeed((of, _, saco) => {
        const offline = of('offline_q');
        return where(offline, (i) => saco[i]! > 0.9) - where(offline, (i) => saco[i]! < 0.5);
      });
      return [
        atLeast('constrained minus offline Q-learning, all datasets', gain('constrained', 'offline_q'), 0.3),
        atLeast('constrained minus cloning, all datasets', gain('constrained', 'bc'), 0.02),
        atLeast('correlation of cloning with TQ', cloningByTq, 0.5),
        atMost('correlation of cloning with SACo', cloningBySaco, 0.1),
        atLeast('correlation of offline Q-learning with SACo', offlineBySaco, 0.3),
        atLeast('offline Q-learning where SACo is above 0.9 minus below 0.5', wide, 0.3),
        atLeast('cloning minus offline Q-learning where TQ is above 0.8 and SACo below 0.4', narrow, 0.3),
      ];
    },
  },
});
