import { atMost, choice, experiment, float, int, mean } from 'marginalia';
import { optimalRelaxation, shiftedLaplacian, smallestLaplacianEigenvalue, sorSweeps } from 'marginalia';
import type { Figure, Rng, ShiftedLaplacian } from 'marginalia';

// Learning to Relax: Setting Solver Parameters Across a Sequence of Linear System Instances
// Khodak, Chow, Balcan and Talwalkar, ICLR 2024, arXiv 2310.02246
//
// A simulation solves one linear system after another by successive over-relaxation (equation: SOR sweep). The factors are
// the arms of a bandit, which sees only how many sweeps its choice took; a contextual one also knows the diagonal shift.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet tsallis-inf
/**
 * Arm distribution of Tsallis-INF with power 1/2 (equation: Tsallis-INF over a grid).
 *
 * @param cumLoss cumulative importance-weighted loss of each arm, in units of about one typical loss.
 * @param eta learning rate, above 0; 2 / sqrt(t) in round t = 1, 2, ….
 * @returns a probability for each arm, summing to 1.
 */
export function tsallisInfProbabilities(cumLoss: number[], eta: number): number[] {
  // At this normaliser the best arm alone has probability 1, so the sum is 1 or more; the sum is convex and increasing in
  // the normaliser, so Newton's steps come down to the root without ever jumping over it.
  let normaliser = Math.min(...cumLoss) - 2 / eta;
  for (let step = 0; step < 100; step++) {
    let sum = 0;
    let slope = 0;
    for (const loss of cumLoss) {
      const p = 4 / (eta * (loss - normaliser)) ** 2;
      sum += p;
      slope += eta * p ** 1.5;
    }
    if (Math.abs(sum - 1) < 1e-10) break;
    normaliser -= (sum - 1) / slope;
  }
  const weights = cumLoss.map((loss) => 4 / (eta * (loss - normaliser)) ** 2);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
// #endregion

/** What picks a factor for each system in turn. Costs are sweeps, `round` counts from 1, `context` is in [-1, 1]. */
export interface Learner {
  probabilities(round: number, context: number): number[];
  observe(arm: number, probability: number, cost: number, context: number): void;
}

/** Losses are divided by their running mean: raw counts in the hundreds would freeze the distribution at the first bad luck. */
export function tsallisInf(arms: number): Learner {
  const cumulative = new Array<number>(arms).fill(0);
  let total = 0;
  let rounds = 0;
  return {
    probabilities(round) {
      const scale = total > 0 ? total / rounds : 1;
      return tsallisInfProbabilities(
        cumulative.map((loss) => loss / scale),
        2 / Math.sqrt(round),
      );
    },
    observe(arm, probability, cost) {
      cumulative[arm]! += (cost - 1) / probability;
      total += cost - 1;
      rounds++;
    },
  };
}

/** One ridge regression on Chebyshev features an arm, explored by inverse gaps (equation: Contextual version). */
export function chebyshevBandit(arms: number, degree = 5, ridge = 0.1): Learner {
  const size = degree + 1;
  const models = Array.from({ length: arms }, () => ({
    inverse: Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => (i === j ? 1 / ridge : 0))),
    moments: new Array<number>(size).fill(0),
    weights: new Array<number>(size).fill(0),
  }));
  const features = (context: number) => Array.from({ length: size }, (_, j) => Math.cos(j * Math.acos(context)));
  return {
    probabilities(round, context) {
      const x = features(context);
      const predicted = models.map(({ weights }) => dot(weights, x));
      const best = predicted.indexOf(Math.min(...predicted));
      const gamma = 20 * Math.sqrt(round);
      const p = predicted.map((cost) => 1 / (arms + gamma * (cost - predicted[best]!)));
      p[best] = 0;
      p[best] = 1 - p.reduce((sum, one) => sum + one, 0);
      return p;
    },
    observe(arm, _probability, cost, context) {
      const x = features(context);
      const { inverse, moments, weights } = models[arm]!;
      // The Sherman-Morrison formula adds one observation to the inverse of the ridge matrix.
      const direction = inverse.map((row) => dot(row, x));
      const divisor = 1 + dot(direction, x);
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) inverse[i]![j]! -= (direction[i]! * direction[j]!) / divisor;
        // Costs in hundreds of sweeps.
        moments[i]! += (x[i]! * (cost - 1)) / 100;
      }
      for (let i = 0; i < size; i++) weights[i] = dot(inverse[i]!, moments);
    },
  };
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

