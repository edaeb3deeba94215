import { atLeast, atMost, choleskyFactor, choleskySolve, dot, experiment, int, orthonormalVectors } from 'marginalia';
import { symmetricEigen } from 'marginalia';
import type { Figure, Rng } from 'marginalia';

// On the Provable Advantage of Unsupervised Pretraining
// Ge, Tang, Fan and Jin, ICLR 2024, arXiv 2303.01566
//
// A latent-variable model is fitted to many unlabelled points by maximum likelihood, then only the small predictor from the
// latent variable to the label is learned from labels (equation: Two-phase procedure). Labels then pay for the head alone
// (equation: Excess risk), provided that the unlabelled points determine the latent variable (equation: Informative condition).
// Here the model is the linear factor model (equation: Factor model instance), whose maximum likelihood is an eigenproblem and
// for which the excess risk of any linear predictor is known exactly. Labels that ignore the latent variable break the condition.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet factor-mle-encoder
/**
 * Maximum likelihood of the factor model x = B z + noise of variance sigma2 (equation: Factor model instance), which is that of
 * probabilistic principal components: the noise is the mean of the d - r smallest eigenvalues of the second moment, and a
 * column of B is an eigenvector times the root of what its eigenvalue has above the noise.
 *
 * @param values eigenvalues of the second moment of the unlabelled data, the largest first; `vectors` its d eigenvectors.
 * @param r latent dimension, below d.
 * @returns B (d x r, row after row, known up to rotation) and sigma2. Encode with (B^T B + sigma2 I)^-1 B^T x.
 */
export function factorModelMle(
  values: Float64Array,
  vectors: readonly Float64Array[],
  r: number,
): { B: Float64Array; sigma2: number } {
  const d = values.length;
  const sigma2 = values.subarray(r).reduce((sum, value) => sum + value, 0) / (d - r);
  const B = new Float64Array(d * r);
  for (let k = 0; k < r; k++) {
    const scale = Math.sqrt(Math.max(values[k]! - sigma2, 1e-6));
    for (let i = 0; i < d; i++) B[i * r + k] = scale * vectors[k]![i]!;
  }
  return { B, sigma2 };
}
// #endregion

/** The same of data: m x d unlabelled rows X with mean zero, row after row. */
export function fitFactorModel(X: Float64Array, m: number, d: number, r: number): ReturnType<typeof factorModelMle> {
  const { values, vectors } = symmetricEigen(secondMoment(X, m, d), d);
  return factorModelMle(values, vectors, r);
}

/** Mean over the rows of x x^T, d x d. */
function secondMoment(X: Float64Array, m: number, d: number): Float64Array {
  const sum = new Float64Array(d * d);
  for (let row = 0; row < m * d; row += d) {
    for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) sum[i * d + j]! += X[row + i]! * X[row + j]!;
  }
  return sum.map((value) => value / m);
}

/** The matrix E, r x d, that takes x to the posterior mean of z: (B^T B + sigma2 I)^-1 B^T. */
export function encoderOf(B: Float64Array, sigma2: number, d: number, r: number): Float64Array {
  const inner = secondMoment(B, d, r).map((value, cell) => d * value + (cell % (r + 1) === 0 ? sigma2 : 0));
  const factor = choleskyFactor(inner, r);
  const E = new Float64Array(r * d);
  for (let i = 0; i < d; i++) {
    choleskySolve(factor, B.slice(i * r, (i + 1) * r)).forEach((value, k) => (E[k * d + i] = value));
  }
  return E;
}

/** Labelled points: n x d rows, and a label each. */
export interface Labelled {
  readonly X: Float64Array;
  readonly y: Float64Array;
}

/** Least squares with a penalty, sum (y - w . x)^2 + penalty |w|^2, for each penalty; a vanishing one gives the least |w|. */
export function ridge({ X, y }: Labelled, d: number, penalties: readonly number[]): Float64Array[] {
  const gram = secondMoment(X, y.length, d);
  const right = new Float64Array(d);
  y.forEach((label, row) => right.forEach((_, i) => (right[i]! += (X[row * d + i]! * label) / y.length)));
  return penalties.map((penalty) => {
    const penalised = gram.map((value, cell) => value + (cell % (d + 1) === 0 ? penalty / y.length : 0));
    return choleskySolve(choleskyFactor(penalised, d), right);
  });
}

const rowOf = (X: Float64Array, row: number, d: number) => X.subarray(row * d, (row + 1) * d);

