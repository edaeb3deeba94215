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
