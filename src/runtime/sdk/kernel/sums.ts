import { sumOfLanes } from './lanes';

/**
 * Sums along the middle axis of outer × length × inner, divided by `divisor`.
 *
 * @param to outer × inner.
 */
export function sums(from: usize, to: usize, outer: i32, length: i32, inner: i32, divisor: f32): void {
  const width = (<usize>inner) << 2;
  for (let i = 0; i < outer; i++) {
    if (inner == 1) {
      store<f32>(to, sumOfRow(from, length) / divisor);
    } else {
      sumOfRows(from, to, length, width, divisor);
    }
    from += length * width;
    to += width;
  }
}

/** Sixteen sums go on side by side. */
function sumOfRow(from: usize, length: i32): f32 {
  const end = from + ((<usize>length) << 2);
  let first = f32x4.splat(0);
  let second = first;
  let third = first;
  let fourth = first;
  for (; from + 64 <= end; from += 64) {
    first = f32x4.add(first, v128.load(from));
    second = f32x4.add(second, v128.load(from, 16));
    third = f32x4.add(third, v128.load(from, 32));
    fourth = f32x4.add(fourth, v128.load(from, 48));
  }
  for (; from + 16 <= end; from += 16) first = f32x4.add(first, v128.load(from));
  let total = sumOfLanes(f32x4.add(f32x4.add(first, second), f32x4.add(third, fourth)));
  for (; from < end; from += 4) total += load<f32>(from);
  return total;
}

/** @param width bytes of a row */
function sumOfRows(from: usize, to: usize, rows: i32, width: usize, divisor: f32): void {
  let column: usize = 0;
  for (; column + 16 <= width; column += 16) {
    let total = f32x4.splat(0);
    let at = from + column;
    for (let row = 0; row < rows; row++, at += width) total = f32x4.add(total, v128.load(at));
    v128.store(to + column, f32x4.div(total, f32x4.splat(divisor)));
  }
  for (; column < width; column += 4) {
    let total: f32 = 0;
    let at = from + column;
    for (let row = 0; row < rows; row++, at += width) total += load<f32>(at);
    store<f32>(to + column, total / divisor);
  }
}

/**
 * The way back: repeats numbers along the middle axis of outer × length × inner, divided by `divisor`.
 *
 * @param from outer × inner.
 */
export function spread(from: usize, to: usize, outer: i32, length: i32, inner: i32, divisor: f32): void {
  const width = (<usize>inner) << 2;
  for (let i = 0; i < outer; i++) {
    if (inner == 1) {
      const value: f32 = load<f32>(from) / divisor;
      const end = to + ((<usize>length) << 2);
      for (; to + 16 <= end; to += 16) v128.store(to, f32x4.splat(value));
      for (; to < end; to += 4) store<f32>(to, value);
    } else {
      for (let at: usize = 0; at < width; at += 4) store<f32>(to + at, load<f32>(from + at) / divisor);
      for (let row = 1; row < length; row++) memory.copy(to + row * width, to, width);
      to += length * width;
    }
    from += width;
  }
}
