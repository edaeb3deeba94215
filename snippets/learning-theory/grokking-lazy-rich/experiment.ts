import { atLeast, atMost, experiment, float, int, type Rng } from 'marginalia';

// Grokking as the Transition from Lazy to Rich Training Dynamics
// Kumar, Bordelon, Gershman and Pehlevan, ICLR 2024, arXiv 2310.06110
//
// A network whose output is multiplied by a large alpha fits its training set while its features hardly move, as a kernel
// machine (equation: Initial neural tangent kernel); only the slow rest of the dynamics finds features that generalise. With
// the rate over alpha squared the fit itself takes as long for every alpha (equation: Gradient flow with laziness-corrected
// rate). Here the target is x_1^2 / 2 in D dimensions (equation: Model and target), and the test loss is its expectation over
// all inputs in closed form (equation: Sufficient statistics of the test loss).

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet lazy-output-scale
/**
 * One step of descent, in place, for a model whose output is alpha / width times a sum over units (equation: Gradient flow
 * with laziness-corrected rate): the loss begins to fall as fast for every alpha.
 *
 * @param w weights.
 * @param grad gradient of half the mean squared error with respect to them.
 * @param rate step size eta.
 * @param width number of units N.
 * @param alpha output scale, above 0: the larger, the less the features move.
 */
export function lazyScaledStep(w: Float64Array, grad: Float64Array, rate: number, width: number, alpha: number): void {
  const factor = (rate * width) / alpha ** 2;
  for (let i = 0; i < w.length; i++) w[i]! -= factor * grad[i]!;
}
// #endregion

/** The model f(x) = alpha / N sum_i phi(w_i . x / sqrt(D)), phi(h) = h + epsilon / 2 h^2, less what it was at first. */
export interface Model {
  readonly alpha: number;
  readonly epsilon: number;
  readonly width: number;
  readonly dim: number;
  /** Weights now and at first, [N, D], and the moments of the first. */
  readonly w: Float64Array;
  readonly w0: Float64Array;
  readonly first: Float64Array;
  /** Linearised at the first weights: a kernel machine whose features cannot move. */
  readonly frozen: boolean;
}

/** A model with normal weights, of standard deviation `along` in the target's direction and 1 in the others. */
export function newModel(rng: Rng, along: number, options: Omit<Model, 'w' | 'w0' | 'first'>): Model {
  const { width, dim } = options;
  const w0 = Float64Array.from({ length: width * dim }, (_, i) => rng.normal(0, i % dim === 0 ? along : 1));
  return { ...options, w: w0.slice(), w0, first: moments(dim, w0) };
}

/**
 * Since phi is a parabola, the outputs are linear in D (D + 3) / 2 numbers: the mean of the weights, and the lower triangle of
 * their second moments M = mean of w_i w_i'. These are what they are multiplied with for each input, [P, D (D + 3) / 2].
 */
export function featuresOf(x: Float64Array, dim: number): Float64Array {
  const features: number[] = [];
  for (let p = 0; p < x.length; p += dim) {
    for (let j = 0; j < dim; j++) features.push(x[p + j]! / Math.sqrt(dim));
    for (let j = 0; j < dim; j++) {
      for (let k = 0; k <= j; k++) features.push((x[p + j]! * x[p + k]!) / dim / (k === j ? 2 : 1));
    }
  }
  return Float64Array.from(features);
}

function moments(dim: number, weights: Float64Array): Float64Array {
  const result = new Float64Array((dim * (dim + 3)) / 2);
  for (let i = 0; i < weights.length; i += dim) {
    for (let j = 0, cell = dim; j < dim; j++) {
      const share = (weights[i + j]! * dim) / weights.length;
      result[j]! += share;
      for (let k = 0; k <= j; k++) result[cell++]! += share * weights[i + k]!;
    }
  }
  return result;
}

/** How far the mean of the weights has come, times alpha, and M, times alpha epsilon. */
export function learnt({ alpha, epsilon, dim, w, w0, first, frozen }: Model): Float64Array {
  const change = moments(dim, w).map((value, cell) => value - first[cell]!);
  if (frozen) {
    // The tangent at w_0 is without what is of second order in the change of the weights.
    const moved = w.map((value, i) => value - w0[i]!);
    moments(dim, moved).forEach((value, cell) => (change[cell]! -= cell < dim ? 0 : value));
  }
  return change.map((value, cell) => alpha * (cell < dim ? 1 : epsilon) * value);
}

