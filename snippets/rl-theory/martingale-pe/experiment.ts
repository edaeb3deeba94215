import { atLeast, atMost, experiment, float, int, type Curve, type Figure, type Rng } from 'marginalia';

// Policy Evaluation and Temporal-Difference Learning in Continuous Time and Space: A Martingale Approach
// Jia and Zhou, JMLR 2022, arXiv 2108.06655
//
// J is the value function where J(t, X_t) is a martingale (equation: Martingale characterisation). The squared TD error does
// not ask for that: on a fine grid it minimises the quadratic variation (equation: Why squared TD errors fail). The martingale
// loss and conditions that are linear in the increments do (equations: Martingale loss, Orthogonality conditions and CTD(0)).
// Here X is a Brownian motion from 0, the payoff at T = 1 is x^2, and V(t, x) = x^2 + 1 - t lies in the linear family
// J(t, x) = x^2 + theta_1 (1 - t) + theta_2 (1 - t) x^2 at (1, 0). The quadratic variation is least at theta_2 = -2.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet ctd0-update
/**
 * One update of continuous-time TD(0), in place (equation: Orthogonality conditions and CTD(0)). The value is
 * J = base + feat . theta, and base alone is the payoff at the end, where all features are 0.
 *
 * @param feat features at the left end of the interval, where the test function must be taken.
 * @param featNext features at its right end, `baseNext` the base there.
 * @param rewardDt running reward times the length of the interval.
 * @param alpha learning rate.
 */
export function ctd0(
  theta: Float64Array,
  feat: Float64Array,
  featNext: Float64Array,
  base: number,
  baseNext: number,
  rewardDt: number,
  alpha: number,
): void {
  // dM = dJ + r dt: its expectation is 0 for the true value function, and only its expectation.
  let increment = baseNext - base + rewardDt;
  for (let j = 0; j < theta.length; j++) increment += (featNext[j]! - feat[j]!) * theta[j]!;
  for (let j = 0; j < theta.length; j++) theta[j]! += alpha * feat[j]! * increment;
}
// #endregion

/** Features f(t, x) of the family; the base is g(x) = x^2. */
const features = (t: number, x: number) => Float64Array.of(1 - t, (1 - t) * x * x);

export type Estimator = 'martingale_loss' | 'ctd0' | 'ctd_lambda' | 'mstde' | 'right_end';

/**
 * What an estimator makes of all paths at once: a linear system A theta = b of two equations, summed over all steps.
 *
 * @param paths values of X at the times i / K, for i = 0 … K.
 * @param lambda decay of the trace over a unit of time, for `ctd_lambda`.
 */
export function estimate(estimator: Estimator, paths: readonly Float64Array[], lambda = 0): Float64Array {
  let [a11, a12, a21, a22, b1, b2] = [0, 0, 0, 0, 0, 0];
  for (const path of paths) {
    const K = path.length - 1;
    const end = path[K]! ** 2;
    const decay = lambda ** (1 / K);
    let [trace1, trace2] = [0, 0];
    for (let i = 0; i < K; i++) {
      const [base, baseNext] = [path[i]! ** 2, path[i + 1]! ** 2];
      const [left1, right1] = [1 - i / K, 1 - (i + 1) / K];
      const [left2, right2] = [left1 * base, right1 * baseNext];
      trace1 = left1 + decay * trace1;
      trace2 = left2 + decay * trace2;
      // Sums up test (change . theta + baseChange) = 0. The normal equations of a squared error are of this form too, with
      // the error's own derivative as test function.
      let [change1, change2, baseChange] = [right1 - left1, right2 - left2, baseNext - base];
      let [test1, test2] = [left1, left2];
      if (estimator === 'martingale_loss') [change1, change2, baseChange] = [left1, left2, base - end];
      if (estimator === 'ctd_lambda') [test1, test2] = [trace1, trace2];
      if (estimator === 'mstde') [test1, test2] = [change1, change2];
      if (estimator === 'right_end') [test1, test2] = [right1, right2];
      a11 += test1 * change1;
      a12 += test1 * change2;
      a21 += test2 * change1;
      a22 += test2 * change2;
      b1 -= test1 * baseChange;
      b2 -= test2 * baseChange;
    }
  }
  const determinant = a11 * a22 - a12 * a21;
  return Float64Array.of((b1 * a22 - a12 * b2) / determinant, (a11 * b2 - b1 * a21) / determinant);
}

