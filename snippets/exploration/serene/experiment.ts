import { atLeast, atMost, experiment, float, int, mean, type Rng } from 'marginalia';

// Learning in Sparse Rewards settings through Quality-Diversity algorithms
// Paolo, Ph.D. thesis, Sorbonne Université, 2022, arXiv 2203.01027
//
// SERENE alternates two budgets of evaluations. Exploration is pure novelty search and never looks at rewards (equation:
// Novelty). Every policy it finds that earns anything starts an emitter, a small evolution strategy that climbs the reward
// around it (equation: Emitter start and step); emitters that improve get more of the budget (equation: Emitter improvement
// and selection). Here a point finds two small far goals in a maze, where almost every policy earns nothing.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet novelty-score
/**
 * Novelty of behaviours (equation: Novelty): the mean distance to the k nearest others.
 *
 * @param behaviours descriptors, such as final positions.
 * @param reference all descriptors to hold them against: population, offspring and archive. A behaviour's own entry, which
 * is the same array, does not count; another one at the same place does.
 * @param k neighbours, fewer where there are not so many.
 */
function noveltyScores(behaviours: Float64Array[], reference: Float64Array[], k: number): Float64Array {
  return Float64Array.from(behaviours, (behaviour) => {
    // Squares of the k smallest distances so far, in order.
    const nearest = new Float64Array(k).fill(Infinity);
    for (const other of reference) {
      if (other === behaviour) continue;
      let sum = 0;
      for (let i = 0; i < behaviour.length; i++) sum += (behaviour[i]! - other[i]!) ** 2;
      if (sum >= nearest[k - 1]!) continue;
      let place = k - 1;
      for (; place > 0 && nearest[place - 1]! > sum; place--) nearest[place] = nearest[place - 1]!;
      nearest[place] = sum;
    }
    const found = nearest.filter(Number.isFinite);
    return found.reduce((total, square) => total + Math.sqrt(square), 0) / Math.max(found.length, 1);
  });
}
// #endregion

/** A policy that was tried: its weights, where it ended, what it earned at each goal. */
interface Individual {
  readonly weights: Float64Array;
  readonly behaviour: Float64Array;
  readonly rewards: readonly number[];
}
type Evaluate = (weights: Float64Array) => Individual;
const earned = ({ rewards }: Individual) => Math.max(...rewards);

const mutate = (weights: Float64Array, sigma: number, rng: Rng) =>
  weights.map((weight) => weight + rng.normal(0, sigma));
const [populationSize, neighbours] = [50, 15];

/** How candidates for the next population are scored, higher survives. The arms with a population differ in this alone. */
function scoresOf(arm: string, candidates: readonly Individual[], archive: readonly Float64Array[], rng: Rng) {
  if (arm === 'reward') return Float64Array.from(candidates, (one) => earned(one) + 1e-9 * rng.uniform());
  const behaviours = candidates.map(({ behaviour }) => behaviour);
  const novelty = noveltyScores(behaviours, [...behaviours, ...archive], neighbours);
  return arm === 'mixed' ? novelty.map((value, i) => 0.5 * value + 0.5 * earned(candidates[i]!)) : novelty;
}

/** With the distance from its parent, the root mean square over weights. */
interface Offspring extends Individual {
  readonly distance: number;
}

/** A population that explores, one generation after another. */
function explorer(arm: string, sigma: number, evaluate: Evaluate, rng: Rng): () => Offspring[] {
  const newcomer = () => evaluate(mutate(new Float64Array(weightCount), 1, rng));
  let population = Array.from({ length: populationSize }, newcomer);
  const archive: Float64Array[] = [];
  const breed = (parent: Individual): Offspring => {
    const child = evaluate(mutate(parent.weights, sigma, rng));
    const squares = child.weights.map((weight, i) => (weight - parent.weights[i]!) ** 2);
    return { ...child, distance: Math.sqrt(mean(squares)) };
  };
  return () => {
    const offspring = population.flatMap((parent) => [breed(parent), breed(parent)]);
    const candidates = [...population, ...offspring];
    const scores = scoresOf(arm, candidates, archive, rng);
    for (const { behaviour } of rng.shuffle(offspring).slice(0, 5)) archive.push(behaviour);
    const order = [...candidates.keys()].sort((a, b) => scores[b]! - scores[a]!);
    population = order.slice(0, populationSize).map((i) => candidates[i]!);
    return offspring;
  };
}

