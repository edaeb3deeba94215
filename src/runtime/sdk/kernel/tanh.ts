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

/** exp of four numbers from −∞ to 0: 2^n by its exponent bits, the rest, in ±ln 2 / 2, by Taylor's series. */
function expOfNegative(x: v128): v128 {
  const powers = f32x4.max(f32x4.mul(x, f32x4.splat(1.4426950408889634)), f32x4.splat(-126));
  const whole = f32x4.nearest(powers);
  const rest = f32x4.mul(f32x4.sub(powers, whole), f32x4.splat(0.6931471805599453));
  let series = f32x4.splat(1);
  series = taylor(series, rest, 1.0 / 7.0);
  series = taylor(series, rest, 1.0 / 6.0);
  series = taylor(series, rest, 1.0 / 5.0);
  series = taylor(series, rest, 1.0 / 4.0);
  series = taylor(series, rest, 1.0 / 3.0);
  series = taylor(series, rest, 1.0 / 2.0);
  series = taylor(series, rest, 1.0);
  const exponent = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(whole), i32x4.splat(127)), 23);
  return f32x4.mul(series, exponent);
}

function taylor(series: v128, x: v128, factor: f32): v128 {
  return f32x4.add(f32x4.splat(1), f32x4.mul(f32x4.mul(series, x), f32x4.splat(factor)));
}
