import { mean, type Numbers } from './statistics.ts';

/**
 * Slope of the least-squares line through the points (log x, log y): the exponent of y in x where y is a power of x.
 *
 * @param x as many numbers as `y`, all above 0.
 * @throws RangeError where the lists are of different length. NaN where a number is not above 0 or all x are equal.
 */
export function logSlope(x: Numbers, y: Numbers): number {
  if (x.length !== y.length) {
    throw new RangeError(`logSlope: ${x.length} and ${y.length} numbers; give as many of one as of the other.`);
  }
  const [u, v] = [Array.from(x, Math.log), Array.from(y, Math.log)];
  const [meanU, meanV] = [mean(u), mean(v)];
  return mean(u.map((value, i) => (value - meanU) * (v[i]! - meanV))) / mean(u.map((value) => (value - meanU) ** 2));
}
