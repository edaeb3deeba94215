import { atLeast, atMost, dot, experiment, float, int, type Curve, type Figure, type Rng } from 'marginalia';

// From Logistic Regression to the Perceptron Algorithm: Exploring Gradient Descent with Large Step Sizes
// Tyurin, AAAI 2025, arXiv 2412.08424
//
// With an ever larger step size, gradient descent on the logistic loss (equation: LR+GD) becomes a batch perceptron
// (equation: Limit of large steps): the loss is huge, yet the data are separated sooner. The average over all n samples makes
// the few that are still wrong count little; dividing by the mean weight undoes that (equation: Normalized LR+GD).
// Labels are folded into the samples: z_i = y_i a_i, and a sample is right where z_i . theta > 0.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet normalized-lr-step
/**
 * One step of gradient descent on the logistic loss, divided by the mean weight (equation: Normalized LR+GD).
 *
 * @param signedSamples rows y_i a_i, as long as theta.
 * @param gamma step size, above 0; the larger, the closer to a perceptron on the mean of the misclassified samples.
 * @returns the new theta.
 */
export function normalizedLogisticStep(theta: number[], signedSamples: number[][], gamma: number): number[] {
  const direction = theta.map(() => 0);
  let weights = 0;
  for (const z of signedSamples) {
    const margin = z.reduce((sum, value, j) => sum + value * theta[j]!, 0);
    // 1 / (1 + exp(margin)), without overflow.
    const weight = margin > 0 ? Math.exp(-margin) / (1 + Math.exp(-margin)) : 1 / (1 + Math.exp(margin));
    weights += weight;
    z.forEach((value, j) => (direction[j]! += weight * value));
  }
  // All weights are too small for numbers only where every sample is right by far.
  return weights > 0 ? theta.map((value, j) => value + (gamma * direction[j]!) / weights) : theta;
}
// #endregion

/** A rule that takes theta and the samples one iteration further. */
type Step = (theta: number[], samples: number[][]) => number[];

/** Adds weight_i z_i over all samples, the weights being a function of the margin z_i . theta, times a factor. */
function weightedStep(weightOf: (margin: number) => number, factorOf: (sum: number[], n: number) => number): Step {
  return (theta, samples) => {
    const sum = theta.map(() => 0);
    for (const z of samples) {
      const weight = weightOf(dot(z, theta));
      for (let j = 0; j < z.length; j++) sum[j]! += weight * z[j]!;
    }
    const factor = factorOf(sum, samples.length);
    return theta.map((value, j) => value + factor * sum[j]!);
  };
}

/** 1 / (1 + exp(margin)); for a large margin exp overflows to infinity, and the weight is 0 as it should be. */
const sigmoidWeight = (margin: number) => 1 / (1 + Math.exp(margin));

/** Plain gradient descent (equation: LR+GD). */
export const logisticStep = (gamma: number) => weightedStep(sigmoidWeight, (_, n) => gamma / n);

/**
 * What LR+GD divided by gamma tends to (equation: Limit of large steps): the weight tends to 1 where the sample is wrong and
 * to 0 where it is right; on the boundary, where the first step begins, it is 1/2 for every gamma.
 */
export const batchPerceptronStep = weightedStep(
  (margin) => (margin < 0 ? 1 : margin === 0 ? 0.5 : 0),
  (_, n) => 1 / n,
);

/** The gradient at unit length times gamma: another way not to depend on n. */
const gradientNormStep = (gamma: number) =>
  weightedStep(sigmoidWeight, (sum) => gamma / Math.max(Math.hypot(...sum), Number.MIN_VALUE));

/** One pass of the classical perceptron over the samples, which costs what one batch step costs. */
const perceptronPass: Step = (theta, samples) =>
  samples.reduce((now, z) => (dot(z, now) > 0 ? now : now.map((value, j) => value + z[j]!)), theta);

// --- The testbed: many easy samples, a few hard ones ------------------------------------------------------------------------

function drawSamples(rng: Rng, n: number, hard: number): number[][] {
  return Array.from({ length: n }, (_, i) =>
    i < n - hard
      ? [0.8 + 0.2 * rng.uniform(), 0.2 * rng.uniform() - 0.1]
      : [-0.85 - 0.1 * rng.uniform(), 0.25 + 0.05 * rng.uniform()],
  );
}

