import { lowerBound, upperBound } from './search.ts';
import { type Series, withRoom } from './series-store.ts';
import { type Aggregation, summarise } from './statistics.ts';

/**
 * The seeds of one arm drawn together: at every step that any seed has logged, the middle of the seeds that reach it and
 * what they range over. Between two points of a seed its value is on the line that joins them; before its first and
 * after its last it takes no part, so seeds may be unequally long. Only the first `length` entries count.
 */
export interface Band {
  readonly aggregation: Aggregation;
  length: number;
  steps: Float64Array;
  centre: Float64Array;
  low: Float64Array;
  high: Float64Array;
  /** Number of seeds behind each entry. */
  seeds: Uint16Array;
  /** How many points of each series are in the band already. */
  readonly taken: Map<Series, number>;
}

export function createBand(aggregation: Aggregation): Band {
  return {
    aggregation,
    length: 0,
    steps: new Float64Array(0),
    centre: new Float64Array(0),
    low: new Float64Array(0),
    high: new Float64Array(0),
    seeds: new Uint16Array(0),
    taken: new Map(),
  };
}

/**
 * Takes in what the series have gained since the last call. The work is that of the stretch of steps in which something
 * changed, not of the whole band.
 *
 * @param series all of the arm's series, each with another seed; one may be added, none taken away.
 * @returns the first index that changed; `band.length` where none did.
 */
export function updateBand(band: Band, series: readonly Series[]): number {
  let from = Infinity;
  let to = -Infinity;
  for (const one of series) {
    const taken = band.taken.get(one) ?? 0;
    if (one.length === taken) continue;
    // From the last point that was there, because the line from it to the first new one is new as well.
    from = Math.min(from, one.steps[Math.max(0, taken - 1)]!);
    to = Math.max(to, one.steps[one.length - 1]!);
    band.taken.set(one, one.length);
  }
  if (from > to) return band.length;

  const start = lowerBound(band.steps, from, 0, band.length);
  const end = upperBound(band.steps, to, start, band.length);
  const stretch = mergeSteps(series, from, to);
  makeRoom(band, start, end, stretch.length);
  band.steps.set(stretch, start);
  fillStretch(band, series, start, start + stretch.length);
  return start;
}

/** All steps of the series in `[from, to]`, ascending, each once. */
function mergeSteps(series: readonly Series[], from: number, to: number): Float64Array {
  const positions = series.map(({ steps, length }) => lowerBound(steps, from, 0, length));
  let most = 0;
  series.forEach(({ steps, length }, which) => {
    most += upperBound(steps, to, positions[which]!, length) - positions[which]!;
  });
  const merged = new Float64Array(most);
  let count = 0;
  for (;;) {
    let next = Infinity;
    for (let which = 0; which < series.length; which++) {
      const { steps, length } = series[which]!;
      const position = positions[which]!;
      if (position < length && steps[position]! < next) next = steps[position]!;
    }
    if (next > to) return merged.subarray(0, count);
    merged[count++] = next;
    for (let which = 0; which < series.length; which++) {
      const { steps, length } = series[which]!;
      let position = positions[which]!;
      while (position < length && steps[position] === next) position++;
      positions[which] = position;
    }
  }
}

/** Replaces the entries `[start, end)` by `count` unset ones; what follows keeps its values. */
function makeRoom(band: Band, start: number, end: number, count: number): void {
  const length = band.length + count - (end - start);
  band.steps = withRoom(band.steps, length);
  band.centre = withRoom(band.centre, length);
  band.low = withRoom(band.low, length);
  band.high = withRoom(band.high, length);
  if (length > band.seeds.length) {
    const grown = new Uint16Array(band.steps.length);
    grown.set(band.seeds);
    band.seeds = grown;
  }
  for (const values of [band.steps, band.centre, band.low, band.high, band.seeds]) {
    values.copyWithin(start + count, end, band.length);
  }
  band.length = length;
}

function fillStretch(band: Band, series: readonly Series[], start: number, end: number): void {
  const first = band.steps[start]!;
  // For each series the index of its first point above the step being filled.
  const above = series.map(({ steps, length }) => upperBound(steps, first, 0, length));
  const values = new Float64Array(series.length);
  for (let index = start; index < end; index++) {
    const step = band.steps[index]!;
    let count = 0;
    for (let which = 0; which < series.length; which++) {
      const { steps, values: own, length } = series[which]!;
      let next = above[which]!;
      while (next < length && steps[next]! <= step) next++;
      above[which] = next;
      if (next === 0) continue;
      let value = own[next - 1]!;
      const reached = steps[next - 1]!;
      if (reached !== step) {
        if (next === length) continue;
        value += ((step - reached) / (steps[next]! - reached)) * (own[next]! - value);
      }
      if (Number.isFinite(value)) values[count++] = value;
    }
    const summary = summarise(values, count, band.aggregation);
    band.centre[index] = summary.centre;
    band.low[index] = summary.low;
    band.high[index] = summary.high;
    band.seeds[index] = summary.seeds;
  }
}
