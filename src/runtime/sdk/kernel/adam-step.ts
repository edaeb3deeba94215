/**
 * One step of Adam (Kingma & Ba, 2015), which leaves the parameters as they are: a tensor engine wants new ones.
 *
 * @param to where the new parameters go.
 * @param first the average of gradients, which is carried on, as is `second`, of their squares.
 * @param rate already divided by the first average's bias.
 * @param secondScale what the second average is multiplied with against its bias.
 */
export function adamStep(
  parameters: usize,
  gradient: usize,
  first: usize,
  second: usize,
  to: usize,
  count: i32,
  rate: f32,
  beta1: f32,
  beta2: f32,
  secondScale: f32,
  epsilon: f32,
): void {
  const whole = count & ~3;
  for (let i = 0; i < whole; i += 4) {
    const at = (<usize>i) << 2;
    const g = v128.load(gradient + at);
    const m = average(v128.load(first + at), g, beta1);
    const v = average(v128.load(second + at), f32x4.mul(g, g), beta2);
    v128.store(first + at, m);
    v128.store(second + at, v);
    v128.store(to + at, stepped(v128.load(parameters + at), m, v, rate, secondScale, epsilon));
  }
  for (let i = whole; i < count; i++) {
    const at = (<usize>i) << 2;
    const g = v128.load32_splat(gradient + at);
    const m = average(v128.load32_splat(first + at), g, beta1);
    const v = average(v128.load32_splat(second + at), f32x4.mul(g, g), beta2);
    v128.store_lane<f32>(first + at, m, 0);
    v128.store_lane<f32>(second + at, v, 0);
    v128.store_lane<f32>(to + at, stepped(v128.load32_splat(parameters + at), m, v, rate, secondScale, epsilon), 0);
  }
}

/** Zero where it is too small to matter: processors take many times as long for subnormal numbers. */
function average(before: v128, now: v128, share: f32): v128 {
  const both = f32x4.add(f32x4.mul(before, f32x4.splat(share)), f32x4.mul(now, f32x4.splat(<f32>1 - share)));
  return v128.andnot(both, f32x4.lt(f32x4.abs(both), f32x4.splat(1e-36)));
}

function stepped(parameters: v128, m: v128, v: v128, rate: f32, secondScale: f32, epsilon: f32): v128 {
  const root = f32x4.add(f32x4.sqrt(f32x4.mul(v, f32x4.splat(secondScale))), f32x4.splat(epsilon));
  return f32x4.sub(parameters, f32x4.div(f32x4.mul(f32x4.splat(rate), m), root));
}