/** The perceptron's bound R^2 / mu^2: R the longest sample, mu the margin of the best direction in the plane. */
export function perceptronBound(samples: readonly number[][]): number {
  const marginAt = (angle: number) =>
    samples.reduce((least, z) => Math.min(least, z[0]! * Math.cos(angle) + z[1]! * Math.sin(angle)), Infinity);
  // The margin is a least of cosines, with one peak where it is positive: look around the best angle, ever closer.
  let [best, width] = [0, Math.PI];
  for (; width > 1e-9; width /= 100) {
    const angles = Array.from({ length: 801 }, (_, i) => best + width * (i / 400 - 1));
    best = angles.reduce((most, angle) => (marginAt(angle) > marginAt(most) ? angle : most));
  }
  return Math.max(...samples.map((z) => dot(z, z))) / marginAt(best) ** 2;
}

const logisticLoss = (theta: readonly number[], samples: readonly number[][]) =>
  samples.reduce((sum, z) => sum + softplus(-dot(z, theta)), 0) / samples.length;

const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

// --- The experiment -----------------------------------------------------------------------------------------------------

const sizes = [20, 100, 500] as const;
const drawnSize = 100;
const mostIterations = 10_000;

const bySize = { better: 'lower', step: 'samples n', stepScale: 'log', scale: 'log' } as const;
const byIteration = { better: 'lower', step: 'iteration + 1', stepScale: 'log' } as const;

