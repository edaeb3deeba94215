import type { Range } from '../ticks.ts';

/** What a person chose to see of a plot; what is absent follows the data. */
export interface Zoom {
  readonly steps?: Range;
  readonly values?: Range;
}

/** Puts a range into the coordinates in which its axis is even. */
function even({ min, max }: Range, logarithmic: boolean): Range {
  return logarithmic ? { min: Math.log10(min), max: Math.log10(max) } : { min, max };
}

function uneven({ min, max }: Range, logarithmic: boolean): Range {
  return logarithmic ? { min: 10 ** min, max: 10 ** max } : { min, max };
}

/** Smallest width of a range relative to its position: below it, neighbouring numbers can no longer be told apart. */
const finest = 1e-10;

/** Shrinks (`factor` < 1) or widens a range around the point that lies at `anchor` (0 to 1) of it. Logarithmic ranges are positive. */
export function zoomRange(range: Range, factor: number, anchor: number, logarithmic: boolean): Range {
  const { min, max } = even(range, logarithmic);
  const width = max - min;
  const least = finest * Math.max(1e-12, Math.abs(min), Math.abs(max));
  const wanted = Math.max(least, width * factor);
  const fixed = min + anchor * width;
  const zoomed = uneven({ min: fixed - anchor * wanted, max: fixed + (1 - anchor) * wanted }, logarithmic);
  return isUsable(zoomed, logarithmic) ? zoomed : range;
}

/** Moves a range by a share of its width; positive towards higher values. */
export function panRange(range: Range, share: number, logarithmic: boolean): Range {
  const { min, max } = even(range, logarithmic);
  const distance = (max - min) * share;
  const moved = uneven({ min: min + distance, max: max + distance }, logarithmic);
  return isUsable(moved, logarithmic) ? moved : range;
}

/** The part of a range between two shares of its width, in either order. */
export function partOfRange(range: Range, from: number, to: number, logarithmic: boolean): Range {
  const { min, max } = even(range, logarithmic);
  const low = Math.min(from, to);
  const high = Math.max(from, to);
  const part = uneven({ min: min + low * (max - min), max: min + high * (max - min) }, logarithmic);
  return isUsable(part, logarithmic) ? part : range;
}

/** Keeps a range within reach of what there is to see: no wider than it with a margin, and overlapping it. */
export function keepNear(range: Range, whole: Range, logarithmic: boolean): Range {
  const wanted = even(range, logarithmic);
  const all = even(whole, logarithmic);
  const margin = Math.max(all.max - all.min, 1e-12) * 0.5;
  const width = Math.min(wanted.max - wanted.min, all.max - all.min + 2 * margin);
  const min = Math.min(Math.max(wanted.min, all.min - margin), all.max + margin - width);
  return uneven({ min, max: min + width }, logarithmic);
}

function isUsable({ min, max }: Range, logarithmic: boolean): boolean {
  return Number.isFinite(min) && Number.isFinite(max) && min < max && (!logarithmic || min > 0);
}

/** A range around the data: a twentieth wider on either side, and never empty. `undefined` where there is nothing to see. */
export function rangeAround(min: number, max: number, logarithmic: boolean, margin = 0.05): Range | undefined {
  if (!(min <= max) || !Number.isFinite(min) || !Number.isFinite(max) || (logarithmic && min <= 0)) return undefined;
  if (min === max) {
    if (logarithmic) return { min: min / 2, max: max * 2 };
    const reach = min === 0 ? 1 : Math.abs(min) * 0.1;
    return { min: min - reach, max: max + reach };
  }
  const width = even({ min, max }, logarithmic);
  const extra = (width.max - width.min) * margin;
  return uneven({ min: width.min - extra, max: width.max + extra }, logarithmic);
}
