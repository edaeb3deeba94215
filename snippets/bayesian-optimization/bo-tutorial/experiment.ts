import { atMost, choleskyFactor, covarianceMatrix, dot, experiment, float, int, matern52 } from 'marginalia';
import { normalDensity, normalProbability, type Figure, type Rng } from 'marginalia';

// A Tutorial on Bayesian Optimization
// Frazier, 2018, arXiv 1807.02811
//
// The highest point of a costly function is sought with few evaluations. A Gaussian process says what is known after each
// (equation: GP posterior), and the next one is taken where one more evaluation is worth most: by the improvement on the best
// value (equation: Expected improvement) or on the best posterior mean (equation: Knowledge gradient).
// Here functions are drawn from the process itself on a grid of the unit square, so that only the rules differ, and evaluated
// without noise and with it. Under noise the improvement is the tutorial's: of the best posterior mean of the evaluated points.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet bayes-opt
/**
 * Expected improvement of each candidate on the best value so far, for maximisation (equation: Expected improvement).
 *
 * @param mu posterior mean of each candidate; `sigma` its posterior deviation, 0 where the value is known.
 * @param incumbent the best value seen.
 */
export function expectedImprovement(mu: Float64Array, sigma: Float64Array, incumbent: number): Float64Array {
  const density = (z: number) => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  // Of the standard normal distribution: Marsaglia's series, and far out the continued fraction of Mills' ratio.
  const probability = (z: number) => {
    if (Math.abs(z) > 5) {
      let ratio = Math.abs(z);
      for (let k = 60; k > 0; k--) ratio = Math.abs(z) + k / ratio;
      return z < 0 ? density(z) / ratio : 1 - density(z) / ratio;
    }
    let [term, sum] = [z, z];
    for (let odd = 3; sum + term !== sum; odd += 2) sum += term *= (z * z) / odd;
    return 0.5 + sum * density(z);
  };
  return mu.map((mean, i) => {
    const delta = mean - incumbent;
    if (sigma[i]! <= 0) return Math.max(delta, 0);
    const z = delta / sigma[i]!;
    return Math.max(0, delta * probability(z) + sigma[i]! * density(z));
  });
}
// #endregion

/**
 * E max_i (intercepts_i + slopes_i Z) for a standard normal Z, exactly: along the upper envelope of the lines, from the line
 * that is highest on the far left to the one that is on the far right.
 */
export function expectedMaximum(intercepts: Float64Array, slopes: Float64Array): number {
  let i = 0;
  for (let j = 1; j < slopes.length; j++) {
    if (slopes[j]! < slopes[i]! || (slopes[j] === slopes[i] && intercepts[j]! > intercepts[i]!)) i = j;
  }
  let [sum, from] = [0, -Infinity];
  for (;;) {
    // The first of the steeper lines to cross this one takes over; of several at one place the steepest.
    let [next, to] = [i, Infinity];
    for (let j = 0; j < slopes.length; j++) {
      if (slopes[j]! <= slopes[i]!) continue;
      const crossing = (intercepts[i]! - intercepts[j]!) / (slopes[j]! - slopes[i]!);
      if (crossing < to || (crossing === to && slopes[j]! > slopes[next]!)) [next, to] = [j, crossing];
    }
    sum += intercepts[i]! * (normalProbability(to) - normalProbability(from));
    sum += slopes[i]! * (normalDensity(from) - normalDensity(to));
    if (next === i) return sum;
    [i, from] = [next, to];
  }
}

/** What is known about the values at all points of the grid: their joint normal distribution. */
export interface Belief {
  readonly mu: Float64Array;
  /** Covariance, points x points. */
  readonly C: Float64Array;
}

const deviations = ({ mu, C }: Belief) => mu.map((_, x) => Math.sqrt(Math.max(0, C[x * mu.length + x]!)));

/** Conditions on the value y at point i with noise of variance lambda, in place (equation: GP posterior, one value at a time). */
export function observe({ mu, C }: Belief, i: number, y: number, lambda: number): void {
  const n = mu.length;
  const column = C.slice(i * n, (i + 1) * n);
  const surprise = (y - mu[i]!) / (column[i]! + lambda);
  for (let a = 0; a < n; a++) {
    const gain = column[a]! / (column[i]! + lambda);
    const row = C.subarray(a * n, (a + 1) * n);
    mu[a]! += column[a]! * surprise;
    for (let b = 0; b < n; b++) row[b]! -= gain * column[b]!;
  }
}

