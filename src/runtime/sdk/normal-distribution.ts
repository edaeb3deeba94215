/** Density of the standard normal distribution. */
export function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}

/**
 * Probability that a standard normal number is at most x. Between -5 and 5 by Marsaglia's series ("Evaluating the Normal
 * Distribution", Journal of Statistical Software 11, 2004), beyond by the continued fraction of Mills' ratio, so that small
 * tails keep their digits.
 */
export function normalProbability(x: number): number {
  if (Math.abs(x) > 5) {
    const z = Math.abs(x);
    let fraction = z;
    for (let k = 60; k >= 1; k--) fraction = z + k / fraction;
    const tail = normalDensity(z) / fraction;
    return x < 0 ? tail : 1 - tail;
  }
  let [term, sum] = [x, x];
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return 0.5 + sum * normalDensity(x);
}
