import type { Range } from '../ticks.ts';
import type { Line } from './metric-lines.ts';
import { lowerBound, upperBound } from './search.ts';

/** What one line says where the reading line stands. */
export interface ReadingRow {
  readonly arm: string;
  readonly seed?: number;
  /** The line's own step nearest to the reading's. */
  readonly step: number;
  readonly value: number;
  /** The value as drawn, where lines are smoothed. */
  readonly smoothed?: number;
  readonly band?: { readonly low: number; readonly high: number; readonly seeds: number };
}

export interface Reading {
  readonly step: number;
  readonly rows: readonly ReadingRow[];
}

/** Index of the step nearest to the wanted one, measured as the axis does. `length` > 0. */
function nearest(steps: Float64Array, length: number, wanted: number, logarithmic: boolean): number {
  const after = lowerBound(steps, wanted, 0, length);
  if (after === 0) return 0;
  if (after === length) return length - 1;
  const below = steps[after - 1]!;
  const above = steps[after]!;
  const middle = logarithmic && below > 0 ? Math.sqrt(below * above) : (below + above) / 2;
  // The last of equal steps is the one that counts.
  return wanted < middle ? after - 1 : upperBound(steps, above, after, length) - 1;
}

/** Reads all lines at the logged step nearest to the wanted one; lines that do not reach it are left out. */
export function readAt(lines: readonly Line[], wanted: number, logarithmic: boolean): Reading | undefined {
  let step: number | undefined;
  for (const line of lines) {
    if (line.length === 0) continue;
    const candidate = line.steps[nearest(line.steps, line.length, wanted, logarithmic)]!;
    if (step === undefined || Math.abs(candidate - wanted) < Math.abs(step - wanted)) step = candidate;
  }
  if (step === undefined) return undefined;
  const rows: ReadingRow[] = [];
  for (const line of lines) {
    if (line.length === 0 || step < line.steps[0]! || step > line.steps[line.length - 1]!) continue;
    const index = nearest(line.steps, line.length, step, logarithmic);
    rows.push({
      arm: line.arm,
      ...(line.seed !== undefined && { seed: line.seed }),
      step: line.steps[index]!,
      value: line.centre.raw[index]!,
      ...(line.centre.smoothed && { smoothed: line.centre.drawn[index]! }),
      ...(line.band && {
        band: {
          low: line.band.source.low[index]!,
          high: line.band.source.high[index]!,
          seeds: line.band.source.seeds[index]!,
        },
      }),
    });
  }
  return { step, rows };
}

/**
 * The step to read next when walking left (-1) or right (1): the next logged one, or farther on where those lie so close
 * that a hundred and fifty presses would not cross the view.
 */
export function walkFrom(lines: readonly Line[], from: number | undefined, direction: number, view: Range): number {
  if (!Number.isFinite(direction)) return direction > 0 ? view.max : view.min;
  // The view reaches a little beyond the first and the last step: it is entered at a step, not at its edge.
  if (from === undefined) {
    const entries = lines.map(({ steps, length }) =>
      direction > 0 ? steps[lowerBound(steps, view.min, 0, length)] : steps[upperBound(steps, view.max, 0, length) - 1],
    );
    const inView = entries.filter((step): step is number => step !== undefined && step >= view.min && step <= view.max);
    return direction > 0 ? Math.min(view.max, ...inView) : Math.max(view.min, ...inView);
  }
  const stride = (view.max - view.min) / 150;
  let best: number | undefined;
  for (const { steps, length } of lines) {
    const next = direction > 0 ? upperBound(steps, from, 0, length) : lowerBound(steps, from, 0, length) - 1;
    if (next < 0 || next >= length) continue;
    const farther =
      direction > 0
        ? Math.min(length - 1, lowerBound(steps, from + stride, next, length))
        : Math.max(0, upperBound(steps, from - stride, 0, next + 1) - 1);
    const index = direction > 0 ? Math.max(next, farther) : Math.min(next, farther);
    const candidate = steps[index]!;
    if (best === undefined || Math.abs(candidate - from) < Math.abs(best - from)) best = candidate;
  }
  return Math.min(view.max, Math.max(view.min, best ?? from));
}

/** All steps of the lines, ascending, each once. */
export function allStepsOf(lines: readonly Line[]): Float64Array {
  let most = 0;
  for (const { length } of lines) most += length;
  const merged = new Float64Array(most);
  let count = 0;
  for (const { steps, length } of lines) {
    merged.set(steps.subarray(0, length), count);
    count += length;
  }
  merged.sort();
  let kept = 0;
  for (let index = 0; index < most; index++) {
    if (kept === 0 || merged[index] !== merged[kept - 1]) merged[kept++] = merged[index]!;
  }
  return merged.subarray(0, kept);
}

/** Index of exactly this step in the line, the last where it has several; undefined where it has none. */
export function indexOfStep({ steps, length }: Line, step: number): number | undefined {
  const index = upperBound(steps, step, 0, length) - 1;
  return index >= 0 && steps[index] === step ? index : undefined;
}
