/** Points of one metric of one trial, in logged order: steps never fall, and of one step the last value counts. */
export interface Points {
  readonly steps: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/**
 * The seeds of one arm together: at every step that any of them logged, the median of the seeds that reach it and what
 * they range over. Between two of its points a seed is on the line that joins them; before its first and after its last
 * it takes no part. Values that are not finite take no part either; where none is left all three are NaN.
 */
export interface Band {
  readonly steps: Float64Array;
  readonly median: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Number of seeds behind each entry. */
  readonly seeds: Uint32Array;
}

export function createBand(trials: readonly Points[]): Band {
  const steps = mergeSteps(trials);
  const band: Band = {
    steps,
    median: new Float64Array(steps.length),
    low: new Float64Array(steps.length),
    high: new Float64Array(steps.length),
    seeds: new Uint32Array(steps.length),
  };
  // For each trial the number of its points at or before the step at hand.
  const passed = new Uint32Array(trials.length);
  const room = new Float64Array(trials.length);
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index]!;
    let count = 0;
    trials.forEach((trial, which) => {
      const value = valueAt(trial, step, passed, which);
      if (Number.isFinite(value)) room[count++] = value;
    });
    const values = room.subarray(0, count).sort();
    const middle = count >>> 1;
    band.median[index] =
      count === 0 ? NaN : count % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
    band.low[index] = count === 0 ? NaN : values[0]!;
    band.high[index] = count === 0 ? NaN : values[count - 1]!;
    band.seeds[index] = count;
  }
  return band;
}

/** The trial's value at a step, NaN where it has none; steps must be asked for in ascending order. */
function valueAt({ steps, values }: Points, step: number, passed: Uint32Array, which: number): number {
  let next = passed[which]!;
  while (next < steps.length && steps[next]! <= step) next++;
  passed[which] = next;
  if (next === 0) return NaN;
  const value = values[next - 1]!;
  const reached = steps[next - 1]!;
  if (reached === step) return value;
  if (next === steps.length) return NaN;
  return value + ((step - reached) / (steps[next]! - reached)) * (values[next]! - value);
}

/** All steps of the trials, ascending, each once. */
function mergeSteps(trials: readonly Points[]): Float64Array {
  return trials.reduce<Float64Array>((merged, { steps }) => mergeTwo(merged, steps), new Float64Array(0));
}

/** The numbers of two ascending lists, ascending, each once. */
function mergeTwo(one: ArrayLike<number>, other: ArrayLike<number>): Float64Array {
  const merged = new Float64Array(one.length + other.length);
  let count = 0;
  let first = 0;
  let second = 0;
  while (first < one.length || second < other.length) {
    const fromFirst = first < one.length ? one[first]! : Infinity;
    const fromSecond = second < other.length ? other[second]! : Infinity;
    const least = Math.min(fromFirst, fromSecond);
    while (first < one.length && one[first] === least) first++;
    while (second < other.length && other[second] === least) second++;
    merged[count++] = least;
  }
  return merged.slice(0, count);
}
