import type { PointsBlock, WholeBlocks } from '../messages.ts';

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
  /** Of a large run: the stretches at its beginning, some of which have not been read whole. */
  blocks: readonly Block[];
}

/** A stretch of a series, and how many of its points are not among the entries: none once it has been read whole. */
export interface Block {
  /** Index after its last entry. */
  readonly end: number;
  readonly hidden: OddCounts & { readonly points: number };
}

/** Takes in what the first entries of a series stand for. */
export function describeBlocks(series: Series, described: readonly PointsBlock[]): void {
  let start = 0;
  series.blocks = described.map(({ end, points, nan, infinite, low }) => {
    const seen = { nan: 0, infinite: 0, low: 0 };
    for (const value of series.values.subarray(start, end)) {
      if (Number.isNaN(value)) seen.nan++;
      else if (!Number.isFinite(value)) seen.infinite++;
      else if (value <= 0) seen.low++;
    }
    const hidden = {
      points: Math.max(0, points - (end - start)),
      nan: Math.max(0, nan - seen.nan),
      infinite: Math.max(0, infinite - seen.infinite),
      low: Math.max(0, low - seen.low),
    };
    start = end;
    return { end, hidden };
  });
}

const nothingHidden = { points: 0, nan: 0, infinite: 0, low: 0 };

/** A series with all points of the blocks `[from, to)` in place of those that stood for them. */
export function withWholeBlocks(
  series: Series,
  { from, to, steps, values }: Pick<WholeBlocks, 'from' | 'to' | 'steps' | 'values'>,
): Series {
  const start = from === 0 ? 0 : (series.blocks[from - 1]?.end ?? 0);
  const end = series.blocks[to - 1]?.end;
  if (end === undefined || series.blocks.slice(from, to).every(({ hidden }) => hidden.points === 0)) return series;
  const whole = createSeries(series.arm, series.seed);
  appendPoints(whole, series.steps.subarray(0, start), series.values.subarray(0, start));
  appendPoints(whole, steps, values);
  appendPoints(whole, series.steps.subarray(end, series.length), series.values.subarray(end, series.length));
  const shift = steps.length - (end - start);
  // The blocks that were read become one.
  whole.blocks = series.blocks.map((block, index) => {
    if (index < from) return block;
    if (index >= to) return { ...block, end: block.end + shift };
    return { end: start + (index === to - 1 ? steps.length : 0), hidden: nothingHidden };
  });
  return whole;
}

/** How many points of the blocks that reach into a range of steps have not been read. */
export function countHidden({ blocks, steps }: Series, low = -Infinity, high = Infinity): number {
  let count = 0;
  let start = 0;
  for (const { end, hidden } of blocks) {
    if (hidden.points > 0 && steps[end - 1]! >= low && (start === 0 ? -Infinity : steps[start - 1]!) <= high) {
      count += hidden.points;
    }
    start = end;
  }
  return count;
}

/** The points of a series that stand where other seeds have theirs: of a block that has not been read whole only the last. */
export function evenPoints(series: Series): Series {
  if (countHidden(series) === 0) return series;
  const known = evenSeries.get(series) ?? { taken: 0, even: createSeries(series.arm, series.seed) };
  evenSeries.set(series, known);
  const { steps, values, blocks } = series;
  if (known.taken === 0) {
    let start = 0;
    for (const { end, hidden } of blocks) {
      const from = hidden.points > 0 ? end - 1 : start;
      appendPoints(known.even, steps.subarray(from, end), values.subarray(from, end));
      known.taken = start = end;
    }
  }
  appendPoints(known.even, steps.subarray(known.taken, series.length), values.subarray(known.taken, series.length));
  known.taken = series.length;
  return known.even;
}

const evenSeries = new WeakMap<Series, { taken: number; readonly even: Series }>();

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
    blocks: [],
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
  for (const { odd, oddCount, values, lowCount, blocks } of series) {
    for (const { hidden } of blocks) {
      nan += hidden.nan;
      infinite += hidden.infinite;
      if (logarithmic) low += hidden.low;
    }
    for (let position = 0; position < oddCount; position++) {
      if (Number.isNaN(values[odd[position]!])) nan++;
      else infinite++;
    }
    if (logarithmic) low += lowCount;
  }
  return { nan, infinite, low };
}
