import { adam, atLeast, atMost, experiment, float, int, mean, softmax, type Figure, type Rng } from 'marginalia';

// Submodular Reinforcement Learning
// Prajapat, Mutný, Zeilinger and Krause, ICLR 2024, arXiv 2307.13372
//
// What a trajectory is worth is a submodular function of the states it visits: seeing something twice is worth nothing more
// (equation: Coverage instance). It telescopes into marginal gains along the trajectory (equation: Objective and marginal
// gain), and only gains after an action depend on it, so that a policy gradient with marginal gains for rewards climbs the
// objective (equation: Submodular policy gradient). Here an agent that sees three by three cells covers a map with two
// peaks. The same gradient with rewards that do not remember (ModPO) parks at a peak.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet subpo-returns
/**
 * Marginal gains still to come after each step of a trajectory (equation: Objective and marginal gain).
 *
 * @param seen what can be seen from a state, as indices into `weight`.
 * @param path states s_0 … s_H; what s_0 shows is seen before the first step and worth nothing to it.
 * @param weight worth of each thing that can be seen, not negative.
 * @returns for steps 0 … H - 1 the sum over j >= i of F(s_(j+1) | s_0 … s_j).
 */
function marginalGainReturns(seen: (state: number) => number[], path: number[], weight: Float64Array): Float64Array {
  const known = new Set(seen(path[0]!));
  const returns = new Float64Array(path.length - 1);
  // The gain is that at its time, against what was known then, and not against what is known in the end.
  for (let j = 0; j + 1 < path.length; j++) {
    for (const thing of seen(path[j + 1]!)) {
      if (!known.has(thing)) returns[j]! += weight[thing]!;
      known.add(thing);
    }
  }
  for (let j = returns.length - 2; j >= 0; j--) returns[j]! += returns[j + 1]!;
  return returns;
}
// #endregion

type Arm = 'subpo' | 'modpo' | 'stationary' | 'greedy' | 'random';

/** What each step of a path is credited with: the only difference between the arms that learn with time-dependent policies. */
export function credit(arm: Arm, path: number[]): Float64Array {
  if (arm !== 'modpo') return marginalGainReturns(seenFrom, path, density);
  const returns = Float64Array.from(path.slice(1), (state) => sumOf(seenFrom(state)));
  for (let j = returns.length - 2; j >= 0; j--) returns[j]! += returns[j + 1]!;
  return returns;
}

// --- The testbed: a map with two peaks -----------------------------------------------------------------------------------

const side = 8;
const cells = side * side;
const start = 3 * side + 3;
const slip = 0.05; // share of actions that are random instead
const moves = [
  [0, 1],
  [0, -1],
  [-1, 0],
  [1, 0],
  [0, 0],
] as const; // the last one stays
const batch = 32;
const every = 20; // iterations that a logged number is a mean of

/** Density of each cell, at `y * side + x`; the whole map has 1. */
export const density = (() => {
  const raw = Float64Array.from({ length: cells }, (_, cell) => {
    const near = (x: number, y: number) =>
      Math.exp(-(((cell % side) - x) ** 2 + (Math.floor(cell / side) - y) ** 2) / 4.5);
    return near(6, 1) + 0.8 * near(1, 6) + 0.05;
  });
  const total = raw.reduce((sum, value) => sum + value);
  return raw.map((value) => value / total);
})();
const sumOf = (seen: readonly number[]) => seen.reduce((sum, cell) => sum + density[cell]!, 0);

const clamp = (position: number) => Math.min(side - 1, Math.max(0, position));
const moved = (cell: number, action: number) =>
  clamp(Math.floor(cell / side) + moves[action]![1]) * side + clamp((cell % side) + moves[action]![0]);

const blocks = Array.from({ length: cells }, (_, cell) => {
  const near = (other: number) =>
    Math.abs((other % side) - (cell % side)) < 2 && Math.abs(Math.floor(other / side) - Math.floor(cell / side)) < 2;
  return Array.from(density.keys()).filter(near);
});
/** The block of three by three cells around a cell. */
export const seenFrom = (cell: number) => blocks[cell]!;
/** F: the density of all cells that a path has seen. */
export function coverage(path: readonly number[]): number {
  const seen = new Set<number>();
  for (const cell of path) for (const other of seenFrom(cell)) seen.add(other);
  return sumOf([...seen]);
}

interface Episode {
  readonly path: number[];
  readonly actions: number[];
}

function rollOut(horizon: number, choose: (step: number, path: readonly number[]) => number, rng: Rng): Episode {
  const [path, actions] = [[start], [] as number[]];
  for (let step = 0; step < horizon; step++) {
    const action = choose(step, path);
    actions.push(action);
    path.push(moved(path.at(-1)!, rng.uniform() < slip ? rng.int(0, moves.length) : action));
  }
  return { path, actions };
}

/** The move with the highest gain at once, at random among equals. */
function greedyMove(path: readonly number[], rng: Rng): number {
  const gains = moves.map((_, action) => coverage([...path, moved(path.at(-1)!, action)]));
  return rng.choice([...gains.keys()].filter((action) => gains[action]! >= Math.max(...gains) - 1e-12));
}

