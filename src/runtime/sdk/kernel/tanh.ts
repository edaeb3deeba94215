import { expOfNegative } from './exponential';

/** tanh of four numbers, within 3 units of the last place. */
export function tanhOf(x: v128): v128 {
  const size = f32x4.abs(x);
  // e = exp(−2 |x|), at most 1; tanh |x| = (1 − e) / (1 + e), which loses digits near 0, where a fraction takes over.
  const e = expOfNegative(f32x4.mul(size, f32x4.splat(-2)));
  const far = f32x4.div(f32x4.sub(f32x4.splat(1), e), f32x4.add(f32x4.splat(1), e));
  const result = v128.bitselect(near(size), far, f32x4.lt(size, f32x4.splat(0.6)));
  return v128.or(result, v128.and(x, f32x4.splat(-0.0)));
}

/** Lambert's continued fraction of tanh, cut after its fifth term: exact to a float below 0.6. */
function near(x: v128): v128 {
  const square = f32x4.mul(x, x);
  const above = f32x4.add(f32x4.mul(f32x4.add(square, f32x4.splat(105)), square), f32x4.splat(945));
  const below = f32x4.add(
    f32x4.mul(f32x4.add(f32x4.mul(square, f32x4.splat(15)), f32x4.splat(420)), square),
    f32x4.splat(945),
  );
  return f32x4.div(f32x4.mul(x, above), below);
}