/** The predictor of y from x that weighs an encoder's outputs with psi. */
const predictorOf = (psi: Float64Array, E: Float64Array, d: number) =>
  Float64Array.from({ length: d }, (_, i) => psi.reduce((sum, value, k) => sum + value * E[k * d + i]!, 0));

/** The second phase: least squares on what the encoder makes of the labelled points. */
export function headOn(E: Float64Array, { X, y }: Labelled, d: number, r: number): Float64Array {
  const Z = Float64Array.from({ length: y.length * r }, (_, cell) =>
    dot(rowOf(E, cell % r, d), rowOf(X, Math.floor(cell / r), d)),
  );
  return predictorOf(ridge({ X: Z, y }, r, [1e-6])[0]!, E, d);
}

// --- Learning from labels alone -------------------------------------------------------------------------------------------

/** Ridge regression on x with the penalty that predicts best in five-fold cross-validation. */
export function tunedRidge({ X, y }: Labelled, d: number): Float64Array {
  const penalties = [0.01, 0.1, 1, 10, 100, 1000];
  const errors = penalties.map(() => 0);
  for (let fold = 0; fold < 5; fold++) {
    const kept = [...y.keys()].filter((row) => row % 5 !== fold);
    const rest = { X: new Float64Array(kept.length * d), y: Float64Array.from(kept, (row) => y[row]!) };
    kept.forEach((row, i) => rest.X.set(rowOf(X, row, d), i * d));
    ridge(rest, d, penalties).forEach((w, i) => {
      for (let row = fold; row < y.length; row += 5) errors[i]! += (y[row]! - dot(w, rowOf(X, row, d))) ** 2;
    });
  }
  return ridge({ X, y }, d, [penalties[errors.indexOf(Math.min(...errors))]!])[0]!;
}

// --- The testbed: a factor model ------------------------------------------------------------------------------------------

/** Loadings B with orthogonal columns of lengths from 2.5 to 1.5, and the weights of labels: of z, and of x beside the columns. */
export function drawWorld(d: number, r: number, rng: Rng) {
  const columns = orthonormalVectors(r + 1, d, rng);
  const lengths = columns.map((_, k) => 2.5 - (r === 1 ? 0 : k / (r - 1)));
  const B = Float64Array.from({ length: d * r }, (_, i) => lengths[i % r]! * columns[i % r]![Math.floor(i / r)]!);
  return { B, beta: orthonormalVectors(1, r, rng)[0]!, u: columns[r]! };
}

/** Points x = B z + noise of variance 1 with two labels: beta . z, and u . x, which tells nothing about the latent z. */
export function drawPoints({ B, beta, u }: ReturnType<typeof drawWorld>, count: number, rng: Rng) {
  const [r, d] = [beta.length, u.length];
  const X = new Float64Array(count * d);
  const [latent, other] = [new Float64Array(count), new Float64Array(count)];
  for (let row = 0; row < count; row++) {
    const z = beta.map(() => rng.normal());
    for (let i = 0; i < d; i++) X[row * d + i] = dot(rowOf(B, i, r), z) + rng.normal();
    const nu = rng.normal(0, 0.3);
    latent[row] = dot(beta, z) + nu;
    other[row] = dot(u, rowOf(X, row, d)) + nu;
  }
  return { informative: { X, y: latent }, uninformative: { X, y: other } };
}

/** (w - best)^T (B B^T + I) (w - best): what w errs more than the best predictor, exactly. */
export function excessRisk(w: Float64Array, best: Float64Array, B: Float64Array, r: number): number {
  const gap = w.map((value, i) => value - best[i]!);
  let sum = dot(gap, gap);
  for (let k = 0; k < r; k++) sum += gap.reduce((total, value, i) => total + value * B[i * r + k]!, 0) ** 2;
  return sum;
}

// --- The experiment -----------------------------------------------------------------------------------------------------

const labelCounts = [10, 20, 40, 80, 160, 320];
const poolSizes = [30, 60, 100, 200, 500, 1000, 5000];

const risk = { better: 'lower', unit: 'squared error', stepScale: 'log', scale: 'log' } as const;

