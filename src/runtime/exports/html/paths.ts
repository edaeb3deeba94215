import type { Scale } from './scale.ts';

/** A coordinate with as many digits as an eye can use. */
export function place(position: number): string {
  return String(Math.round(position * 10) / 10);
}

/**
 * An SVG path through the points, interrupted where one has no place on the axes. Of all points in a column one unit
 * wide only the first, lowest, highest and last are kept, so that the line covers what all points would.
 *
 * @param xs values along `x`, ascending for the thinning to be exact.
 */
export function linePath(xs: ArrayLike<number>, ys: ArrayLike<number>, x: Scale, y: Scale): string {
  let path = '';
  let pen = 'M';
  let column = NaN;
  let kept: { first: Place; low: Place; high: Place; last: Place } | undefined;
  const flush = () => {
    if (kept === undefined) return;
    const { first, low, high, last } = kept;
    const between = low.index < high.index ? [low, high] : [high, low];
    let before = -1;
    for (const point of [first, ...between, last]) {
      if (point.index === before) continue;
      path += `${pen}${place(point.x)} ${place(point.y)}`;
      pen = 'L';
      before = point.index;
    }
    kept = undefined;
  };
  for (let index = 0; index < xs.length; index++) {
    const point: Place = { index, x: x.position(xs[index]!), y: y.position(ys[index]!) };
    if (!Number.isFinite(point.x) || !Number.isFinite(point.y)) {
      flush();
      pen = 'M';
      continue;
    }
    if (kept === undefined || Math.floor(point.x) !== column) {
      flush();
      column = Math.floor(point.x);
      kept = { first: point, low: point, high: point, last: point };
      continue;
    }
    if (point.y < kept.low.y) kept.low = point;
    if (point.y > kept.high.y) kept.high = point;
    kept.last = point;
  }
  flush();
  return path;
}

interface Place {
  readonly index: number;
  readonly x: number;
  readonly y: number;
}

/**
 * An SVG path around the area between two lines, in one closed piece for each stretch without gaps. Of each column one
 * unit wide the whole height is kept. Where the lower value has no place on the axis, the area goes down to its end.
 */
export function areaPath(
  xs: ArrayLike<number>,
  lows: ArrayLike<number>,
  highs: ArrayLike<number>,
  x: Scale,
  y: Scale,
): string {
  const floor = y.position(y.min);
  let path = '';
  let upper: string[] = [];
  let lower: string[] = [];
  let column = NaN;
  let kept: { from: number; to: number; top: number; bottom: number } | undefined;
  const flush = () => {
    if (kept === undefined) return;
    for (const at of kept.to > kept.from ? [kept.from, kept.to] : [kept.from]) {
      upper.push(`${place(at)} ${place(kept.top)}`);
      lower.push(`${place(at)} ${place(kept.bottom)}`);
    }
    kept = undefined;
  };
  const close = () => {
    flush();
    if (upper.length > 1) path += `M${upper.join('L')}L${lower.reverse().join('L')}Z`;
    upper = [];
    lower = [];
  };
  for (let index = 0; index < xs.length; index++) {
    const at = x.position(xs[index]!);
    const top = y.position(highs[index]!);
    const low = y.position(lows[index]!);
    if (!Number.isFinite(at) || !Number.isFinite(top)) {
      close();
      continue;
    }
    const bottom = Number.isFinite(low) ? low : floor;
    if (kept === undefined || Math.floor(at) !== column) {
      flush();
      column = Math.floor(at);
      kept = { from: at, to: at, top, bottom };
      continue;
    }
    kept.to = at;
    // Positions grow downwards.
    kept.top = Math.min(kept.top, top);
    kept.bottom = Math.max(kept.bottom, bottom);
  }
  close();
  return path;
}