/**
 * Highest posterior mean among `points` that is to be expected after an evaluation at x (equations: Knowledge gradient, Mean
 * update used to simulate KG). What it is above today's is the knowledge gradient, with all points, and the improvement under
 * noise, with the evaluated ones and x. Today's is the same for every x.
 */
export function expectedBest({ mu, C }: Belief, x: number, points: readonly number[], lambda: number): number {
  const row = x * mu.length;
  // Where the value is known already, nothing moves.
  const scale = Math.sqrt(Math.max(0, C[row + x]!) + lambda) || 1;
  const means = new Float64Array(points.length);
  const slopes = new Float64Array(points.length);
  for (let i = 0; i < points.length; i++) {
    means[i] = mu[points[i]!]!;
    slopes[i] = C[row + points[i]!]! / scale;
  }
  return expectedMaximum(means, slopes);
}

// --- The rules ------------------------------------------------------------------------------------------------------------

type Rule = 'ei' | 'kg' | 'ucb' | 'naive_ei' | 'greedy' | 'random';

/** What a rule says of every point after some evaluations; -Infinity for what it does not consider. */
function scoresOf(rule: Rule, belief: Belief, seen: readonly number[], best: number, lambda: number, rng: Rng) {
  const { mu } = belief;
  const sigma = deviations(belief);
  const points = [...mu.keys()];
  let scores: Float64Array = mu.map(() => -Infinity);
  if (rule === 'random') scores = mu.map(() => rng.uniform());
  else if (rule === 'greedy') scores = mu.slice();
  else if (rule === 'ucb') scores = mu.map((mean, x) => mean + 2 * sigma[x]!);
  else if (rule === 'naive_ei' || (rule === 'ei' && lambda === 0)) scores = expectedImprovement(mu, sigma, best);
  else if (rule === 'ei') scores = mu.map((_, x) => expectedBest(belief, x, [...seen, x], lambda));
  else {
    const candidates = rng.shuffle(points).slice(0, 60);
    for (const x of [...candidates, highest(mu, points)]) scores[x] = expectedBest(belief, x, points, lambda);
  }
  // Without noise nothing is learned where one has been; under noise one may come back, unless the rule knows no doubt.
  if (lambda === 0 || rule === 'greedy' || rule === 'random') for (const x of seen) scores[x] = -Infinity;
  return scores;
}

/** Of some points the one with the highest value. */
function highest(values: Float64Array, points: readonly number[]): number {
  return points.reduce((top, point) => (values[point]! > values[top]! ? point : top), points[0]!);
}

