/** One and a half times 2^23: added to a number, it leaves the nearest whole number in the last bits of the sum. */
const toWhole: f32 = 12582912;

/** exp of four numbers from −∞ to 0: 2^n by its exponent bits, the rest, in ±ln 2 / 2, by Taylor's series. */
export function expOfNegative(x: v128): v128 {
  const powers = f32x4.pmax(f32x4.mul(x, f32x4.splat(1.4426950408889634)), f32x4.splat(-126));
  const shifted = f32x4.add(powers, f32x4.splat(toWhole));
  const whole = f32x4.sub(shifted, f32x4.splat(toWhole));
  const rest = f32x4.mul(f32x4.sub(powers, whole), f32x4.splat(0.6931471805599453));
  let series = f32x4.splat(1);
  series = taylor(series, rest, 1.0 / 7.0);
  series = taylor(series, rest, 1.0 / 6.0);
  series = taylor(series, rest, 1.0 / 5.0);
  series = taylor(series, rest, 1.0 / 4.0);
  series = taylor(series, rest, 1.0 / 3.0);
  series = taylor(series, rest, 1.0 / 2.0);
  series = taylor(series, rest, 1.0);
  const exponent = i32x4.shl(i32x4.add(shifted, i32x4.splat(127)), 23);
  return f32x4.mul(series, exponent);
}

function taylor(series: v128, x: v128, factor: f32): v128 {
  return f32x4.add(f32x4.splat(1), f32x4.mul(f32x4.mul(series, x), f32x4.splat(factor)));
}
