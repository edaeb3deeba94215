import { atLeast, atMost, experiment, float, int, mean, type Curve, type Figure, type Rng } from 'marginalia';

// A Definition of Continual Reinforcement Learning
// Abel, Barreto, Van Roy, Precup, van Hasselt and Singh, NeurIPS 2023, arXiv 2307.11046
//
// An agent is a search over a basis of simple behaviours: at every history it acts as one of them (equation: Generates). It
// stops learning where it keeps to one for ever (equation: Reaches). A problem is continual where every best agent never does
// (equation: Continual RL problem). Here the basis is the epsilon-greedy version of all 81 deterministic policies, the agents
// are epsilon-greedy Q-learners that differ in their step sizes, and a finite life stands for eternity.

// --- The definitions, read off a finite life ------------------------------------------------------------------------------

// #region snippet reaches-basis
/**
 * Whether an agent keeps to one behaviour of the basis from a step on (equation: Reaches, within a finite life).
 *
 * @param baseElement index of the behaviour that the agent implements at each step.
 * @param fromStep first step that counts.
 * @returns the step of the last change (-1 where there is none at all) and the number of changes that count.
 */
export function reachesBasis(
  baseElement: Int32Array,
  fromStep: number,
): { reached: boolean; lastChange: number; switches: number } {
  let [lastChange, switches] = [-1, 0];
  for (let t = 1; t < baseElement.length; t++) {
    if (baseElement[t] === baseElement[t - 1]) continue;
    lastChange = t;
    // A change into the first step that counts is one from a step that does not.
    if (t > fromStep) switches++;
  }
  return { reached: switches === 0, lastChange, switches };
}
// #endregion

// --- The testbed: a world whose rewards change their mode -------------------------------------------------------------------

const [S, A, modes] = [4, 3, 3];

/** P[s][a][s'], and the expected reward R[m][s][a] in each mode. */
export interface World {
  readonly P: readonly (readonly (readonly number[])[])[];
  readonly R: readonly (readonly (readonly number[])[])[];
}

export function drawWorld(rng: Rng): World {
  const table = <T>(rows: number, columns: number, cell: (row: number, column: number) => T) =>
    Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_, column) => cell(row, column)));
  // Dirichlet with all weights 1/2: squares of normals, normalised.
  const P = table(S, A, () => {
    const weights = Array.from({ length: S }, () => rng.normal() ** 2);
    return weights.map((weight) => weight / weights.reduce((sum, one) => sum + one, 0));
  });
  const R = Array.from({ length: modes }, (_, m) =>
    table(S, A, (s, a) => 0.2 * rng.uniform() + (a === (s + m) % A ? 0.8 : 0)),
  );
  return { P, R };
}

/** Base element number b as a deterministic policy: its digits to the base A are the actions of the states. */
const actionOf = (b: number, s: number) => Math.floor(b / A ** s) % A;

/** Long-run reward a step of the best element of the basis: each is a Markov chain with a stationary distribution. */
export function bestOfBasis({ P }: World, reward: readonly (readonly number[])[], epsilon: number): number {
  let best = -Infinity;
  for (let b = 0; b < A ** S; b++) {
    const chance = (s: number, a: number) => epsilon / A + (a === actionOf(b, s) ? 1 - epsilon : 0);
    let distribution: number[] = new Array<number>(S).fill(1 / S);
    for (let sweep = 0; sweep < 300; sweep++) {
      const next = new Array<number>(S).fill(0);
      for (let s = 0; s < S; s++) {
        for (let a = 0; a < A; a++) {
          // Half of the mass stays, which changes no stationary distribution and makes every chain settle.
          for (let n = 0; n < S; n++)
            next[n]! += (distribution[s]! * chance(s, a) * (P[s]![a]![n]! + Number(n === s))) / 2;
        }
      }
      distribution = next;
    }
    let value = 0;
    for (let s = 0; s < S; s++) for (let a = 0; a < A; a++) value += distribution[s]! * chance(s, a) * reward[s]![a]!;
    best = Math.max(best, value);
  }
  return best;
}

