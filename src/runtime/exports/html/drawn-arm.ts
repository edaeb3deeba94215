import type { ArmStyle } from './arm-style.ts';
import type { Band, Points } from './band.ts';
import { writeNumber } from './number.ts';

/** One arm in a chart, with the points of each of its seeds. */
export interface ChartArm {
  readonly name: string;
  readonly style: ArmStyle;
  readonly trials: readonly Points[];
}

/** An arm that logged something, with its seeds taken together. */
export interface DrawnArm extends ChartArm {
  readonly band: Band;
}

/** A chart in pieces, none of which takes long to make. */
export interface Chart {
  readonly pieces: Iterable<string>;
  /** Which axes have no place for numbers at or below 0. */
  readonly logarithmic: { readonly steps: boolean; readonly values: boolean };
}

/** The name of an arm, cut where it would not fit beside a chart. */
export function armLabel({ name }: ChartArm): string {
  return name.length > 18 ? `${name.slice(0, 17)}…` : name;
}

/** Room for the longest label of the arms, in units of a drawing. */
export function labelWidth(arms: readonly ChartArm[]): number {
  return 8 * Math.max(...arms.map((arm) => armLabel(arm).length));
}

/** Where every arm ends, in words. */
export function describeEnds(arms: readonly DrawnArm[]): string {
  const ends = arms.map(({ name, band: { median, low, high } }) => {
    const last = median.length - 1;
    return `${name} ends at ${writeNumber(median[last]!)} (${writeNumber(low[last]!)} to ${writeNumber(high[last]!)})`;
  });
  return `${ends.join('; ')}.`;
}

/** What finite numbers (on a logarithmic axis: above 0) range over; from infinity to its opposite where there is none. */
export function rangeOf(lists: readonly Float64Array[], logarithmic: boolean): { min: number; max: number } {
  let min = Infinity;
  let max = -Infinity;
  for (const list of lists) {
    for (const value of list) {
      if (!Number.isFinite(value) || (logarithmic && value <= 0)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return { min, max };
}
