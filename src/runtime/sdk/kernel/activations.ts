import { tanhOf } from './tanh';

/** Each in place. @param count a multiple of 4. */
export function relu(values: usize, count: i32): void {
  const end = values + ((<usize>count) << 2);
  for (; values < end; values += 16) {
    // pmax keeps NaN, so that a network that has diverged is seen to have.
    v128.store(values, f32x4.pmax(v128.load(values), f32x4.splat(0)));
  }
}

/** Makes the gradient of relu's values that of its arguments, in place. @param count a multiple of 4. */
export function reluGradient(values: usize, gradient: usize, count: i32): void {
  const end = values + ((<usize>count) << 2);
  for (; values < end; values += 16, gradient += 16) {
    // Where the value is not positive no bit is left; NaN stays.
    const stopped = f32x4.le(v128.load(values), f32x4.splat(0));
    v128.store(gradient, v128.andnot(v128.load(gradient), stopped));
  }
}

/** Each in place. @param count a multiple of 4. */
export function tanh(values: usize, count: i32): void {
  const end = values + ((<usize>count) << 2);
  for (; values < end; values += 16) v128.store(values, tanhOf(v128.load(values)));
}

/** Makes the gradient of tanh's values that of its arguments, in place. @param count a multiple of 4. */
export function tanhGradient(values: usize, gradient: usize, count: i32): void {
  const end = values + ((<usize>count) << 2);
  for (; values < end; values += 16, gradient += 16) {
    const value = v128.load(values);
    const slope = f32x4.sub(f32x4.splat(1), f32x4.mul(value, value));
    v128.store(gradient, f32x4.mul(v128.load(gradient), slope));
  }
}
