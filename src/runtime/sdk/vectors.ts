import type { Rng } from './rng.ts';

/** Sum of the products of two lists' numbers. The first says how many there are. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Euclidean length of a list of numbers. */
export function norm(a: ArrayLike<number>): number {
  return Math.sqrt(dot(a, a));
}

/** Adds a multiple of a list to another of the same length, in place. */
export function addScaled(to: Float64Array | number[], factor: number, a: ArrayLike<number>): void {
  for (let i = 0; i < a.length; i++) to[i]! += factor * a[i]!;
}

/**
 * Unit vectors at right angles to each other, in directions that are all as likely: normal numbers made orthogonal one vector
 * after another (Gram and Schmidt).
 *
 * @param count of vectors, at most `size`.
 * @param size of each.
 * @throws RangeError where so many cannot be at right angles.
 */
export function orthonormalVectors(count: number, size: number, rng: Rng): Float64Array[] {
  if (count > size)
    throw new RangeError(`orthonormalVectors: ${count} vectors of ${size} numbers depend on each other.`);
  const found: Float64Array[] = [];
  while (found.length < count) {
    const v = Float64Array.from({ length: size }, () => rng.normal());
    for (const other of found) addScaled(v, -dot(v, other), other);
    const length = norm(v);
    found.push(v.map((value) => value / length));
  }
  return found;
}
