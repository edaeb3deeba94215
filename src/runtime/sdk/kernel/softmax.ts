import { expOfNegative } from './exponential';
import { lanesBefore, largestLane, sumOfLanes } from './lanes';

/** Below it exp comes to no more than the smallest number that is kept whole; it is taken for 0. */
const least: f32 = -87;

/**
 * softmax of each row.
 *
 * @param to rows × columns, as `values`.
 */
export function softmaxRows(values: usize, to: usize, rows: i32, columns: i32): void {
  const width = (<usize>columns) << 2;
  const whole = width & ~15;
  const rest = columns & 3;
  for (let row = 0; row < rows; row++) {
    // Where the columns are no multiple of four, the last ones are filled up with −∞.
    const last = rest == 0 ? f32x4.splat(-Infinity) : lastOf(values + whole, rest);
    let highest = last;
    // A comparison with NaN leaves the highest alone; NaN comes to the sum all the same.
    for (let at: usize = 0; at < whole; at += 16) highest = f32x4.pmax(highest, v128.load(values + at));
    const shift = f32x4.splat(largestLane(highest));
    let total = f32x4.splat(0);
    for (let at: usize = 0; at < whole; at += 16) {
      const power = exp(f32x4.sub(v128.load(values + at), shift));
      total = f32x4.add(total, power);
      v128.store(to + at, power);
    }
    const power = v128.and(exp(f32x4.sub(last, shift)), lanesBefore(rest));
    const share: f32 = <f32>1 / sumOfLanes(f32x4.add(total, power));
    const shares = f32x4.splat(share);
    for (let at: usize = 0; at < whole; at += 16) v128.store(to + at, f32x4.mul(v128.load(to + at), shares));
    storeLast(to + whole, f32x4.mul(power, shares), rest);
    values += width;
    to += width;
  }
}

function exp(x: v128): v128 {
  return v128.andnot(expOfNegative(x), f32x4.lt(x, f32x4.splat(least)));
}

/**
 * The gradient of softmax: of each row shares · (gradient − Σ shares · gradient).
 *
 * @param shares what softmax came to.
 */
export function softmaxSlopes(gradient: usize, shares: usize, to: usize, rows: i32, columns: i32): void {
  const width = (<usize>columns) << 2;
  const whole = width & ~15;
  for (let row = 0; row < rows; row++) {
    let total = f32x4.splat(0);
    let at: usize = 0;
    for (; at < whole; at += 16) {
      total = f32x4.add(total, f32x4.mul(v128.load(shares + at), v128.load(gradient + at)));
    }
    let sum = sumOfLanes(total);
    for (; at < width; at += 4) sum += load<f32>(shares + at) * load<f32>(gradient + at);
    const mean = f32x4.splat(sum);
    for (at = 0; at < whole; at += 16) {
      v128.store(to + at, f32x4.mul(v128.load(shares + at), f32x4.sub(v128.load(gradient + at), mean)));
    }
    for (; at < width; at += 4) store<f32>(to + at, load<f32>(shares + at) * (load<f32>(gradient + at) - sum));
    gradient += width;
    shares += width;
    to += width;
  }
}

/** One to three numbers, and −∞ behind them. */
function lastOf(from: usize, count: i32): v128 {
  let last = f32x4.splat(-Infinity);
  last = v128.load_lane<f32>(from, last, 0);
  if (count > 1) last = v128.load_lane<f32>(from + 4, last, 1);
  if (count > 2) last = v128.load_lane<f32>(from + 8, last, 2);
  return last;
}

function storeLast(to: usize, last: v128, count: i32): void {
  if (count > 0) v128.store_lane<f32>(to, last, 0);
  if (count > 1) v128.store_lane<f32>(to + 4, last, 1);
  if (count > 2) v128.store_lane<f32>(to + 8, last, 2);
}
