import { atMost, choice, experiment, float, int, mean, type Rng } from 'marginalia';

// Learning to Relax: Setting Solver Parameters Across a Sequence of Linear System Instances
// Khodak, Chow, Balcan and Talwalkar, ICLR 2024, arXiv 2310.02246
//
// A simulation solves one linear system after another by successive over-relaxation (equation: SOR sweep). How many
// sweeps a system takes depends on the relaxation factor, and the number of sweeps is all that is seen. Tsallis-INF treats
// a grid of factors as the arms of a bandit; the contextual learner also knows each system's diagonal shift and predicts
// every factor's cost from it by Chebyshev regression.

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

export interface System {
  /** Added to the diagonal of the 5-point Laplacian (4 on the diagonal, -1 to each neighbour). */
  readonly shift: number;
  /** Right-hand side, side x side in row order, in a frame of zeros one wide. */
  readonly rhs: Float64Array;
}

/** Sweeps until the residual's norm is at most `tolerance` times the right-hand side's, starting from 0; at most `limit`. */
export function sorSweeps({ shift, rhs }: System, omega: number, tolerance: number, limit: number): number {
  const width = Math.sqrt(rhs.length);
  const x = new Float64Array(rhs.length);
  const diagonal = 4 + shift;
  const step = omega / diagonal;
  const goal = tolerance ** 2 * rhs.reduce((sum, value) => sum + value * value, 0);
  for (let sweep = 1; sweep <= limit; sweep++) {
    for (let row = 1; row < width - 1; row++) {
      for (let i = row * width + 1; i < (row + 1) * width - 1; i++) {
        const neighbours = x[i - width]! + x[i - 1]! + x[i + 1]! + x[i + width]!;
        x[i] = (1 - omega) * x[i]! + step * (rhs[i]! + neighbours);
      }
    }
    let residual = 0;
    for (let row = 1; row < width - 1 && residual <= goal; row++) {
      for (let i = row * width + 1; i < (row + 1) * width - 1; i++) {
        const neighbours = x[i - width]! + x[i - 1]! + x[i + 1]! + x[i + width]!;
        residual += (rhs[i]! + neighbours - diagonal * x[i]!) ** 2;
      }
    }
    if (residual <= goal) return sweep;
  }
  return limit;
}

/** The factor of fastest asymptotic convergence (equation: Classical optimum); what a person who knows the spectrum would set. */
export function classicalOptimum(shift: number, side: number): number {
  const beta = (4 * Math.cos(Math.PI / (side + 1))) / (4 + shift);
  return 2 / (1 + Math.sqrt(1 - beta ** 2));
}

const shiftRange = 0.6;

/** The lowest shift keeps the matrix positive definite: -0.15 on the 10 x 10 grid, as near its smallest eigenvalue on others. */
function lowestShift(side: number): number {
  const smallest = (points: number) => 8 * Math.sin(Math.PI / (2 * (points + 1))) ** 2;
  return (-0.15 * smallest(side)) / smallest(10);
}