/** A small elitist evolution strategy around one rewarded policy (equation: Emitter start and step). */
export interface Emitter {
  best: Individual;
  sigma: number;
  /** In a row, without getting better by 0.001. The third ends it. */
  idleTurns: number;
  /** Mean reward of each generation. */
  readonly means: number[];
}

export function takeTurn(emitter: Emitter, generations: number, evaluate: Evaluate, rng: Rng): void {
  const before = earned(emitter.best);
  for (let generation = 0; generation < generations; generation++) {
    const samples = Array.from({ length: 6 }, () => evaluate(mutate(emitter.best.weights, emitter.sigma, rng)));
    emitter.means.push(mean(samples.map(earned)));
    const better = samples.reduce((top, one) => (earned(one) > earned(top) ? one : top), emitter.best);
    emitter.sigma = Math.max(1e-3, emitter.sigma * (better === emitter.best ? 0.9 : 1.1));
    emitter.best = better;
  }
  emitter.idleTurns = earned(emitter.best) >= before + 1e-3 ? 0 : emitter.idleTurns + 1;
}

/** Mean of the later half of its generations minus the earlier's (equation: Emitter improvement and selection). */
export function improvement({ means }: Emitter): number {
  const half = Math.floor(means.length / 2);
  return Math.max(1e-6, mean(means.slice(half)) - mean(means.slice(0, half)));
}

// --- The testbed: a point in a maze ---------------------------------------------------------------------------------------

const goals = [
  [0.85, 0.85],
  [0.92, 0.1],
];
const [hidden, cells] = [8, 25]; // tanh units of a policy, cells of a side of the grid on which coverage is counted
const weightCount = 5 * hidden + 2;
const isWall = (x: number, y: number) =>
  x < 0 || x > 1 || y < 0 || y > 1 || (x > 0.33 && x < 0.38 && y < 0.72) || (x > 0.62 && x < 0.67 && y > 0.28);

/** Where a policy (2 tanh units out of 8 out of the position) ends; what would enter a wall is not moved along that axis. */
export function walk(weights: Float64Array): [number, number] {
  let [x, y] = [0.1, 0.1];
  for (let t = 0; t < 60; t++) {
    const [inX, inY] = [3 * x - 1.5, 3 * y - 1.5];
    let [outX, outY] = [weights[5 * hidden]!, weights[5 * hidden + 1]!];
    for (let unit = 0; unit < hidden; unit++) {
      const at = 5 * unit;
      const active = Math.tanh(weights[at]! * inX + weights[at + 1]! * inY + weights[at + 2]!);
      outX += weights[at + 3]! * active;
      outY += weights[at + 4]! * active;
    }
    const [nextX, nextY] = [x + 0.04 * Math.tanh(outX), y + 0.04 * Math.tanh(outY)];
    if (!isWall(nextX, y)) x = nextX;
    if (!isWall(x, nextY)) y = nextY;
  }
  return [x, y];
}

/** 1 at a goal, falling to 0 at `radius` from it. */
export const rewardsAt = (x: number, y: number, radius: number) =>
  goals.map(([goalX, goalY]) => Math.max(0, 1 - Math.hypot(x - goalX!, y - goalY!) / radius));

// --- The experiment -----------------------------------------------------------------------------------------------------