/** Step size by the number of visits, at a step of life. */
const stepSizes = {
  constant_high: () => 0.5,
  constant_middle: () => 0.2,
  constant_low: () => 0.05,
  root: (visits: number) => visits ** -0.5,
  harmonic: (visits: number) => 1 / visits,
  frozen: (_: number, t: number) => (t < 5000 ? 0.2 : 0),
};
type Learner = keyof typeof stepSizes;

/** A life of epsilon-greedy Q-learning: the reward and the base element of each step. `dwell` of Infinity never switches. */
function live(learner: Learner, world: World, options: { steps: number; dwell: number; epsilon: number }, rng: Rng) {
  const { steps, dwell, epsilon } = options;
  const [switching, moving, exploring] = [rng.split('modes'), rng.split('moves'), rng.split('exploration')];
  const Q = Array.from({ length: S }, () => new Float64Array(A));
  const visits = Array.from({ length: S }, () => new Int32Array(A));
  const [rewards, elements, mode] = [new Float64Array(steps), new Int32Array(steps), new Int32Array(steps)];
  const greedy = (s: number) => Q[s]!.indexOf(Math.max(...Q[s]!));
  let [s, m] = [0, 0];
  for (let t = 0; t < steps; t++) {
    for (let state = 0; state < S; state++) elements[t]! += greedy(state) * A ** state;
    const a = exploring.uniform() < epsilon ? exploring.int(0, A) : greedy(s);
    const reward = world.R[m]![s]![a]! + moving.uniform(-0.1, 0.1);
    const next = moving.weighted(world.P[s]![a]!);
    const alpha = stepSizes[learner](++visits[s]![a]!, t);
    Q[s]![a]! += alpha * (reward + 0.5 * Math.max(...Q[next]!) - Q[s]![a]!);
    [rewards[t], mode[t], s] = [reward, m, next];
    if (switching.uniform() < 1 / dwell) m = (m + 1) % modes;
  }
  return { rewards, elements, mode };
}

// --- The experiment -----------------------------------------------------------------------------------------------------

const learners = Object.keys(stepSizes) as Learner[];
const window = 500;