/** The model's outputs less the target, y(x) = x_1^2 / 2. */
export function errorsOf(x: Float64Array, features: Float64Array, theta: Float64Array, dim: number): Float64Array {
  const errors = new Float64Array(x.length / dim);
  for (let p = 0; p < errors.length; p++) {
    let sum = -(x[p * dim]! ** 2) / 2;
    for (let cell = 0; cell < theta.length; cell++) sum += features[p * theta.length + cell]! * theta[cell]!;
    errors[p] = sum;
  }
  return errors;
}

/** Gradient of half the mean squared error: (alpha / N) (v + epsilon A w_i), of w_0 where the features are frozen. */
export function gradient(model: Model, features: Float64Array, errors: Float64Array): Float64Array {
  const { alpha, epsilon, width, dim, w, w0, frozen } = model;
  const sums = new Float64Array(features.length / errors.length);
  for (let p = 0; p < errors.length; p++) {
    const error = errors[p]! / errors.length;
    for (let cell = 0; cell < sums.length; cell++) sums[cell]! += error * features[p * sums.length + cell]!;
  }
  const A = square(sums, dim).map((value, cell) => (cell % (dim + 1) === 0 ? 2 * value : value));
  const source = frozen ? w0 : w;
  const result = new Float64Array(w.length);
  for (let i = 0; i < w.length; i += dim) {
    for (let j = 0; j < dim; j++) {
      let sum = 0;
      for (let k = 0; k < dim; k++) sum += A[j * dim + k]! * source[i + k]!;
      result[i + j] = (alpha / width) * (sums[j]! + epsilon * sum);
    }
  }
  return result;
}

/** The symmetric matrix, [D, D], of the lower triangle that follows the first D numbers. */
function square(list: Float64Array, dim: number): Float64Array {
  const result = new Float64Array(dim * dim);
  for (let j = 0, cell = dim; j < dim; j++) {
    for (let k = 0; k <= j; k++) result[j * dim + k] = result[k * dim + j] = list[cell++]!;
  }
  return result;
}

const sumOfSquares = (list: Float64Array) => list.reduce((sum, value) => sum + value * value, 0);

/** Expected squared error over inputs from N(0, I) (equation: Sufficient statistics of the test loss). */
export function testLoss(theta: Float64Array, dim: number): number {
  // beta = sqrt(D) e_1, so that A is alpha epsilon M less D in its first cell.
  const A = square(theta, dim).map((value, cell) => value - (cell === 0 ? dim : 0));
  const trace = A.reduce((sum, value, cell) => sum + (cell % (dim + 1) === 0 ? value : 0), 0);
  return sumOfSquares(theta.subarray(0, dim)) / dim + (2 * sumOfSquares(A) + trace ** 2) / (4 * dim ** 2);
}

const rowsOf = (list: Float64Array, dim: number) =>
  Array.from({ length: list.length / dim }, (_, n) => Array.from(list.subarray(n * dim, (n + 1) * dim)));

/** 1 - cosine of the tangent kernel now and at first, on inputs [P, D] (equation: Initial neural tangent kernel, exactly). */
export function kernelDrift({ epsilon, dim, w, w0 }: Model, x: Float64Array): number {
  const dot = (a: readonly number[], b: readonly number[]) => b.reduce((sum, value, i) => sum + value * a[i]!, 0);
  const inputs = rowsOf(x, dim);
  const scale = epsilon / Math.sqrt(dim);
  const kernel = (weights: Float64Array) => {
    const slopes = inputs.map((input) => rowsOf(weights, dim).map((unit) => 1 + scale * dot(unit, input)));
    return inputs.flatMap((a, p) => inputs.map((b, q) => dot(a, b) * dot(slopes[p]!, slopes[q]!)));
  };
  const [now, first] = [kernel(w), kernel(w0)];
  return 1 - dot(now, first) / Math.sqrt(dot(now, now) * dot(first, first));
}

// --- The experiment -----------------------------------------------------------------------------------------------------

const learntAt = 0.15; // A fifth of the mean squared target, 3/4.
const perStep = { step: 'step + 1', stepScale: 'log' } as const;