export default experiment({
  paper: 'mle-erm-pretraining',
  question:
    'With few labels and many unlabelled points, does maximum likelihood on x followed by a small regression beat supervised learning, at a rate governed by r/n and not d/n, and does it fail when the informative condition fails?',
  seeds: 20,
  params: {
    d: int(60, { min: 10, max: 150, about: 'observed dimension' }),
    r: int(3, { min: 1, max: 9, about: 'latent dimension' }),
  },
  arms: {
    pretrain: { role: 'method', about: 'maximum likelihood on unlabelled points, then least squares on the latent' },
    ridge: { role: 'baseline', about: 'ridge regression on x, penalty by cross-validation' },
    min_norm: { role: 'baseline', about: 'least squares on x, of least norm' },
    labelled_only: { role: 'ablation', about: 'as pretrain, with the labelled points in place of the unlabelled' },
    oracle: { role: 'reference', about: 'least squares on the latent of the true model' },
  },
  metrics: {
    excess_risk: { ...risk, about: 'above the best predictor, with 5000 unlabelled points', step: 'labels' },
    by_unlabelled: { ...risk, about: 'the same with 40 labels', step: 'unlabelled points' },
    uninformative: { ...risk, about: 'the same where labels ignore the latent', step: 'labels' },
  },
  trial({ arm, params, rng, log, show }) {
    const { d, r } = params;
    const world = drawWorld(d, r, rng.split('world'));
    const truth = encoderOf(world.B, 1, d, r);
    const labelled = drawPoints(world, Math.max(...labelCounts), rng.split('labelled'));
    const pool = drawPoints(world, Math.max(...poolSizes), rng.split('unlabelled')).informative.X;
    const best = { informative: predictorOf(world.beta, truth, d), uninformative: world.u };

    const encoder = (X: Float64Array, m: number) => {
      const model = fitFactorModel(X, m, d, r);
      return encoderOf(model.B, model.sigma2, d, r);
    };
    const learn = (kind: 'informative' | 'uninformative', n: number, pretrained: Float64Array | undefined) => {
      const { X, y } = labelled[kind];
      const data = { X: X.subarray(0, n * d), y: y.subarray(0, n) };
      const E = arm === 'oracle' ? truth : arm === 'labelled_only' ? encoder(data.X, n) : pretrained;
      const w = E ? headOn(E, data, d, r) : arm === 'ridge' ? tunedRidge(data, d) : ridge(data, d, [1e-6])[0]!;
      return excessRisk(w, best[kind], world.B, r);
    };
    const withoutPool = arm === 'pretrain' ? undefined : learn('informative', 40, undefined);
    for (const m of poolSizes) {
      const E = arm === 'pretrain' ? encoder(pool, m) : undefined;
      log(m, { by_unlabelled: withoutPool ?? learn('informative', 40, E) });
      if (m < Math.max(...poolSizes)) continue;
      for (const n of labelCounts) {
        log(n, { excess_risk: learn('informative', n, E), uninformative: learn('uninformative', n, E) });
      }
    }
    if (arm === 'pretrain') show('spectrum', spectrum(pool, d));
  },
  claim: {
    statement:
      "With many unlabelled samples the two-phase learner's excess risk is set by the small head class, far below label-only learning; the gain vanishes when m is small and reverses when the labels ignore the latent.",
    check({ at }) {
      const with40 = (arm: 'pretrain' | 'ridge' | 'oracle') => at(arm, 'excess_risk', 40, 'mean');
      const pooled = (m: number) => at('pretrain', 'by_unlabelled', m, 'mean');
      const ignored = (arm: 'pretrain' | 'ridge') => at(arm, 'uninformative', 320, 'mean');
      const misled = ignored('pretrain') / ignored('ridge');
      return [
        atMost('excess risk with 40 labels, pretraining over ridge', with40('pretrain') / with40('ridge'), 0.3),
        atMost('excess risk with 40 labels, pretraining over oracle', with40('pretrain') / with40('oracle'), 1.5),
        atLeast('excess risk, 30 unlabelled points over 1000', pooled(30) / pooled(1000), 3),
        atLeast('excess risk with 30 unlabelled points, pretraining over ridge', pooled(30) / with40('ridge'), 0.5),
        atLeast('with labels that ignore the latent, pretraining over ridge', misled, 5),
      ];
    },
  },
});

/** What maximum likelihood sees: eigenvalues of the second moment, of which r stand out once there are points enough. */
function spectrum(pool: Float64Array, d: number): Figure {
  const line = (m: number) => {
    const y = [...symmetricEigen(secondMoment(pool, m, d), d).values];
    return { type: 'line' as const, label: `${m} points`, x: y.map((_, i) => i + 1), y };
  };
  return {
    title: 'Eigenvalues of the second moment of unlabelled points',
    x: { label: 'number' },
    y: { label: 'eigenvalue' },
    layers: [30, 200, 5000].map(line),
  };
}