/** The same estimators as descent with one path an episode, all with the learning rates of `ctd0`. */
function learnFrom(estimator: Estimator, path: Float64Array, theta: Float64Array, alpha: number): void {
  const K = path.length - 1;
  for (let i = 0; i < K; i++) {
    const [left, right] = [features(i / K, path[i]!), features((i + 1) / K, path[i + 1]!)];
    const [base, baseNext] = [path[i]! ** 2, path[i + 1]! ** 2];
    if (estimator === 'ctd0') {
      ctd0(theta, left, right, base, baseNext, 0, alpha);
      continue;
    }
    // Both errors are linear in theta: error = baseError + slope . theta.
    const isLoss = estimator === 'martingale_loss';
    const [slope1, slope2] = isLoss ? left : [right[0]! - left[0]!, right[1]! - left[1]!];
    const baseError = isLoss ? base - path[K]! ** 2 : baseNext - base;
    const error = baseError + slope1! * theta[0]! + slope2! * theta[1]!;
    theta[0]! -= alpha * (isLoss ? 1 / K : 1) * slope1! * error;
    theta[1]! -= alpha * (isLoss ? 1 / K : 1) * slope2! * error;
  }
}

// --- The testbed: a Brownian motion and its square ---------------------------------------------------------------------------

export function drawPath(rng: Rng, K: number): Float64Array {
  const path = new Float64Array(K + 1);
  for (let i = 0; i < K; i++) path[i + 1] = path[i]! + rng.normal(0, Math.sqrt(1 / K));
  return path;
}

/** Root of the mean square of J - V over the time and the law of X, from the moments t and 3 t^2 of x^2. */
export function valueError([theta1, theta2]: ArrayLike<number> & Iterable<number>): number {
  const a = theta1! - 1;
  return Math.sqrt(a ** 2 / 3 + (a * theta2!) / 6 + theta2! ** 2 / 10);
}

// --- The experiment -----------------------------------------------------------------------------------------------------

const grids = [10, 30, 100, 300] as const;
const episodes = 1000;