// --- The testbed: a stream of shifted Laplacian systems -----------------------------------------------------------------

const shiftRange = 0.6;

/** Keeps the matrix positive definite: -0.15 on the 10 x 10 grid, as near its smallest eigenvalue on others. */
const lowestShift = (side: number) => (-0.15 * smallestLaplacianEigenvalue(side)) / smallestLaplacianEigenvalue(10);

function drawSystem(rng: Rng, side: number, contexts: 'wide' | 'narrow'): ShiftedLaplacian {
  const share = contexts === 'wide' ? rng.beta(1 / 2, 3 / 2) : rng.beta(2, 6);
  return shiftedLaplacian(side, lowestShift(side) + shiftRange * share, rng);
}

// --- The experiment -----------------------------------------------------------------------------------------------------

const sweepLimit = 3000;

export default experiment({
  paper: 'learning-to-relax',
  question:
    'Starting from no knowledge, how close does a bandit get to the best fixed relaxation factor from iteration counts alone, and how much further does the context take it?',
  params: {
    instances: int(1500, { min: 200, max: 5000, about: 'length of the stream of systems' }),
    grid_side: int(10, { min: 4, max: 24, about: 'side of the 2-D grid; a system has its square of unknowns' }),
    factors: int(20, { min: 3, max: 80, about: 'relaxation factors, evenly from 1 to 1.95' }),
    tolerance: float(1e-8, { min: 1e-12, max: 1e-2, about: 'relative residual at which a system is solved' }),
    contexts: choice('wide', { choices: ['wide', 'narrow'], about: 'shifts by Beta(1/2, 3/2) or by Beta(2, 6)' }),
  },
  arms: {
    tsallis_inf: { role: 'method', about: 'bandit over the factors; sees only how many sweeps its choice took' },
    chebyshev: { role: 'method', about: 'contextual bandit; also knows the shift of each system' },
    gauss_seidel: { role: 'baseline', about: 'factor 1 throughout' },
    random_factor: { role: 'baseline', about: 'a uniformly random factor for each system' },
    best_fixed: { role: 'reference', about: 'the one factor that is best in hindsight, ranked on every 10th system' },
    instance_best: { role: 'reference', about: 'the best factor of each system by itself' },
  },
  metrics: {
    sweeps: { better: 'lower', unit: 'sweeps', about: 'moving average over 100 systems', step: 'system' },
    mean_sweeps: { better: 'lower', unit: 'sweeps', about: 'average over the second half', step: 'system' },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { instances, grid_side, factors, tolerance, contexts } = params;
    const systemsRng = rng.split('systems');
    const systems = Array.from({ length: instances }, () => drawSystem(systemsRng, grid_side, contexts));
    const omegas = Array.from({ length: factors }, (_, i) => 1 + (0.95 * i) / (factors - 1));
    const solve = (system: ShiftedLaplacian, factor: number, limit = sweepLimit) =>
      sorSweeps(system, omegas[factor]!, tolerance, limit);

    /** From theory's factor outwards; one that is already worse than the best so far is not followed to its end. */
    function bestFactor(system: ShiftedLaplacian): number {
      const start = optimalRelaxation(system.shift, grid_side);
      const order = omegas.map((_, factor) => factor);
      order.sort((a, b) => Math.abs(omegas[a]! - start) - Math.abs(omegas[b]! - start));
      let best = { factor: 0, cost: sweepLimit + 1 };
      for (const factor of order) {
        const cost = solve(system, factor, best.cost);
        if (cost < best.cost) best = { factor, cost };
      }
      return best.factor;
    }

    function bestFixedFactor(): number {
      const sample = systems.filter((_, t) => t % 10 === 0);
      const averages = omegas.map((_, factor) => mean(sample.map((system) => solve(system, factor))));
      return averages.indexOf(Math.min(...averages));
    }

    const learner =
      arm === 'tsallis_inf' ? tsallisInf(factors) : arm === 'chebyshev' ? chebyshevBandit(factors) : undefined;
    const fixed = arm === 'best_fixed' ? bestFixedFactor() : 0;
    const draws = rng.split('draws');
    const unlearned = (system: ShiftedLaplacian) =>
      arm === 'instance_best' ? bestFactor(system) : arm === 'random_factor' ? draws.int(0, factors) : fixed;
    const columns: number[][] = [];
    const chosen: number[] = [];
    const costs: number[] = [];
    for (let t = 1; t <= instances; t++) {
      const system = systems[t - 1]!;
      const context = (2 * (system.shift - lowestShift(grid_side))) / shiftRange - 1;
      const probabilities = learner?.probabilities(t, context);
      const factor = probabilities ? draws.weighted(probabilities) : unlearned(system);
      const cost = solve(system, factor);
      if (probabilities) learner?.observe(factor, probabilities[factor]!, cost, context);
      if (probabilities && t % 25 === 0) columns.push(probabilities);
      chosen.push(omegas[factor]!);
      costs.push(cost);
      if (t % 10 === 0) {
        log(t, { sweeps: mean(costs.slice(-100)) });
        progress(t / instances);
      }
      if (columns.length > 0 && (t % 250 === 0 || t === instances)) show('probability', probabilityFigure(columns, t));
    }
    const half = Math.floor(instances / 2);
    log(instances, { mean_sweeps: mean(costs.slice(half)) });

    if (arm === 'chebyshev') {
      const late = systems.slice(half);
      const sampled = late.filter((_, i) => (half + i) % 10 === 0);
      const best = sampled.map((system) => omegas[bestFactor(system)]!);
      const shifts = (of: readonly ShiftedLaplacian[]) => of.map(({ shift }) => shift);
      show('factor-by-context', {
        title: 'Factor by shift, second half of the stream',
        x: { label: 'diagonal shift' },
        y: { label: 'relaxation factor', min: 1, max: 2 },
        layers: [
          { type: 'points', label: 'chosen', x: shifts(late), y: chosen.slice(half) },
          { type: 'points', label: 'best of the system', x: shifts(sampled), y: best },
        ],
      });
    }
  },

  claim: {
    statement:
      'From iteration counts alone the bandit approaches the best fixed factor, and with the shift as context the learner beats every fixed factor.',
    check({ final }) {
      type Name = Parameters<typeof final>[0];
      const ratio = (arm: Name, other: Name) => final(arm, 'mean_sweeps', 'mean') / final(other, 'mean_sweeps', 'mean');
      return [
        atMost('sweeps, Tsallis-INF over best fixed', ratio('tsallis_inf', 'best_fixed'), 1.3),
        atMost('sweeps, Tsallis-INF over Gauss-Seidel', ratio('tsallis_inf', 'gauss_seidel'), 0.35),
        atMost('sweeps, contextual over best fixed', ratio('chebyshev', 'best_fixed'), 0.8),
        atMost('sweeps, contextual over best of each', ratio('chebyshev', 'instance_best'), 1.35),
      ];
    },
  },
});

function probabilityFigure(columns: readonly number[][], rounds: number): Figure {
  const values = columns[0]!.map((_, factor) => columns.map((column) => column[factor]!));
  return {
    title: 'Probability of each factor',
    x: { label: 'system', min: 0, max: rounds },
    y: { label: 'relaxation factor', min: 1, max: 1.95 },
    layers: [{ type: 'heatmap', label: 'probability', values, min: 0, max: 1 }],
  };
}
