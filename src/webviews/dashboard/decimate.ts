import { type Extremes, findOutstanding } from './extremes.ts';
import { lowerBound, upperBound } from './search.ts';

/** The part of the step axis that is on show, and how many pixel columns it has. `min < max`; `min > 0` where logarithmic. */
export interface Viewport {
  readonly min: number;
  readonly max: number;
  readonly columns: number;
  readonly logarithmic: boolean;
}

/** Up to this many points a column, all of them are drawn. */
const pointsPerColumn = 4;

/** Position of a step on the axis in columns from the left edge. */
function columnOf(step: number, { min, max, columns, logarithmic }: Viewport): number {
  const share = logarithmic ? Math.log(step / min) / Math.log(max / min) : (step - min) / (max - min);
  return share * columns;
}

/** Step at the left edge of a column. */
function edgeOf(column: number, { min, max, columns, logarithmic }: Viewport): number {
  return logarithmic ? min * (max / min) ** (column / columns) : min + ((max - min) * column) / columns;
}

/** Calls `visit` with the half-open index range of each pixel column that has points, from left to right. */
function visitColumns(
  steps: Float64Array,
  from: number,
  to: number,
  viewport: Viewport,
  visit: (from: number, to: number) => void,
): void {
  let start = from;
  while (start < to) {
    const column = Math.floor(columnOf(steps[start]!, viewport) + 1e-9);
    const edge = edgeOf(column + 1, viewport);
    // At least one point, whatever rounding says of the edge.
    const end = Math.max(start + 1, lowerBound(steps, edge, start, to));
    visit(start, end);
    start = end;
  }
}

/** Rounding may split a column in two at its edge, and the last step may begin a column of its own. */
function visitsAtMost(viewport: Viewport): number {
  return 2 * (viewport.columns + 1);
}

/** Whether there is a point left of the first one in view that the axis has a place for. */
function reachesLeft(steps: Float64Array, first: number, { logarithmic }: Viewport): boolean {
  return first > 0 && (!logarithmic || steps[first - 1]! > 0);
}

/** The half-open range of indices whose steps lie in the viewport. */
export function indicesInView(steps: Float64Array, length: number, viewport: Viewport): [from: number, to: number] {
  const from = lowerBound(steps, viewport.min, 0, length);
  return [from, upperBound(steps, viewport.max, from, length)];
}

/**
 * Chooses which points of a line to draw: of each pixel column the first, the lowest, the highest and the last, so that
 * the line covers the very pixels that all points would. Where there are few, all; always one point beyond either edge,
 * so that the line leaves the picture where it should. A column of which nothing can be drawn keeps one point, as a gap.
 *
 * @param steps ascending, of which `length` count.
 * @param values of which those that are not finite, or not positive on a logarithmic axis, cannot be drawn.
 * @param extremes of these values.
 * @returns ascending indices.
 */
export function decimate(
  steps: Float64Array,
  values: Float64Array,
  length: number,
  viewport: Viewport,
  extremes: Extremes,
): Uint32Array {
  const [from, to] = indicesInView(steps, length, viewport);
  const before = reachesLeft(steps, from, viewport) ? 1 : 0;
  const after = to < length ? 1 : 0;
  if (to - from <= pointsPerColumn * viewport.columns) {
    return Uint32Array.from({ length: to - from + before + after }, (_, position) => from - before + position);
  }
  const kept = new Uint32Array(pointsPerColumn * visitsAtMost(viewport) + 2);
  let count = 0;
  if (before) kept[count++] = from - 1;
  const found = { first: -1, last: -1, lowest: -1, highest: -1 };
  visitColumns(steps, from, to, viewport, (start, end) => {
    findOutstanding(found, extremes, values, start, end);
    if (found.first < 0) {
      kept[count++] = start;
      return;
    }
    const earlier = Math.min(found.lowest, found.highest);
    const later = Math.max(found.lowest, found.highest);
    kept[count++] = found.first;
    if (earlier > found.first) kept[count++] = earlier;
    if (later > earlier) kept[count++] = later;
    if (found.last > later) kept[count++] = found.last;
  });
  if (after) kept[count++] = to;
  return kept.subarray(0, count);
}

/** The outline of a band: at each of `steps`, from `low` to `high`; NaN where it is interrupted. */
export interface Outline {
  readonly steps: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/**
 * Chooses which points of a band to draw: of each pixel column its whole height, at its first and at its last step.
 *
 * @param lowest extremes of `low`.
 * @param highest extremes of `high`.
 */
export function decimateBand(
  band: Outline & { readonly length: number },
  viewport: Viewport,
  lowest: Extremes,
  highest: Extremes,
): Outline {
  const { steps, low, high, length } = band;
  const [first, end] = indicesInView(steps, length, viewport);
  const from = reachesLeft(steps, first, viewport) ? first - 1 : first;
  const to = Math.min(length, end + 1);
  if (to - from <= pointsPerColumn * viewport.columns) {
    return { steps: steps.slice(from, to), low: low.slice(from, to), high: high.slice(from, to) };
  }
  const room = 2 * visitsAtMost(viewport) + 4;
  const drawn = { steps: new Float64Array(room), low: new Float64Array(room), high: new Float64Array(room) };
  const bottom = { first: -1, last: -1, lowest: -1, highest: -1 };
  const top = { ...bottom };
  let count = 0;
  visitColumns(steps, from, to, viewport, (start, stop) => {
    findOutstanding(bottom, lowest, low, start, stop);
    findOutstanding(top, highest, high, start, stop);
    const empty = bottom.first < 0 || top.first < 0;
    for (const index of stop - start > 1 ? [start, stop - 1] : [start]) {
      drawn.steps[count] = steps[index]!;
      drawn.low[count] = empty ? NaN : low[bottom.lowest]!;
      drawn.high[count] = empty ? NaN : high[top.highest]!;
      count++;
    }
  });
  return {
    steps: drawn.steps.subarray(0, count),
    low: drawn.low.subarray(0, count),
    high: drawn.high.subarray(0, count),
  };
}

/**
 * Thins the marks of points that cannot be drawn to one a pixel column.
 *
 * @param indices ascending indices into `steps`, of which `count` count.
 * @returns the indices to mark.
 */
export function decimateMarks(
  steps: Float64Array,
  indices: Uint32Array,
  count: number,
  viewport: Viewport,
): Uint32Array {
  const marked: number[] = [];
  let position = firstAtOrAfter(steps, indices, 0, count, viewport.min);
  while (position < count) {
    const index = indices[position]!;
    const step = steps[index]!;
    if (step > viewport.max) break;
    marked.push(index);
    const edge = edgeOf(Math.floor(columnOf(step, viewport) + 1e-9) + 1, viewport);
    position = Math.max(position + 1, firstAtOrAfter(steps, indices, position, count, edge));
  }
  return Uint32Array.from(marked);
}

/** First position in `indices` whose step is not below the wanted one. */
function firstAtOrAfter(steps: Float64Array, indices: Uint32Array, from: number, to: number, wanted: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (steps[indices[middle]!]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
