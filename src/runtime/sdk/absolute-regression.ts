import { choleskyFactor, choleskySolve } from './linear-algebra.ts';
import type { Rng } from './rng.ts';
import { dot } from './vectors.ts';

/** Points with a number each, to be told by a linear function of the features. */
export interface Regression {
  /** Rows of features, all of one length. */
  readonly x: readonly Float64Array[];
  readonly y: Float64Array;
}

/**
 * A regression for which absolute residuals are the right loss, and a hard one for gradient descent: feature j is normal with
 * deviation 1 / √j (from 1), so that directions differ in curvature; the true weights are normal with deviation √j / 2, so
 * that all features matter as much; noise has the heavy tails of Student's t with two degrees of freedom, scaled by 1/2.
 */
export function heavyTailedRegression(rng: Rng, rows: number, features: number): Regression {
  const truth = Float64Array.from({ length: features }, (_, j) => 0.5 * rng.normal() * Math.sqrt(j + 1));
  const x = Array.from({ length: rows }, () => truth.map((_, j) => rng.normal() / Math.sqrt(j + 1)));
  const noise = () => (0.5 * rng.normal()) / Math.sqrt(-Math.log1p(-rng.uniform()));
  return { x, y: Float64Array.from(x, (row) => dot(row, truth) + noise()) };
}

/** The mean absolute residual of weights: convex in them, and with corners. */
export function absoluteLoss({ x, y }: Regression, w: ArrayLike<number>): number {
  return x.reduce((sum, row, i) => sum + Math.abs(dot(row, w) - y[i]!), 0) / x.length;
}

/**
 * The weights with the least mean absolute residual, by 18 rounds of least squares with weights 1 / |residual|
 * (Schlossmacher, 1973). For data in general position: their loss is then some 1e-5 of the unit of y above the least where
 * there are hundreds of rows, and up to 1e-3 where there are thirty; where numbers are repeated they may stop further away.
 *
 * @throws RangeError where the features depend linearly on each other.
 */
export function leastAbsoluteDeviations({ x, y }: Regression): Float64Array {
  const size = x[0]!.length;
  let w: Float64Array = new Float64Array(size);
  for (let round = 0; round < 18; round++) {
    // The lower triangle of the normal equations, and their right side.
    const [normal, right] = [new Float64Array(size * size), new Float64Array(size)];
    for (const [i, row] of x.entries()) {
      const weight = 1 / Math.max(Math.abs(dot(row, w) - y[i]!), 0.5 ** round);
      for (let j = 0; j < size; j++) {
        const scaled = weight * row[j]!;
        for (let k = 0; k <= j; k++) normal[j * size + k]! += scaled * row[k]!;
        right[j]! += scaled * y[i]!;
      }
    }
    w = choleskySolve(choleskyFactor(normal, size), right);
  }
  return w;
}