function drawSystem(rng: Rng, side: number, contexts: 'wide' | 'narrow'): System {
  const share = contexts === 'wide' ? rng.beta(1 / 2, 3 / 2) : rng.beta(2, 6);
  const rhs = new Float64Array((side + 2) ** 2);
  for (let row = 1; row <= side; row++) {
    for (let column = 1; column <= side; column++) rhs[row * (side + 2) + column] = rng.normal();
  }
  return { shift: lowestShift(side) + shiftRange * share, rhs };
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
    contexts: choice('wide', {
      choices: ['wide', 'narrow'],
      about: 'spread of the shifts: Beta(1/2, 3/2) or Beta(2, 6)',
    }),
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
    mean_sweeps: {
      better: 'lower',
      unit: 'sweeps',
      about: 'average over the second half of the stream',
      step: 'system',
    },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { instances, grid_side, factors, tolerance, contexts } = params;
    const systemsRng = rng.split('systems');
    const systems = Array.from({ length: instances }, () => drawSystem(systemsRng, grid_side, contexts));
    const omegas = Array.from({ length: factors }, (_, i) => 1 + (0.95 * i) / (factors - 1));
    const solve = (system: System, factor: number, limit = sweepLimit) =>
      sorSweeps(system, omegas[factor]!, tolerance, limit);

    /** From theory's factor outwards; one that is already worse than the best so far is not followed to its end. */
    function bestFactor(system: System): { factor: number; cost: number } {
      const start = classicalOptimum(system.shift, grid_side);
      const order = omegas.map((_, factor) => factor);
      order.sort((a, b) => Math.abs(omegas[a]! - start) - Math.abs(omegas[b]! - start));
      let best = { factor: 0, cost: sweepLimit + 1 };
      for (const factor of order) {
        const cost = solve(system, factor, best.cost);
        if (cost < best.cost) best = { factor, cost };
      }
      return best;
    }

    function bestFixedFactor(): number {
      const totals = omegas.map(() => 0);
      for (let t = 0; t < instances; t += 10) {
        for (let factor = 0; factor < factors; factor++) totals[factor]! += solve(systems[t]!, factor);
      }
      return totals.indexOf(Math.min(...totals));
    }

    const learner =
      arm === 'tsallis_inf' ? tsallisInf(factors) : arm === 'chebyshev' ? chebyshevBandit(factors) : undefined;
    const fixed = arm === 'best_fixed' ? bestFixedFactor() : 0;
    const draws = rng.split('draws');
    const columns: number[][] = [];
    const chosen: number[] = [];
    const costs: number[] = [];

    for (let t = 1; t <= instances; t++) {
      const system = systems[t - 1]!;
      const context = (2 * (system.shift - lowestShift(grid_side))) / shiftRange - 1;
      let factor: number;
      let cost: number;
      if (learner !== undefined) {
        const probabilities = learner.probabilities(t, context);
        factor = draws.weighted(probabilities);
        cost = solve(system, factor);
        learner.observe(factor, probabilities[factor]!, cost, context);
        if (t % 25 === 0) columns.push(probabilities.map((p) => Math.round(p * 1e4) / 1e4));
      } else if (arm === 'instance_best') {
        ({ factor, cost } = bestFactor(system));
      } else {
        factor = arm === 'random_factor' ? draws.int(0, factors) : fixed;
        cost = solve(system, factor);
      }
      chosen.push(omegas[factor]!);
      costs.push(cost);
      if (t % 10 === 0) {
        log(t, { sweeps: mean(costs.slice(-100)) });
        progress(t / instances);
      }
      if (columns.length > 0 && (t % 250 === 0 || t === instances)) show('probability', probabilityFigure(columns, t));
    }
    log(instances, { mean_sweeps: mean(costs.slice(Math.floor(instances / 2))) });

    if (arm === 'chebyshev') {
      const late = systems.map((_, t) => t).slice(Math.floor(instances / 2));
      const sampled = late.filter((t) => t % 10 === 0);
      show('factor-by-context', {
        title: 'Factor by shift, second half of the stream',
        x: { label: 'diagonal shift' },
        y: { label: 'relaxation factor', min: 1, max: 2 },
        layers: [
          { type: 'points', label: 'chosen', x: late.map((t) => systems[t]!.shift), y: late.map((t) => chosen[t]!) },
          {
            type: 'points',
            label: 'best of the system',
            x: sampled.map((t) => systems[t]!.shift),
            y: sampled.map((t) => omegas[bestFactor(systems[t]!).factor]!),
          },
        ],
      });
    }
  },

  claim: {
    statement:
      'From iteration counts alone the bandit approaches the best fixed factor, and with the shift as context the learner beats every fixed factor.',
    check({ final }) {
      const bandit = final('tsallis_inf', 'mean_sweeps', 'mean');
      const contextual = final('chebyshev', 'mean_sweeps', 'mean');
      const bestFixed = final('best_fixed', 'mean_sweeps', 'mean');
      return [
        atMost('sweeps, Tsallis-INF over best fixed', bandit / bestFixed, 1.3),
        atMost('sweeps, Tsallis-INF over Gauss-Seidel', bandit / final('gauss_seidel', 'mean_sweeps', 'mean'), 0.35),
        atMost('sweeps, contextual over best fixed', contextual / bestFixed, 0.8),
        atMost(
          'sweeps, contextual over best of each',
          contextual / final('instance_best', 'mean_sweeps', 'mean'),
          1.35,
        ),
      ];
    },
  },
});

function probabilityFigure(columns: readonly (readonly number[])[], rounds: number) {
  return {
    title: 'Probability of each factor',
    x: { label: 'system', min: 0, max: rounds },
    y: { label: 'relaxation factor', min: 1, max: 1.95 },
    layers: [
      {
        type: 'heatmap' as const,
        label: 'probability',
        values: columns[0]!.map((_, factor) => columns.map((column) => column[factor]!)),
        min: 0,
        max: 1,
      },
    ],
  };
}
