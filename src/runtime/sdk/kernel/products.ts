import { product } from './product';

/**
 * Products of matrices one after the other, as `product` for each.
 *
 * @param aNext bytes from one matrix to the next, 0 where a single one serves them all; `bNext` likewise.
 */
export function products(
  a: usize,
  aNext: usize,
  rowStride: usize,
  stepStride: usize,
  b: usize,
  bNext: usize,
  bStepStride: usize,
  columnStride: usize,
  c: usize,
  count: i32,
  rows: i32,
  columns: i32,
  steps: i32,
  room: usize,
): void {
  const size = (<usize>(rows * columns)) << 2;
  for (let i = 0; i < count; i++) {
    product(a, rowStride, stepStride, b, bStepStride, columnStride, c, rows, columns, steps, room);
    a += aNext;
    b += bNext;
    c += size;
  }
}
