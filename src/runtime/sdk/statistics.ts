/** A list of numbers, typed or not. */
export type Numbers = ArrayLike<number> & Iterable<number>;

/** Arithmetic mean. NaN for an empty list. */
export function mean(values: Numbers): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Middle value, or the mean of the two middle ones. NaN for an empty list or one with a NaN in it. */
export function median(values: Numbers): number {
  return quantile(values, 0.5);
}

/**
 * The value below which the given share of the sorted list lies, linear between neighbours (Hyndman and Fan's type 7).
 *
 * @param share 0 to 1.
 */
export function quantile(values: Numbers, share: number): number {
  const sorted = sortedOrNothing(values);
  if (sorted === undefined) return NaN;
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.ceil(position)]!;
  // Equal neighbours first: between two infinities there is nothing to interpolate.
  return low === high ? low : low + (high - low) * (position - below);
}

/**
 * Mean of the middle half: a quarter of the values is cut from each end, where that is not a whole number of values the
 * outermost kept ones count in part. NaN for an empty list or one with a NaN in it.
 */
export function interquartileMean(values: Numbers): number {
  const sorted = sortedOrNothing(values);
  if (sorted === undefined) return NaN;
  const cut = sorted.length / 4;
  let sum = 0;
  for (const [i, value] of sorted.entries()) {
    const share = Math.min(i + 1, sorted.length - cut) - Math.max(i, cut);
    if (share > 0) sum += share * value;
  }
  return sum / (sorted.length / 2);
}

function sortedOrNothing(values: Numbers): Float64Array | undefined {
  const sorted = Float64Array.from(values).sort();
  // A typed array sorts NaN to the end.
  return sorted.length === 0 || Number.isNaN(sorted[sorted.length - 1]) ? undefined : sorted;
}
