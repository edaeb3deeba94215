import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { choleskyFactor, choleskySolve, createRng } from 'marginalia';
import experiment, {
  drawPoints,
  drawWorld,
  encoderOf,
  excessRisk,
  fitFactorModel,
  headOn,
  ridge,
  tunedRidge,
} from '../../../snippets/learning-theory/mle-erm-pretraining/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

const near = (a: number, b: number, tolerance: number) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);

/** The covariance B B^T + sigma2 I that a factor model gives to x. */
function covarianceOf(B: Float64Array, sigma2: number, d: number, r: number): Float64Array {
  return Float64Array.from({ length: d * d }, (_, cell) => {
    const [i, j] = [Math.floor(cell / d), cell % d];
    return dot(B.subarray(i * r, (i + 1) * r), B.subarray(j * r, (j + 1) * r)) + (i === j ? sigma2 : 0);
  });
}

/** Mean log-density of the rows, but for a constant. */
function logLikelihood(X: Float64Array, d: number, covariance: Float64Array): number {
  const factor = choleskyFactor(covariance, d);
  let sum = 0;
  for (let i = 0; i < d; i++) sum -= Math.log(factor[i * d + i]!);
  const m = X.length / d;
  for (let row = 0; row < m; row++) {
    const x = X.slice(row * d, (row + 1) * d);
    sum -= dot(x, choleskySolve(factor, x)) / (2 * m);
  }
  return sum;
}

describe('mle-erm-pretraining', () => {
  const [d, r] = [8, 2];
  const world = drawWorld(d, r, createRng('factor model', 0));

  it('finds loadings and noise that no change makes more likely', () => {
    const { X } = drawPoints(world, 60, createRng('points', 0)).informative;
    const { B, sigma2 } = fitFactorModel(X, 60, d, r);
    const best = logLikelihood(X, d, covarianceOf(B, sigma2, d, r));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.constantFrom(0.001, 0.03, 0.3), (seed, size) => {
        const rng = createRng('change', seed);
        const other = covarianceOf(
          B.map((value) => value + rng.normal(0, size)),
          sigma2 * Math.exp(rng.normal(0, size)),
          d,
          r,
        );
        assert.ok(logLikelihood(X, d, other) <= best + 1e-12);
      }),
    );
  });

  it('comes to the true model with many points', () => {
    const { X } = drawPoints(world, 40_000, createRng('points', 1)).informative;
    const { B, sigma2 } = fitFactorModel(X, 40_000, d, r);
    near(sigma2, 1, 0.02);
    const truth = covarianceOf(world.B, 1, d, r);
    covarianceOf(B, sigma2, d, r).forEach((value, cell) => near(value, truth[cell]!, 0.15));
  });

  it('encodes a point as the mean of z given x, which the joint covariance gives too', () => {
    const E = encoderOf(world.B, 1, d, r);
    const factor = choleskyFactor(covarianceOf(world.B, 1, d, r), d);
    for (let k = 0; k < r; k++) {
      // cov(z, x) cov(x)^-1, row by row.
      const column = Float64Array.from({ length: d }, (_, i) => world.B[i * r + k]!);
      choleskySolve(factor, column).forEach((value, i) => near(E[k * d + i]!, value, 1e-12));
    }
  });

  it('leaves no slope in the penalised squared error', () => {
    const data = drawPoints(world, 20, createRng('points', 2)).informative;
    for (const penalty of [1e-6, 0.1, 10]) {
      const [w] = ridge(data, d, [penalty]);
      const error = (v: Float64Array) =>
        data.y.reduce(
          (sum, y, row) => sum + (y - dot(v, data.X.subarray(row * d, (row + 1) * d))) ** 2,
          penalty * dot(v, v),
        );
      for (let i = 0; i < d; i++) {
        const [up, down] = [w!.slice(), w!.slice()];
        up[i]! += 1e-4;
        down[i]! -= 1e-4;
        near((error(up) - error(down)) / 2e-4, 0, 1e-6);
      }
    }
  });

  it('has the excess risk that fresh points show', () => {
    const data = drawPoints(world, 20, createRng('points', 3));
    const fresh = drawPoints(world, 40_000, createRng('points', 4));
    const E = encoderOf(world.B, 1, d, r);
    const truth = Float64Array.from({ length: d }, (_, i) =>
      world.beta.reduce((sum, b, k) => sum + b * E[k * d + i]!, 0),
    );
    for (const [kind, best] of [
      ['informative', truth],
      ['uninformative', world.u],
    ] as const) {
      const w = tunedRidge(data[kind], d);
      let measured = 0;
      const { X, y } = fresh[kind];
      y.forEach((label, row) => {
        const x = X.subarray(row * d, (row + 1) * d);
        measured += ((label - dot(w, x)) ** 2 - (label - dot(best, x)) ** 2) / y.length;
      });
      near(excessRisk(w, best, world.B, r) / measured, 1, 0.1);
    }
  });

  it('predicts the same whatever rotation the latent is known up to', () => {
    const data = drawPoints(world, 30, createRng('points', 5)).informative;
    const turned = world.B.map((_, cell) => {
      const [a, b] = [world.B[cell - (cell % 2)]!, world.B[cell - (cell % 2) + 1]!];
      return cell % 2 === 0 ? 0.6 * a - 0.8 * b : 0.8 * a + 0.6 * b;
    });
    const [first, second] = [world.B, turned].map((B) => headOn(encoderOf(B, 1, d, r), data, d, r));
    first!.forEach((value, i) => near(value, second![i]!, 1e-6));
  });

  it('loses its claim where learning without unlabelled points stands in for pretraining', async () => {
    const records = await shortRun(experiment, { d: 30 }, { seeds: [0, 1] });
    assertSound(experiment, records);
    for (const rival of ['ridge', 'min_norm', 'labelled_only']) {
      assert.equal(verdictWith(experiment, records, { of: 'pretrain', by: rival }), 'fails');
    }
  });
});
