/**
 * Extremes of pairs of numbers and numbers kept within bounds, in the memory of a tensor engine, which this module imports: a
 * module of its own, without data or a heap. Whatever is compared with NaN is NaN, so that what has diverged is seen to have.
 */

/** @param low the numbers become at least this, @param high and at most this. */
export function clip(from: usize, to: usize, count: i32, low: f32, high: f32): void {
  const end = from + ((<usize>count) << 2);
  const whole = from + ((<usize>(count & ~3)) << 2);
  const lowest = f32x4.splat(low);
  const highest = f32x4.splat(high);
  for (; from < whole; from += 16, to += 16) {
    v128.store(to, f32x4.min(f32x4.max(v128.load(from), lowest), highest));
  }
  for (; from < end; from += 4, to += 4) store<f32>(to, min<f32>(max<f32>(load<f32>(from), low), high));
}

/** The larger of each pair. @param otherIsOne whether `other` is one number, which all of `from` are compared with. */
export function larger(from: usize, other: usize, otherIsOne: bool, to: usize, count: i32): void {
  const end = from + ((<usize>count) << 2);
  const whole = from + ((<usize>(count & ~3)) << 2);
  if (otherIsOne) {
    const one = load<f32>(other);
    const ones = f32x4.splat(one);
    for (; from < whole; from += 16, to += 16) v128.store(to, f32x4.max(v128.load(from), ones));
    for (; from < end; from += 4, to += 4) store<f32>(to, max<f32>(load<f32>(from), one));
    return;
  }
  for (; from < whole; from += 16, other += 16, to += 16) {
    v128.store(to, f32x4.max(v128.load(from), v128.load(other)));
  }
  for (; from < end; from += 4, other += 4, to += 4) store<f32>(to, max<f32>(load<f32>(from), load<f32>(other)));
}

/** The smaller of each pair. @param otherIsOne whether `other` is one number, which all of `from` are compared with. */
export function smaller(from: usize, other: usize, otherIsOne: bool, to: usize, count: i32): void {
  const end = from + ((<usize>count) << 2);
  const whole = from + ((<usize>(count & ~3)) << 2);
  if (otherIsOne) {
    const one = load<f32>(other);
    const ones = f32x4.splat(one);
    for (; from < whole; from += 16, to += 16) v128.store(to, f32x4.min(v128.load(from), ones));
    for (; from < end; from += 4, to += 4) store<f32>(to, min<f32>(load<f32>(from), one));
    return;
  }
  for (; from < whole; from += 16, other += 16, to += 16) {
    v128.store(to, f32x4.min(v128.load(from), v128.load(other)));
  }
  for (; from < end; from += 4, other += 4, to += 4) store<f32>(to, min<f32>(load<f32>(from), load<f32>(other)));
}

/** Whether a number is among `count` ones. */
export function contains(from: usize, count: i32, number: f32): bool {
  const end = from + ((<usize>count) << 2);
  const whole = from + ((<usize>(count & ~3)) << 2);
  const numbers = f32x4.splat(number);
  for (; from < whole; from += 16) if (v128.any_true(f32x4.eq(v128.load(from), numbers))) return true;
  for (; from < end; from += 4) if (load<f32>(from) == number) return true;
  return false;
}