/** Visits of episodes as colour, the peaks, and the last path. */
function pictureOf(arm: string, episodes: readonly Episode[]): Figure {
  const visits = new Float64Array(cells);
  for (const { path } of episodes) for (const cell of path) visits[cell]! += 1 / episodes.length;
  const { path } = episodes.at(-1)!;
  const x = (cell: number) => (cell % side) + 0.5;
  const y = (cell: number) => Math.floor(cell / side) + 0.5;
  return {
    title: `Visits of ${arm}, and its last path`,
    x: { label: 'x', min: 0, max: side },
    y: { label: 'y', min: 0, max: side },
    layers: [
      {
        type: 'heatmap',
        label: 'visits an episode',
        values: Array.from({ length: side }, (_, row) => [...visits.subarray(row * side, (row + 1) * side)]),
      },
      { type: 'points', label: 'peaks of the density', x: [6.5, 1.5], y: [1.5, 6.5] },
      { type: 'line', label: 'path', x: path.map(x), y: path.map(y) },
    ],
  };
}

// --- The experiment -----------------------------------------------------------------------------------------------------

export default experiment({
  paper: 'subpo',
  question:
    'Does optimising marginal gains with a policy gradient cover clearly more value than the same policy gradient on the additive, memoryless reward?',
  seeds: 8,
  params: {
    iterations: int(600, { min: 20, max: 3000, about: `gradient steps, each from ${batch} episodes` }),
    horizon: int(20, { min: 5, max: 60, about: 'steps of an episode' }),
    rate: float(0.03, { min: 0.001, max: 0.3, about: 'step size of Adam' }),
  },
  arms: {
    subpo: { role: 'method', about: 'policy gradient with marginal gains' },
    modpo: { role: 'ablation', about: 'the same with all that a step sees, seen before or not (ModPO)' },
    stationary: { role: 'baseline', about: 'marginal gains for a policy that does not know the time' },
    random: { role: 'baseline', about: 'random moves' },
    greedy: { role: 'reference', about: 'always the highest gain at once; knows the map and learns nothing' },
  },
  metrics: {
    coverage: { better: 'higher', unit: 'share of density', step: 'iteration', about: 'F, mean over episodes' },
    distinct_cells: { better: 'higher', unit: 'cells', step: 'iteration', about: 'visited in an episode' },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { horizon } = params;
    const episodeRng = rng.split('episodes');
    // Logits theta[step][cell][action] of a softmax policy, all 0.
    const theta = new Float64Array(horizon * cells * moves.length);
    const ascend = adam(theta.length, { rate: params.rate });
    const row = (step: number, cell: number) => (arm === 'stationary' ? 0 : step) * cells + cell;
    let policies = new Map<number, number[]>();
    const policy = (at: number) => {
      const known = policies.get(at) ?? softmax(theta.subarray(at * moves.length, (at + 1) * moves.length));
      policies.set(at, known);
      return known;
    };
    const choose = (step: number, path: readonly number[]) => {
      if (arm === 'greedy') return greedyMove(path, episodeRng);
      return arm === 'random' ? episodeRng.int(0, moves.length) : episodeRng.weighted(policy(row(step, path.at(-1)!)));
    };

    const learns = arm !== 'greedy' && arm !== 'random';
    const iterations = learns ? params.iterations : 2;
    let recent: Episode[] = [];
    for (let iteration = 1; iteration <= iterations; iteration++) {
      const episodes = Array.from({ length: batch }, () => rollOut(horizon, choose, episodeRng));
      recent.push(...episodes);
      if (iteration % every === 0 || iteration === iterations) {
        log(learns ? iteration : params.iterations, {
          coverage: mean(recent.map(({ path }) => coverage(path))),
          distinct_cells: mean(recent.map(({ path }) => new Set(path).size)),
        });
        show('visits', pictureOf(arm, recent));
        recent = [];
        progress(iteration / iterations);
      }
      if (!learns) continue;

      const returns = episodes.map(({ path }) => credit(arm, path));
      const baseline = Float64Array.from({ length: horizon }, (_, i) => mean(returns.map((of) => of[i]!)));
      const gradient = new Float64Array(theta.length);
      episodes.forEach(({ path, actions }, e) => {
        actions.forEach((taken, i) => {
          const [at, advantage] = [row(i, path[i]!), (returns[e]![i]! - baseline[i]!) / batch];
          policy(at).forEach((chance, action) => {
            // Adam goes down, the gradient of J up.
            gradient[at * moves.length + action]! -= ((action === taken ? 1 : 0) - chance) * advantage;
          });
        });
      });
      ascend(theta, gradient);
      policies = new Map();
    }
  },

  claim: {
    statement:
      'Optimising the submodular return by marginal gains covers far more than optimising the additive surrogate with the same policy class and budget.',
    check({ final }) {
      const coverageOf = (arm: 'subpo' | 'modpo') => final(arm, 'coverage', 'mean');
      const cellsOf = (arm: 'subpo' | 'modpo') => final(arm, 'distinct_cells', 'mean');
      return [
        atLeast('coverage, SubPO over ModPO', coverageOf('subpo') / coverageOf('modpo'), 1.3),
        atLeast('coverage, SubPO', coverageOf('subpo'), 0.75),
        atMost('distinct cells, ModPO over SubPO', cellsOf('modpo') / cellsOf('subpo'), 0.7),
      ];
    },
  },
});
