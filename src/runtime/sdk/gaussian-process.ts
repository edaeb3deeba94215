import { choleskyFactor, choleskySolve } from './linear-algebra.ts';

/** Prior covariance of a function's values at two points, from their Euclidean distance. */
export type Kernel = (distance: number) => number;

/** What a kernel is made of. */
export interface KernelOptions {
  /** Distance over which values stay alike, in the unit of the points. Above 0. */
  readonly lengthScale: number;
  /** Prior variance of a value. Above 0. */
  readonly variance: number;
}

/** The kernel variance * exp(-r² / (2 lengthScale²)): functions that are smooth without end. */
export function squaredExponential({ lengthScale, variance }: KernelOptions): Kernel {
  return (distance) => variance * Math.exp(-0.5 * (distance / lengthScale) ** 2);
}

/** The Matérn kernel with parameter 5/2: functions that can be differentiated twice. */
export function matern52({ lengthScale, variance }: KernelOptions): Kernel {
  return (distance) => {
    const r = (Math.sqrt(5) * distance) / lengthScale;
    return variance * (1 + r + (r * r) / 3) * Math.exp(-r);
  };
}

/** Covariance of the values at all points, points x points, row after row. */
export function covarianceMatrix(kernel: Kernel, points: readonly (readonly number[])[]): Float64Array {
  const matrix = new Float64Array(points.length ** 2);
  points.forEach((point, i) => {
    points.forEach((other, j) => (matrix[i * points.length + j] = kernel(distanceOf(point, other))));
  });
  return matrix;
}

function distanceOf(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}

/** What is believed about a function's value at a point, without observation noise: a normal distribution. */
export interface Prediction {
  readonly mean: number;
  readonly deviation: number;
}

/**
 * Posterior of a Gaussian process, given noisy values at some points (Rasmussen and Williams, Gaussian Processes for Machine
 * Learning, algorithm 2.1).
 *
 * @param options.points where the function was observed, all of one dimension.
 * @param options.values what was observed there.
 * @param options.kernel prior covariance.
 * @param options.noiseVariance of an observation; 0 for none.
 * @param options.mean prior mean of every value. Default 0.
 * @returns the prediction at any point.
 * @throws RangeError where two observations without noise are at one point.
 */
export function gaussianProcess({
  points,
  values,
  kernel,
  noiseVariance,
  mean = 0,
}: {
  readonly points: readonly (readonly number[])[];
  readonly values: readonly number[];
  readonly kernel: Kernel;
  readonly noiseVariance: number;
  readonly mean?: number;
}): (point: readonly number[]) => Prediction {
  const covariance = covarianceMatrix(kernel, points);
  for (let i = 0; i < points.length; i++) covariance[i * points.length + i]! += noiseVariance;
  const factor = choleskyFactor(covariance, points.length);
  const weights = choleskySolve(
    factor,
    Float64Array.from(values, (value) => value - mean),
  );
  return (point) => {
    const cross = Float64Array.from(points, (other) => kernel(distanceOf(point, other)));
    const gains = choleskySolve(factor, cross);
    let [predicted, variance] = [mean, kernel(0)];
    cross.forEach((value, i) => {
      predicted += value * weights[i]!;
      variance -= value * gains[i]!;
    });
    // Rounding may leave a little below zero at an observed point.
    return { mean: predicted, deviation: Math.sqrt(Math.max(0, variance)) };
  };
}