export default experiment({
  paper: 'grokking-lazy-rich',
  question:
    'Does the output scale alone, without weight decay, turn simultaneous learning of train and test into delayed generalisation?',
  seeds: 10,
  params: {
    dim: int(20, { min: 5, max: 60, about: 'dimensions D of the inputs' }),
    width: int(40, { min: 10, max: 500, about: 'units N' }),
    train_points: int(130, { min: 20, max: 1000, about: 'training points P' }),
    epsilon: float(0.25, { min: 0.05, max: 2, about: 'share of the square in the activation' }),
    rate: float(5, { min: 0.1, max: 10, about: 'step size eta, before the correction for alpha' }),
    steps: int(2000, { min: 200, max: 40_000, about: 'steps of descent on all training points' }),
  },
  arms: {
    lazy: { role: 'method', about: 'output scale 32' },
    between: { role: 'baseline', about: 'output scale 4' },
    rich: { role: 'baseline', about: 'output scale 1/2' },
    frozen: { role: 'baseline', about: 'output scale 32, linearised at the first weights: the kernel machine' },
    aligned: { role: 'ablation', about: 'output scale 32, first weights 5 times as long along the target' },
    enough_data: { role: 'ablation', about: 'output scale 32, twice the points: enough for the kernel' },
  },
  metrics: {
    test_loss: { better: 'lower', unit: 'mse', about: 'expected over all inputs', scale: 'log', ...perStep },
    train_loss: { better: 'lower', unit: 'mse', about: 'on the training points', scale: 'log', ...perStep },
    gap: { better: 'lower', unit: 'ratio', about: 'steps to learn the test over steps to learn the training points' },
    alignment: { better: 'higher', unit: 'share', about: 'of M learnt along the target', ...perStep },
    kernel_drift: { better: 'neither', unit: '1 - cosine', about: 'tangent kernel, now and at first', ...perStep },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { dim, width, steps, rate } = params;
    const points = params.train_points * (arm === 'enough_data' ? 2 : 1);
    const inputs = rng.split('inputs');
    const x = Float64Array.from({ length: points * dim }, () => inputs.normal());
    const features = featuresOf(x, dim);
    const alpha = { rich: 0.5, between: 4 }[arm as string] ?? 32;
    const options = { alpha, epsilon: params.epsilon, width, dim, frozen: arm === 'frozen' };
    const model = newModel(rng.split('weights'), arm === 'aligned' ? 5 : 1, options);
    let [trainedAt, testedAt] = [steps, steps];
    for (let step = 0, next = 0; step <= steps; step++) {
      const theta = learnt(model);
      const errors = errorsOf(x, features, theta, dim);
      const train_loss = sumOfSquares(errors) / points;
      const test_loss = testLoss(theta, dim);
      if (train_loss < learntAt) trainedAt = Math.min(trainedAt, step);
      if (test_loss < learntAt) testedAt = Math.min(testedAt, step);
      if (step >= next || step === steps) {
        const M = square(theta, dim);
        const alignment = M[0]! / Math.max(Math.sqrt(sumOfSquares(M)), 1e-12);
        const kernel_drift = model.frozen ? 0 : kernelDrift(model, x.subarray(0, 30 * dim));
        log(step + 1, { train_loss, test_loss, alignment, kernel_drift });
        show('learnt', {
          title: 'What M learnt, times alpha epsilon; the target is D in the first cell',
          x: { label: 'dimension', min: 0, max: dim },
          y: { label: 'dimension', min: 0, max: dim },
          layers: [{ type: 'heatmap', label: 'learnt', values: rowsOf(M, dim) }],
        });
        next = Math.ceil(1.1 * step + 0.5);
        progress(step / steps);
      }
      if (step < steps) lazyScaledStep(model.w, gradient(model, features, errors), rate, width, model.alpha);
    }
    log(steps, { gap: testedAt / Math.max(1, trainedAt) });
  },

  claim: {
    statement:
      'Raising the output scale makes the same network on the same data fit first and generalise much later, without any regularisation; a small scale removes the delay.',
    // All scales of a seed share data and first weights.
    check({ final, paired }) {
      type Name = 'lazy' | 'between' | 'rich' | 'frozen';
      const ratio = (metric: 'gap' | 'test_loss', a: Name, b: Name) =>
        paired((of) => of(a, metric).values.at(-1)! / of(b, metric).values.at(-1)!);
      const worstTrain = Math.max(final('lazy', 'train_loss'), final('rich', 'train_loss'));
      return [
        atLeast('delay, scale 32 over scale 1/2', ratio('gap', 'lazy', 'rich'), 3),
        atLeast('delay, scale 32 over scale 4', ratio('gap', 'lazy', 'between'), 1.2),
        atLeast('delay, scale 4 over scale 1/2', ratio('gap', 'between', 'rich'), 1.2),
        atLeast('delay at scale 32', final('lazy', 'gap'), 5),
        atMost('delay at scale 1/2', final('rich', 'gap'), 4),
        atLeast('test loss at the end, scale 32 over scale 1/2', ratio('test_loss', 'lazy', 'rich'), 5),
        atLeast('test loss at the end, frozen kernel over scale 32', ratio('test_loss', 'frozen', 'lazy'), 1.2),
        atMost('training loss at the end, worse of scales 32 and 1/2', worstTrain, 0.01),
      ];
    },
  },
});