export default experiment({
  paper: 'continual-rl-definition',
  question:
    'Is there a switching environment in which every top-scoring agent keeps changing its base policy until the end (and beats every base element), while in the stationary version the best agents stop?',
  params: {
    steps: int(20_000, { min: 8000, max: 200_000, about: 'steps of a life' }),
    mean_dwell: int(500, { min: 50, max: 20_000, about: 'mean steps from one switch of the mode to the next' }),
    epsilon: float(0.05, { min: 0.01, max: 0.5, about: 'exploration of all agents, and of the basis' }),
  },
  arms: {
    constant_high: { role: 'method', about: 'step size 0.5: never stops learning' },
    constant_middle: { role: 'baseline', about: 'step size 0.2' },
    constant_low: { role: 'baseline', about: 'step size 0.05' },
    root: { role: 'baseline', about: 'step size 1 / sqrt(visits)' },
    harmonic: { role: 'baseline', about: 'step size 1 / visits' },
    frozen: { role: 'ablation', about: 'step size 0.2 up to step 5000, then none: reaches the basis' },
    best_of_basis: { role: 'reference', about: 'best element of the basis, exact' },
  },
  metrics: {
    switching_reward: {
      better: 'higher',
      unit: 'reward / step',
      about: 'mean over the last 500 steps, modes switch',
      step: 'step',
    },
    late_switching: {
      better: 'higher',
      unit: 'reward / step',
      about: 'second half of life, modes switch',
      step: 'step',
    },
    late_stationary: { better: 'higher', unit: 'reward / step', about: 'second half of life, one mode', step: 'step' },
    changes_switching: {
      better: 'neither',
      unit: 'changes',
      about: 'of the base element in the last quarter, modes switch',
      step: 'step',
    },
    changes_stationary: {
      better: 'neither',
      unit: 'changes',
      about: 'of the base element in the last quarter, one mode',
      step: 'step',
    },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { steps, mean_dwell, epsilon } = params;
    const world = drawWorld(rng.split('world'));
    if (arm === 'best_of_basis') {
      const averaged = world.R[0]!.map((row, s) => row.map((_, a) => mean(world.R.map((R) => R[s]![a]!))));
      const switching = bestOfBasis(world, averaged, epsilon);
      for (const t of [window, steps]) log(t, { switching_reward: switching });
      log(steps, { late_switching: switching, late_stationary: bestOfBasis(world, world.R[0]!, epsilon) });
      return;
    }
    for (const environment of ['switching', 'stationary'] as const) {
      const dwell = environment === 'switching' ? mean_dwell : Infinity;
      const { rewards, elements, mode } = live(arm, world, { steps, dwell, epsilon }, rng.split('life'));
      const late = mean(rewards.subarray(Math.floor(steps / 2)));
      const changes = reachesBasis(elements, Math.floor((3 * steps) / 4)).switches;
      if (environment === 'stationary') {
        log(steps, { late_stationary: late, changes_stationary: changes });
        continue;
      }
      for (let t = window; t <= steps; t += window) log(t, { switching_reward: mean(rewards.subarray(t - window, t)) });
      log(steps, { late_switching: late, changes_switching: changes });
      show('elements', strip(elements, mode));
      progress(0.5);
    }
  },

  claim: {
    statement:
      'Relative to the basis of stationary policies, the switching environment is a continual RL problem (its best agents never settle and outperform every base element) and the stationary one is not.',
    // All agents of a seed live in one world with the same modes, so they are compared seed by seed.
    check({ paired }) {
      type Metric = 'late_switching' | 'late_stationary' | 'changes_switching' | 'changes_stationary';
      type Of = (arm: Learner | 'best_of_basis', metric: Metric) => Curve;
      const last = (curve: Curve) => curve.values.at(-1)!;
      const best = (of: Of, metric: Metric) => Math.max(...learners.map((one) => last(of(one, metric))));
      /** Late changes of all agents that are as good as the best, within 0.01. */
      const changesOfBest = (of: Of, environment: 'switching' | 'stationary') =>
        learners
          .filter((one) => last(of(one, `late_${environment}`)) >= best(of, `late_${environment}`) - 0.01)
          .map((one) => last(of(one, `changes_${environment}`)));
      const over = (rival: Learner | 'best_of_basis') =>
        paired((of: Of) => last(of('constant_high', 'late_switching')) / last(of(rival, 'late_switching')), 'mean');
      return [
        atLeast('switching: reward of step size 0.5 over the best of the basis', over('best_of_basis'), 1.3),
        atLeast('switching: reward of step size 0.5 over the frozen agent', over('frozen'), 1.3),
        atLeast(
          'switching: fewest late changes of a best agent',
          paired((of: Of) => Math.min(...changesOfBest(of, 'switching')), 'mean'),
          10,
        ),
        atMost(
          'stationary: most late changes of a best agent',
          paired((of: Of) => Math.max(...changesOfBest(of, 'stationary')), 'mean'),
          0,
        ),
        atMost(
          'stationary: reward of the best agent above the best of the basis',
          paired((of: Of) => best(of, 'late_stationary') - last(of('best_of_basis', 'late_stationary')), 'mean'),
          0.01,
        ),
      ];
    },
  },
});

/** Which base element the agent is at each 20th step, coloured by the mode. */
function strip(elements: Int32Array, mode: Int32Array): Figure {
  const x = Array.from({ length: Math.floor(elements.length / 20) }, (_, i) => i * 20);
  return {
    title: 'Base element that the agent implements, modes switch',
    x: { label: 'step', min: 0, max: elements.length },
    y: { label: 'base element', min: 0, max: A ** S },
    layers: [{ type: 'points', label: 'mode', x, y: x.map((t) => elements[t]!), value: x.map((t) => mode[t]!) }],
  };
}
