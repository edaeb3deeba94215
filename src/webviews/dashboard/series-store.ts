/**
 * One metric of one trial, growing in place: of each array only the first `length` (or `oddCount`, `lowCount`) entries
 * count, the rest is room. `steps` ascend (equal steps may follow each other), `values` may be any number.
 */
export interface Series {
  readonly arm: string;
  readonly seed: number;
  steps: Float64Array;
  values: Float64Array;
  length: number;
  /** Indices of points that no axis can show at their height: NaN and infinities. */
  odd: Uint32Array;
  oddCount: number;
  /** Indices of finite points that a logarithmic axis cannot show: zero and below. */
  low: Uint32Array;
  lowCount: number;
}

export function createSeries(arm: string, seed: number): Series {
  return {
    arm,
    seed,
    steps: new Float64Array(64),
    values: new Float64Array(64),
    length: 0,
    odd: new Uint32Array(0),
    oddCount: 0,
    low: new Uint32Array(0),
    lowCount: 0,
  };
}

/** An array with room for `length` entries that begins with the given one's. Grows by doubling, so that appending is cheap. */
export function withRoom(values: Float64Array, length: number): Float64Array {
  if (length <= values.length) return values;
  const grown = new Float64Array(Math.max(length, 2 * values.length));
  grown.set(values);
  return grown;
}

function withIndex(indices: Uint32Array, count: number, index: number): Uint32Array {
  let grown = indices;
  if (count === indices.length) {
    grown = new Uint32Array(Math.max(16, 2 * count));
    grown.set(indices);
  }
  grown[count] = index;
  return grown;
}

/** Adds points at the end; `steps` and `values` are equally long, and no step is below the last one. */
export function appendPoints(series: Series, steps: Float64Array, values: Float64Array): void {
  const start = series.length;
  const length = start + steps.length;
  series.steps = withRoom(series.steps, length);
  series.values = withRoom(series.values, length);
  series.steps.set(steps, start);
  series.values.set(values, start);
  series.length = length;
  for (let index = start; index < length; index++) {
    const value = series.values[index]!;
    if (!Number.isFinite(value)) {
      series.odd = withIndex(series.odd, series.oddCount++, index);
    } else if (value <= 0) {
      series.low = withIndex(series.low, series.lowCount++, index);
    }
  }
}

/** How many of the points cannot be drawn as points on a line, by reason. */
export interface OddCounts {
  readonly nan: number;
  readonly infinite: number;
  /** Zero or below, on a logarithmic axis. */
  readonly low: number;
}

export function countOdd(series: readonly Series[], logarithmic: boolean): OddCounts {
  let nan = 0;
  let infinite = 0;
  let low = 0;
  for (const { odd, oddCount, values, lowCount } of series) {
    for (let position = 0; position < oddCount; position++) {
      if (Number.isNaN(values[odd[position]!])) nan++;
      else infinite++;
    }
    if (logarithmic) low += lowCount;
  }
  return { nan, infinite, low };
}