export default experiment({
  paper: 'serene',
  question:
    'With two far-apart sparse rewards in a maze, does alternating novelty search and emitters find and optimise both, where evolution on the reward fails and novelty search alone leaves it unoptimised?',
  seeds: 20,
  params: {
    budget: int(10_000, { min: 500, max: 60_000, about: 'policies that are tried' }),
    chunk: int(1000, { min: 100, max: 5000, about: 'of them in a row for exploration, and for emitters' }),
    sigma: float(0.5, { min: 0.05, max: 2, about: 'standard deviation of mutations of the population' }),
    radius: float(0.04, { min: 0.02, max: 0.2, about: 'of a goal; the maze is 1 wide' }),
  },
  arms: {
    serene: { role: 'method', about: 'novelty search and emitters in turn' },
    novelty: { role: 'baseline', about: 'the same novelty search with the whole budget' },
    reward: { role: 'baseline', about: 'the same evolution by reward' },
    random: { role: 'baseline', about: 'random policies' },
    mixed: { role: 'ablation', about: 'one population scored by half novelty, half reward' },
  },
  metrics: {
    coverage: { better: 'higher', unit: 'share', step: 'rollout', about: 'of 25 by 25 cells that policies ended in' },
    best_a: { better: 'higher', unit: 'reward', step: 'rollout', about: 'highest at the goal in the far corner' },
    best_b: { better: 'higher', unit: 'reward', step: 'rollout', about: 'highest at the goal behind both walls' },
  },
  trial({ arm, params, rng, log, show }) {
    const search = rng.split('search');
    const visited = new Set<number>();
    const best = goals.map(() => 0);
    const ends = { explored: [] as number[][], emitted: [] as number[][] };
    let [count, isEmitting] = [0, false];
    const evaluate: Evaluate = (weights) => {
      const [x, y] = walk(weights);
      const rewards = rewardsAt(x, y, params.radius);
      // A generation that goes beyond the budget does not count.
      if (++count <= params.budget) {
        rewards.forEach((reward, goal) => (best[goal] = Math.max(best[goal]!, reward)));
        visited.add(Math.floor(x * cells) * (cells + 1) + Math.floor(y * cells));
        (isEmitting ? ends.emitted : ends.explored).push([x, y]);
        if (count % 250 === 0) log(count, { coverage: visited.size / cells ** 2, best_a: best[0]!, best_b: best[1]! });
      }
      return { weights, behaviour: Float64Array.of(x, y), rewards };
    };

    let [candidates, emitters]: [Offspring[], Emitter[]] = [[], []];
    const emit = (until: number) => {
      const started = search.shuffle(candidates).slice(0, 8);
      candidates = candidates.filter((candidate) => !started.includes(candidate));
      for (const best of started) {
        const emitter: Emitter = { best, sigma: best.distance / 3 + 0.05, idleTurns: 0, means: [] };
        takeTurn(emitter, 4, evaluate, search);
        emitters.push(emitter);
      }
      while (emitters.length > 0 && count < until) {
        takeTurn(emitters[search.weighted(emitters.map(improvement))]!, 5, evaluate, search);
        emitters = emitters.filter(({ idleTurns }) => idleTurns < 3);
      }
    };
    const explore = explorer(arm, params.sigma, evaluate, search);
    while (count < params.budget) {
      if (arm === 'random') evaluate(mutate(new Float64Array(weightCount), 1, search));
      for (const until = count + params.chunk; arm !== 'random' && count < until;) {
        candidates.push(...explore().filter((child) => earned(child) > 0));
      }
      isEmitting = true;
      if (arm === 'serene') emit(Math.min(params.budget, count + params.chunk));
      isEmitting = false;
    }

    const along = (all: number[][], axis: 0 | 1) => all.slice(-1500).map((end) => end[axis]!);
    show('ends', {
      title: `Where policies of ${arm} ended`,
      x: { label: 'x', min: 0, max: 1 },
      y: { label: 'y', min: 0, max: 1 },
      layers: [
        { type: 'points', label: 'exploration', x: along(ends.explored, 0), y: along(ends.explored, 1) },
        { type: 'points', label: 'emitters', x: along(ends.emitted, 0), y: along(ends.emitted, 1) },
        { type: 'points', label: 'goals', x: along(goals, 0), y: along(goals, 1) },
        { type: 'line', label: 'wall', x: [0.33, 0.33, 0.38, 0.38], y: [0, 0.72, 0.72, 0] },
        { type: 'line', label: 'wall', x: [0.62, 0.62, 0.67, 0.67], y: [1, 0.28, 0.28, 1] },
      ],
    });
  },
  claim: {
    statement:
      'Alternating pure novelty search with reward emitters keeps nearly all of its coverage and drives the reward at both spots close to the maximum, where evolution on the reward finds nothing.',
    check({ final }) {
      type Arm = 'serene' | 'novelty' | 'reward';
      const goalsOf = (arm: Arm) => (final(arm, 'best_a', 'mean') + final(arm, 'best_b', 'mean')) / 2;
      const coverageOf = (arm: Arm) => final(arm, 'coverage', 'mean');
      return [
        atLeast('mean reward of both goals, SERENE', goalsOf('serene'), 0.75),
        atLeast('mean reward of both goals, SERENE minus novelty search', goalsOf('serene') - goalsOf('novelty'), 0.1),
        atLeast('coverage, SERENE over novelty search', coverageOf('serene') / coverageOf('novelty'), 0.9),
        atMost('mean reward of both goals, evolution by reward', goalsOf('reward'), 0.3),
      ];
    },
  },
});
