/** How the seeds of an arm are drawn together. */
export type Aggregation =
  /** Median, from the lowest to the highest seed. */
  | 'median'
  /** Mean, plus and minus its standard error. */
  | 'error'
  /** Mean and its 95 % interval after Student. */
  | 'interval'
  /** Each seed on its own. */
  | 'seeds';

/** 97.5 % points of Student's t with 1, 2, … degrees of freedom. */
const studentPoints = [
  12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281, 2.201, 2.1788, 2.1604, 2.1448, 2.1314,
  2.1199, 2.1098, 2.1009, 2.093, 2.086, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423,
];

/** 97.5 % point of Student's t, to three decimals. `freedom` ≥ 1. */
export function studentPoint(freedom: number): number {
  const listed = studentPoints[freedom - 1];
  if (listed !== undefined) return listed;
  // Cornish–Fisher expansion around the normal distribution's point; exact to 1e-4 from here on.
  const z = 1.959964;
  return z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
}

/** What stands for several seeds at one step: a middle and what it ranges over. */
export interface Summary {
  readonly centre: number;
  /** NaN, as `high`, where there are too few seeds for a range. */
  readonly low: number;
  readonly high: number;
  /** Number of seeds with a finite value. */
  readonly seeds: number;
}

/** Middle of the ascending values; NaN where there are none. */
export function medianOfSorted(values: Float64Array, count: number): number {
  if (count === 0) return NaN;
  const middle = count >>> 1;
  return count % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
}

/** Sorts the first `count` values by insertion: quicker than any other way for as few as there are seeds. */
function sort(values: Float64Array, count: number): void {
  for (let index = 1; index < count; index++) {
    const value = values[index]!;
    let place = index;
    while (place > 0 && values[place - 1]! > value) {
      values[place] = values[place - 1]!;
      place--;
    }
    values[place] = value;
  }
}

/** Summarises the first `count` values, all finite; sorts them in place. */
export function summarise(values: Float64Array, count: number, aggregation: Aggregation): Summary {
  if (count === 0) return { centre: NaN, low: NaN, high: NaN, seeds: 0 };
  if (aggregation === 'median' || aggregation === 'seeds') {
    sort(values, count);
    return { centre: medianOfSorted(values, count), low: values[0]!, high: values[count - 1]!, seeds: count };
  }
  let mean = 0;
  for (let index = 0; index < count; index++) mean += values[index]! / count;
  if (count === 1) return { centre: mean, low: NaN, high: NaN, seeds: 1 };
  let squares = 0;
  for (let index = 0; index < count; index++) squares += (values[index]! - mean) ** 2;
  const error = Math.sqrt(squares / (count - 1) / count);
  const reach = aggregation === 'error' ? error : studentPoint(count - 1) * error;
  return { centre: mean, low: mean - reach, high: mean + reach, seeds: count };
}
