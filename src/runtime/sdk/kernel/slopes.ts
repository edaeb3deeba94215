/** Gradients of functions of single numbers, each the gradient of what they came to times their slope. */

/** Of max(0, x): nothing where x is not positive. */
export function reluSlopes(gradient: usize, x: usize, to: usize, count: i32): void {
  const end = to + ((<usize>count) << 2);
  for (; to + 16 <= end; gradient += 16, x += 16, to += 16) {
    v128.store(to, reluSlope(v128.load(gradient), v128.load(x)));
  }
  for (; to < end; gradient += 4, x += 4, to += 4) {
    v128.store_lane<f32>(to, reluSlope(v128.load32_splat(gradient), v128.load32_splat(x)), 0);
  }
}

function reluSlope(gradient: v128, x: v128): v128 {
  const step = v128.and(f32x4.gt(x, f32x4.splat(0)), f32x4.splat(1));
  // What is no number stays none.
  return f32x4.mul(gradient, v128.bitselect(x, step, f32x4.ne(x, x)));
}

/** Of x². */
export function squareSlopes(gradient: usize, x: usize, to: usize, count: i32): void {
  const end = to + ((<usize>count) << 2);
  for (; to + 16 <= end; gradient += 16, x += 16, to += 16) {
    v128.store(to, squareSlope(v128.load(gradient), v128.load(x)));
  }
  for (; to < end; gradient += 4, x += 4, to += 4) {
    v128.store_lane<f32>(to, squareSlope(v128.load32_splat(gradient), v128.load32_splat(x)), 0);
  }
}

function squareSlope(gradient: v128, x: v128): v128 {
  return f32x4.mul(gradient, f32x4.add(x, x));
}