export default experiment({
  paper: 'bo-tutorial',
  question:
    'For the same number of evaluations, how much simple regret do EI, KG and upper-confidence acquisition remove compared with random search, and what does noise change?',
  seeds: 32,
  params: {
    budget: int(30, { min: 6, max: 80, about: 'evaluations, of which the first 4 are at random' }),
    grid: int(20, { min: 6, max: 35, about: 'points on each axis' }),
    length_scale: float(0.2, { min: 0.05, max: 1, about: 'of the functions' }),
    believed: float(0.2, { min: 0.05, max: 1, about: 'length scale that the rules believe in' }),
    noise_variance: float(0.25, { min: 0.01, max: 2, about: 'lambda of the noisy evaluations' }),
    functions: int(2, { min: 1, max: 20, about: 'functions a trial' }),
  },
  arms: {
    ei: { role: 'method', about: 'expected improvement; under noise that of the best posterior mean' },
    kg: { role: 'method', about: 'knowledge gradient of 60 random candidates' },
    ucb: { role: 'baseline', about: 'posterior mean plus two deviations' },
    naive_ei: { role: 'baseline', about: 'expected improvement on the highest noisy value' },
    random: { role: 'baseline', about: 'points at random' },
    greedy: { role: 'ablation', about: 'the highest posterior mean: doubt has no price' },
  },
  metrics: {
    regret: { better: 'lower', unit: 'value', about: 'max f minus f at the reported point', step: 'evaluation' },
    noisy_regret: { better: 'lower', unit: 'value', about: 'the same with noisy values', step: 'evaluation' },
    needed: { better: 'lower', unit: 'evaluations', about: 'until the regret is below 0.1; budget + 1 where never' },
  },
  trial({ arm, params, rng, log, show, progress }) {
    const { budget, grid, length_scale, believed, functions } = params;
    const points = Array.from({ length: grid * grid }, (_, i) => place(i, grid));
    const covarianceWith = (lengthScale: number) => covarianceMatrix(matern52({ lengthScale, variance: 1 }), points);
    const truth = covarianceWith(length_scale);
    for (let i = 0; i < points.length; i++) truth[i * points.length + i]! += 1e-8;
    const factor = choleskyFactor(truth, points.length);
    const prior = covarianceWith(believed);

    const regrets = { regret: new Float64Array(budget), noisy_regret: new Float64Array(budget) };
    let needed = 0;
    for (let n = 0; n < functions; n++) {
      const draw = rng.split(`function ${n}`);
      const normals = Float64Array.from(points, () => draw.normal());
      const f = normals.map((_, i) => dot(factor.subarray(i * points.length, i * points.length + i + 1), normals));
      const start = draw.shuffle([...f.keys()]).slice(0, 4);
      for (const metric of ['regret', 'noisy_regret'] as const) {
        const lambda = metric === 'regret' ? 0 : params.noise_variance;
        const belief = { mu: new Float64Array(points.length), C: prior.slice() };
        const [noise, chance] = [rng.split(`noise ${n}`), rng.split(`candidates ${n}`)];
        const seen: number[] = [];
        let best = -Infinity;
        let reached = budget + 1;
        for (let t = 0; t < budget; t++) {
          const scores = t < 4 ? undefined : scoresOf(arm, belief, seen, best, lambda, chance);
          const x = scores ? highest(scores, [...f.keys()]) : start[t]!;
          const y = f[x]! + noise.normal(0, Math.sqrt(lambda));
          best = Math.max(best, y);
          seen.push(x);
          // A trace of noise keeps rounding from the covariance where a value is known.
          observe(belief, x, y, lambda + 1e-8);
          const regret = Math.max(...f) - f[highest(belief.mu, seen)]!;
          regrets[metric][t]! += regret / functions;
          if (regret < 0.1) reached = Math.min(reached, t + 1);
          if (n === 0 && scores && (t % 5 === 0 || t === budget - 1)) {
            show(`${metric}, function`, surface('The function', f, grid, seen));
            show(`${metric}, mean`, surface('Posterior mean', belief.mu, grid, seen));
            show(`${metric}, deviation`, surface('Posterior deviation', deviations(belief), grid, seen));
            const lowest = Math.min(...scores.filter(Number.isFinite));
            const worth = scores.map((score) => Math.max(score, lowest));
            show(`${metric}, worth`, surface('What the rule said of each point', worth, grid, seen));
          }
        }
        if (metric === 'regret') needed += reached / functions;
        progress((n + (metric === 'regret' ? 0.5 : 1)) / functions);
      }
    }
    for (let t = 0; t < budget; t++) log(t + 1, { regret: regrets.regret[t]!, noisy_regret: regrets.noisy_regret[t]! });
    log(budget, { needed });
  },
  claim: {
    statement:
      'Decision-theoretic acquisition on a GP posterior locates the optimum with far fewer evaluations than random search; under noise, acquisitions defined on the posterior mean stay reliable.',
    check({ final }) {
      const over = (arm: Rule, rival: Rule, metric: 'regret' | 'noisy_regret') =>
        final(arm, metric, 'mean') / final(rival, metric, 'mean');
      return [
        atMost('regret without noise, EI over random', over('ei', 'random', 'regret'), 0.3),
        atMost('regret without noise, KG over random', over('kg', 'random', 'regret'), 0.4),
        atMost('regret without noise, EI over greedy', over('ei', 'greedy', 'regret'), 0.5),
        atMost('noisy regret, EI over random', over('ei', 'random', 'noisy_regret'), 0.8),
        atMost('noisy regret, KG over random', over('kg', 'random', 'noisy_regret'), 0.85),
      ];
    },
  },
});

/** Where point i of the grid lies in the unit square. */
const place = (i: number, grid: number) => [(i % grid) / (grid - 1), Math.floor(i / grid) / (grid - 1)] as const;

/** Values on the grid, and where the function was evaluated. */
function surface(title: string, values: Float64Array, grid: number, seen: readonly number[]): Figure {
  const rows = Array.from({ length: grid }, (_, row) => [...values.subarray(row * grid, (row + 1) * grid)]);
  const places = seen.map((i) => place(i, grid));
  return {
    title,
    x: { label: 'x1', min: 0, max: 1 },
    y: { label: 'x2', min: 0, max: 1 },
    layers: [
      { type: 'heatmap', label: 'value', values: rows },
      { type: 'points', label: 'evaluated', x: places.map(([x]) => x), y: places.map(([, y]) => y) },
    ],
  };
}
