import { choleskyFactor } from './linear-algebra.ts';
import type { Rng } from './rng.ts';

/** One normal distribution of a mixture over vectors of `size` numbers. */
export interface Gaussian {
  /** Its share in the mixture, above 0. */
  readonly weight: number;
  readonly mean: readonly number[];
  /** size x size, row after row. */
  readonly covariance: Float64Array;
  /** The Cholesky factor of the covariance, as `choleskyFactor` gives it. */
  readonly cholesky: Float64Array;
}

/** A mixture and how it was found. */
export interface GaussianMixture {
  readonly components: readonly Gaussian[];
  /** Of all rows together, in nats, after each step of expectation maximisation. */
  readonly logLikelihoods: readonly number[];
}

type Rows = readonly (readonly number[])[];

/** Steps of expectation maximisation at most, and the gain a row, in nats, below which another is not worth it. */
const steps = 20;
const enough = 1e-3;
/** Variance that is added to each coordinate, so that a component on a few equal rows has a density. */
const floor = 1e-6;

/**
 * A mixture of Gaussians with full covariances by expectation maximisation, from a k-means start (Bishop, Pattern Recognition
 * and Machine Learning, section 9.2.2): up to 20 steps, fewer where one gains less than 0.001 nats a row.
 *
 * @param rows vectors of one length, with coordinates of the order of 1, since 1e-6 is added to each variance; one or more.
 * @param k number of components, 1 or more.
 * @throws RangeError where the coordinates are so large that 1e-6 is lost beside their variance.
 */
export function gaussianMixture(rows: Rows, k: number, rng: Rng): GaussianMixture {
  // shares[j][n]: how much of row n belongs to component j.
  const shares = Array.from({ length: k }, () => new Float64Array(rows.length));
  for (const [n, own] of clustersOf(rows, k, rng).entries()) shares[own]![n] = 1;
  let components: Gaussian[] = [];
  const logLikelihoods: number[] = [];
  for (let step = 0; step < steps; step++) {
    components = shares.map((share) => weightedGaussian(rows, share));
    components.forEach((component, j) => writeLogDensities(component, rows, shares[j]!));
    const logLikelihood = normalise(shares);
    const gain = logLikelihood - (logLikelihoods.at(-1) ?? -Infinity);
    logLikelihoods.push(logLikelihood);
    if (gain < enough * rows.length) break;
  }
  return { components, logLikelihoods };
}

/** The ellipse of one standard deviation of a Gaussian's first two coordinates, as a figure's layer draws it. */
export function gaussianEllipse({ mean, covariance }: Pick<Gaussian, 'mean' | 'covariance'>) {
  const [xx, xy, yy] = [covariance[0]!, covariance[1]!, covariance[mean.length + 1]!];
  const middle = (xx + yy) / 2;
  const spread = Math.hypot((xx - yy) / 2, xy);
  return {
    x: mean[0]!,
    y: mean[1]!,
    a: Math.sqrt(middle + spread),
    b: Math.sqrt(Math.max(0, middle - spread)),
    angle: Math.atan2(2 * xy, xx - yy) / 2,
  };
}

/** Turns the logarithms of weighted densities into shares of each row, in place, and gives the log-likelihood of all rows. */
function normalise(logs: readonly Float64Array[]): number {
  let logLikelihood = 0;
  for (let n = 0; n < logs[0]!.length; n++) {
    let highest = -Infinity;
    for (const log of logs) highest = Math.max(highest, log[n]!);
    let total = 0;
    for (const log of logs) total += log[n] = Math.exp(log[n]! - highest);
    for (const log of logs) log[n]! /= total;
    logLikelihood += highest + Math.log(total);
  }
  return logLikelihood;
}

function weightedGaussian(rows: Rows, shares: Float64Array): Gaussian {
  const size = rows[0]!.length;
  const mean = new Array<number>(size).fill(0);
  const covariance = new Float64Array(size * size);
  for (let i = 0; i < size; i++) covariance[i * size + i] = floor;
  // A component that has lost all rows still has a weight.
  let total = 1e-10;
  for (let n = 0; n < rows.length; n++) {
    total += shares[n]!;
    for (let i = 0; i < size; i++) mean[i]! += shares[n]! * rows[n]![i]!;
  }
  for (let i = 0; i < size; i++) mean[i]! /= total;
  for (let n = 0; n < rows.length; n++) {
    const row = rows[n]!;
    const share = shares[n]! / total;
    // Most rows have next to no share in a component and change nothing.
    if (share < 1e-12) continue;
    for (let i = 0; i < size; i++) {
      const scaled = share * (row[i]! - mean[i]!);
      for (let j = 0; j < size; j++) covariance[i * size + j]! += scaled * (row[j]! - mean[j]!);
    }
  }
  return { weight: total / rows.length, mean, covariance, cholesky: choleskyFactor(covariance, size) };
}

/** Writes the logarithm of weight times density at every row. */
function writeLogDensities({ weight, mean, cholesky }: Gaussian, rows: Rows, logs: Float64Array): void {
  const size = mean.length;
  let constant = Math.log(weight) - (size / 2) * Math.log(2 * Math.PI);
  for (let i = 0; i < size; i++) constant -= Math.log(cholesky[i * size + i]!);
  const solved = new Float64Array(size);
  for (let n = 0; n < rows.length; n++) {
    const row = rows[n]!;
    let square = 0;
    for (let i = 0; i < size; i++) {
      let rest = row[i]! - mean[i]!;
      for (let j = 0; j < i; j++) rest -= cholesky[i * size + j]! * solved[j]!;
      const z = rest / cholesky[i * size + i]!;
      solved[i] = z;
      square += z * z;
    }
    logs[n] = constant - square / 2;
  }
}

/** Index of each row's cluster: k-means++ starting points, then five of Lloyd's steps. */
function clustersOf(rows: Rows, k: number, rng: Rng): number[] {
  let centres = [rows[rng.int(0, rows.length)]!];
  while (centres.length < k) {
    const gaps = rows.map((row) => squaredDistance(row, centres[nearest(centres, row)]!));
    // Where fewer rows differ than there are clusters, some are of no rows.
    centres.push(rows[gaps.some((gap) => gap > 0) ? rng.weighted(gaps) : rng.int(0, rows.length)]!);
  }
  let clusters: number[] = [];
  for (let step = 0; step < 5; step++) {
    clusters = rows.map((row) => nearest(centres, row));
    centres = centres.map((centre, own) => {
      const members = rows.filter((_, n) => clusters[n] === own);
      return centre.map((value, i) =>
        members.length === 0 ? value : members.reduce((sum, row) => sum + row[i]!, 0) / members.length,
      );
    });
  }
  return clusters;
}

function nearest(points: Rows, target: readonly number[]): number {
  let best = 0;
  let shortest = Infinity;
  for (let n = 0; n < points.length; n++) {
    const distance = squaredDistance(points[n]!, target);
    if (distance < shortest) [best, shortest] = [n, distance];
  }
  return best;
}

function squaredDistance(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}