export default experiment({
  paper: 'normalized-lr-gd',
  seeds: 20,
  question:
    'Does a larger step separate the data in fewer iterations despite a larger loss, and does normalisation remove the slowdown with the number of easy samples?',
  params: {
    gamma: float(1000, { min: 0.1, max: 1_000_000, about: 'step size of the large steps' }),
    hard_points: int(2, { min: 1, max: 10, about: 'samples that are hard; all others are easy' }),
  },
  arms: {
    normalized: { role: 'method', about: 'Normalized LR+GD with the large step' },
    lr_gd: { role: 'ablation', about: 'the same without the normalisation: LR+GD with the large step' },
    lr_gd_10: { role: 'baseline', about: 'LR+GD with step size 10' },
    lr_gd_1: { role: 'baseline', about: 'LR+GD with step size 1' },
    normalized_1: { role: 'ablation', about: 'Normalized LR+GD with step size 1' },
    gradient_norm: { role: 'baseline', about: 'divided by the norm of the gradient instead, large step' },
    batch_perceptron: { role: 'baseline', about: 'the limit of LR+GD for large steps' },
    perceptron: { role: 'baseline', about: 'the classical perceptron; an iteration is a pass over the samples' },
    bound: { role: 'reference', about: "the perceptron's bound R^2 / mu^2" },
  },
  metrics: {
    iterations_to_separate: { ...bySize, unit: 'iterations', about: 'until every sample is right, 10,000 at most' },
    loss_at_5: { ...bySize, unit: 'nats', about: 'logistic loss after 5 iterations: misleading here' },
    misclassified: { ...byIteration, unit: 'samples', about: 'that are wrong, of 100' },
    loss: { ...byIteration, unit: 'nats', scale: 'log', about: 'logistic loss on 100 samples' },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { gamma, hard_points } = params;
    const steps: Record<Exclude<typeof arm, 'bound'>, Step> = {
      normalized: (theta, samples) => normalizedLogisticStep(theta, samples, gamma),
      normalized_1: (theta, samples) => normalizedLogisticStep(theta, samples, 1),
      lr_gd: logisticStep(gamma),
      lr_gd_10: logisticStep(10),
      lr_gd_1: logisticStep(1),
      gradient_norm: gradientNormStep(gamma),
      batch_perceptron: batchPerceptronStep,
      perceptron: perceptronPass,
    };

    for (const [i, n] of sizes.entries()) {
      const samples = drawSamples(rng.split(`${n} samples`), n, hard_points);
      if (arm === 'bound') {
        log(n, { iterations_to_separate: perceptronBound(samples) });
        continue;
      }
      let theta = [0, 0];
      let iteration = 0;
      let lossAt5 = 0;
      const boundaries: number[][] = [];
      for (; ; iteration++) {
        const separated = samples.every((z) => dot(z, theta) > 0);
        if (iteration <= 5) lossAt5 = logisticLoss(theta, samples);
        // Every iteration at first, then a few in each doubling.
        if (
          n === drawnSize &&
          (separated || iteration % 2 ** Math.max(0, Math.floor(Math.log2(iteration + 1)) - 4) === 0)
        ) {
          const wrong = samples.filter((z) => dot(z, theta) <= 0).length;
          log(iteration + 1, { misclassified: wrong, loss: logisticLoss(theta, samples) });
          boundaries.push(theta);
        }
        if (separated || iteration === mostIterations) break;
        theta = steps[arm](theta, samples);
      }
      log(n, { iterations_to_separate: iteration, loss_at_5: lossAt5 });
      if (n === drawnSize) show('boundary', drawing(samples, boundaries));
      progress((i + 1) / sizes.length);
    }
  },

  claim: {
    statement:
      'Larger steps separate the data in fewer iterations while showing higher loss, LR+GD slows down with n, and Normalized LR+GD does not.',
    // All arms of a seed meet the same samples, so iterations are compared seed by seed.
    check({ paired, curve }) {
      type Of = (arm: 'normalized' | 'lr_gd' | 'lr_gd_1' | 'bound', metric: Metric) => Curve;
      type Metric = 'iterations_to_separate' | 'loss_at_5';
      const valueAt = ({ values }: Curve, n: (typeof sizes)[number]) => values[sizes.indexOf(n)]!;
      const growth = (one: Curve) => valueAt(one, 500) / valueAt(one, 20);
      const normalizedOver = (of: Of) =>
        valueAt(of('normalized', 'iterations_to_separate'), 500) / valueAt(of('lr_gd', 'iterations_to_separate'), 500);
      const largeOverSmall = (metric: Metric) => (of: Of) =>
        valueAt(of('lr_gd', metric), 100) / valueAt(of('lr_gd_1', metric), 100);
      const overBound = (of: Of) => {
        const bound = of('bound', 'iterations_to_separate').values;
        return Math.max(...of('normalized', 'iterations_to_separate').values.map((value, i) => value / bound[i]!));
      };
      return [
        atMost('iterations at n = 500, normalised over LR+GD', paired(normalizedOver), 0.5),
        atLeast('LR+GD, iterations at n = 500 over 20', curve('lr_gd', 'iterations_to_separate', growth), 4),
        atMost('normalised, iterations at n = 500 over 20', curve('normalized', 'iterations_to_separate', growth), 2.5),
        atMost("normalised, iterations over the perceptron's bound, worst n", paired(overBound), 1),
        atMost(
          'LR+GD at n = 100, iterations of the large step over those of step size 1',
          paired(largeOverSmall('iterations_to_separate')),
          0.05,
        ),
        atLeast(
          'LR+GD at n = 100, loss after 5 iterations of the large step over that of step size 1',
          paired(largeOverSmall('loss_at_5')),
          5,
        ),
      ];
    },
  },
});

/** The signed samples, and the boundary z . theta = 0 at the drawn iterations; right are the samples on theta's side. */
function drawing(samples: readonly number[][], thetas: readonly number[][]): Figure {
  const drawn = [thetas[1]!, thetas[Math.floor(thetas.length / 2)]!, thetas.at(-1)!];
  const names = ['boundary after one iteration', 'boundary half-way', 'boundary at the end'];
  return {
    title: 'Signed samples and the boundary',
    x: { label: 'z_1', min: -1.2, max: 1.2 },
    y: { label: 'z_2', min: -0.6, max: 0.6 },
    layers: [
      ...drawn.map((theta, i) => {
        const reach = 0.6 / Math.max(Math.abs(theta[0]!), Math.abs(theta[1]!), Number.MIN_VALUE);
        const [x, y] = [theta[1]! * reach, -theta[0]! * reach];
        return { type: 'line' as const, label: names[i]!, x: [-x, x], y: [-y, y] };
      }),
      { type: 'points', label: 'sample', x: samples.map((z) => z[0]!), y: samples.map((z) => z[1]!) },
    ],
  };
}
