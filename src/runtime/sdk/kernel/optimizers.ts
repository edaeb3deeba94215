/**
 * One step of Adam, in place.
 *
 * @param count a multiple of 4.
 * @param rate already divided by the first moment's bias.
 * @param secondBias the second moment's bias.
 */
export function adam(
  parameters: usize,
  gradient: usize,
  first: usize,
  second: usize,
  count: i32,
  rate: f32,
  momentum: f32,
  scale: f32,
  secondBias: f32,
  epsilon: f32,
): void {
  const end = parameters + ((<usize>count) << 2);
  const rates = f32x4.splat(rate);
  const momenta = f32x4.splat(momentum);
  const scales = f32x4.splat(scale);
  const firstShare = f32x4.splat(<f32>1 - momentum);
  const secondShare = f32x4.splat(<f32>1 - scale);
  const root = f32x4.splat(<f32>1 / Mathf.sqrt(secondBias));
  const epsilons = f32x4.splat(epsilon);
  for (; parameters < end; parameters += 16, gradient += 16, first += 16, second += 16) {
    const g = v128.load(gradient);
    const m = f32x4.add(f32x4.mul(momenta, v128.load(first)), f32x4.mul(firstShare, g));
    const v = f32x4.add(f32x4.mul(scales, v128.load(second)), f32x4.mul(secondShare, f32x4.mul(g, g)));
    v128.store(first, withoutDust(m));
    v128.store(second, withoutDust(v));
    const scaled = f32x4.add(f32x4.mul(f32x4.sqrt(v), root), epsilons);
    const step = f32x4.div(f32x4.mul(rates, m), scaled);
    v128.store(parameters, f32x4.sub(v128.load(parameters), step));
  }
}

/** One step down the gradient with momentum, in place. @param count a multiple of 4. */
export function sgd(parameters: usize, gradient: usize, velocity: usize, count: i32, rate: f32, momentum: f32): void {
  const end = parameters + ((<usize>count) << 2);
  const rates = f32x4.splat(rate);
  const momenta = f32x4.splat(momentum);
  for (; parameters < end; parameters += 16, gradient += 16, velocity += 16) {
    const v = f32x4.add(f32x4.mul(momenta, v128.load(velocity)), v128.load(gradient));
    v128.store(velocity, withoutDust(v));
    v128.store(parameters, f32x4.sub(v128.load(parameters), f32x4.mul(rates, v)));
  }
}

/**
 * Zero where a number is too small to matter. The averages of a unit that has died would otherwise shrink to subnormal
 * numbers and stay there, and processors take many times as long for those.
 */
function withoutDust(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), f32x4.splat(1e-36)));
}