export default experiment({
  paper: 'martingale-pe',
  seeds: 16,
  question:
    'As the time step shrinks, do the martingale loss and the orthogonality conditions find the true value function while mean-square TD error converges to the quadratic-variation minimiser?',
  params: {
    paths: int(1000, { min: 50, max: 20_000, about: 'simulated paths' }),
    lambda: float(0.5, { min: 0, max: 1, about: 'decay of the trace of CTD(lambda) over a unit of time' }),
    alpha: float(0.05, { min: 0.001, max: 0.5, about: 'first learning rate of the online versions' }),
  },
  arms: {
    martingale_loss: { role: 'method', about: 'least squares of payoff minus value along the path' },
    ctd0: { role: 'method', about: 'orthogonality to the features at the left end: continuous LSTD(0)' },
    ctd_lambda: { role: 'method', about: 'orthogonality to a decaying sum of the features so far' },
    mstde: { role: 'baseline', about: 'least squares of the TD error' },
    right_end: { role: 'ablation', about: 'as CTD(0) with the test function at the right end, not adapted' },
  },
  metrics: {
    theta1: {
      better: 'neither',
      unit: 'coefficient',
      about: 'of 1 - t; the truth is 1',
      step: 'steps a path K',
      stepScale: 'log',
    },
    theta2: {
      better: 'neither',
      unit: 'coefficient',
      about: 'of (1 - t) x^2; the truth is 0',
      step: 'steps a path K',
      stepScale: 'log',
    },
    value_rmse: {
      better: 'lower',
      unit: 'payoff',
      about: 'error of J',
      step: 'steps a path K',
      stepScale: 'log',
      scale: 'log',
    },
    online_rmse: {
      better: 'lower',
      unit: 'payoff',
      about: 'error of J learned online on 100 steps a path',
      step: 'episode',
      scale: 'log',
    },
  },

  trial({ arm, params, rng, log, show, progress }) {
    for (const [i, K] of grids.entries()) {
      const pathRng = rng.split(`paths of ${K} steps`);
      const paths = Array.from({ length: params.paths }, () => drawPath(pathRng, K));
      const theta = estimate(arm, paths, params.lambda);
      log(K, { theta1: theta[0]!, theta2: theta[1]!, value_rmse: valueError(theta) });
      show('value', slice(theta, K));
      progress((0.6 * (i + 1)) / grids.length);
    }

    if (arm === 'right_end' || arm === 'ctd_lambda') return;
    const pathRng = rng.split('episodes');
    const theta = new Float64Array(2);
    for (let episode = 0; episode < episodes; episode++) {
      if (episode % 10 === 0) log(episode, { online_rmse: valueError(theta) });
      learnFrom(arm, drawPath(pathRng, 100), theta, params.alpha / (1 + 0.02 * episode));
    }
    log(episodes, { online_rmse: valueError(theta) });
  },

  claim: {
    statement:
      'Mean-square TD error is the wrong objective in continuous time (it converges to the quadratic-variation minimiser as the mesh shrinks), while martingale loss and orthogonality conditions recover the value function.',
    check({ at, paired }) {
      const finest = grids.length - 1;
      const theta2 = (arm: Estimator, K: number) => at(arm, 'theta2', K, 'mean');
      const worst = (arm: Estimator, metric: 'theta1' | 'theta2', truth: number) =>
        Math.max(...grids.map((K) => Math.abs(at(arm, metric, K, 'mean') - truth)));
      const errorRatio = (rival: Estimator) =>
        paired(
          (of: (arm: Estimator, metric: 'value_rmse') => Curve) =>
            of('mstde', 'value_rmse').values[finest]! / of(rival, 'value_rmse').values[finest]!,
        );
      return [
        atLeast('error on the finest grid, squared TD over CTD(0)', errorRatio('ctd0'), 3),
        atLeast('error on the finest grid, squared TD over martingale loss', errorRatio('martingale_loss'), 3),
        atMost('squared TD on the finest grid, theta 2 away from -2', Math.abs(theta2('mstde', 300) + 2), 0.1),
        atMost(
          'the same over that on the coarsest grid',
          Math.abs(theta2('mstde', 300) + 2) / Math.abs(theta2('mstde', 10) + 2),
          0.5,
        ),
        ...(['martingale_loss', 'ctd0'] as const).flatMap((arm) => [
          atMost(`${arm}, theta 1 away from 1, worst grid`, worst(arm, 'theta1', 1), 0.1),
          atMost(`${arm}, theta 2 away from 0, worst grid`, worst(arm, 'theta2', 0), 0.25),
        ]),
      ];
    },
  },
});

/** J(1/2, x) against the truth. */
function slice(theta: Float64Array, K: number): Figure {
  const x = Array.from({ length: 61 }, (_, i) => (i - 30) / 15);
  const value = (at: number) => features(0.5, at).reduce((sum, f, j) => sum + f * theta[j]!, at * at);
  return {
    title: `Value half-way, from ${K} steps a path`,
    x: { label: 'x', min: -2, max: 2 },
    y: { label: 'J(1/2, x)' },
    layers: [
      { type: 'line', label: 'truth', x, y: x.map((at) => at * at + 0.5) },
      { type: 'line', label: 'estimate', x, y: x.map(value) },
    ],
  };
}
