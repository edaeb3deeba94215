import { sumOfLanes } from './lanes';

/** Keeps the root of a variance away from 0. */
const smallest: f32 = 1e-5;

/**
 * Normalises each row: (x − mean) / √(variance + 1e-5), over the row's numbers, without a learned scale.
 *
 * @param to rows × columns, as `values`.
 * @param scales where 1 / √(variance + 1e-5) of each row goes.
 * @param columns a multiple of 4.
 */
export function normalise(values: usize, to: usize, scales: usize, rows: i32, columns: i32): void {
  const width = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++) {
    let total = f32x4.splat(0);
    for (let at: usize = 0; at < width; at += 16) total = f32x4.add(total, v128.load(values + at));
    const mean = f32x4.splat(sumOfLanes(total) / <f32>columns);
    let squares = f32x4.splat(0);
    for (let at: usize = 0; at < width; at += 16) {
      const difference = f32x4.sub(v128.load(values + at), mean);
      squares = f32x4.add(squares, f32x4.mul(difference, difference));
    }
    const scale: f32 = <f32>1 / Mathf.sqrt(sumOfLanes(squares) / <f32>columns + smallest);
    store<f32>(scales, scale);
    const scaleOfAll = f32x4.splat(scale);
    for (let at: usize = 0; at < width; at += 16) {
      v128.store(to + at, f32x4.mul(f32x4.sub(v128.load(values + at), mean), scaleOfAll));
    }
    values += width;
    to += width;
    scales += 4;
  }
}

/**
 * Goes back through `normalise`: adds the gradient of its arguments to what is at `to`.
 *
 * @param normal what `normalise` came to, with the `scales` that it stored.
 * @param gradient of what it came to.
 */
export function normaliseGradient(
  normal: usize,
  scales: usize,
  gradient: usize,
  to: usize,
  rows: i32,
  columns: i32,
): void {
  const width = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++) {
    let total = f32x4.splat(0);
    let products = f32x4.splat(0);
    for (let at: usize = 0; at < width; at += 16) {
      const slope = v128.load(gradient + at);
      total = f32x4.add(total, slope);
      products = f32x4.add(products, f32x4.mul(slope, v128.load(normal + at)));
    }
    // What shifts or stretches the whole row comes to nothing.
    const shift = f32x4.splat(sumOfLanes(total) / <f32>columns);
    const stretch = f32x4.splat(sumOfLanes(products) / <f32>columns);
    const scale = v128.load32_splat(scales);
    for (let at: usize = 0; at < width; at += 16) {
      const along = f32x4.add(shift, f32x4.mul(stretch, v128.load(normal + at)));
      const across = f32x4.mul(scale, f32x4.sub(v128.load(gradient + at), along));
      v128.store(to + at, f32x4.add(v128.load(to + at), across));
    }
    normal += width;
    scales += 4;
    gradient += width;
    to += width;
  }
}
