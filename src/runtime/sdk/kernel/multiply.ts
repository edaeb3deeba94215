import { blocksRoom, multiplyBlocks } from './blocks';
import { tileOfRows } from './tile';

/**
 * c = a · b, plus a row of first sums where there is one.
 *
 * @param a rows × steps. Its strides are free, so that a transposed matrix needs no copy.
 * @param rowStride bytes from one row of `a` to the next.
 * @param stepStride bytes from one step of a row of `a` to the next.
 * @param b steps × columns.
 * @param c rows × columns.
 * @param rows a multiple of 4.
 * @param columns a multiple of 4.
 * @param start as many numbers as columns, which every row's sums begin with; 0 to begin with zero.
 */
export function multiply(
  a: usize,
  rowStride: usize,
  stepStride: usize,
  b: usize,
  c: usize,
  rows: i32,
  columns: i32,
  steps: i32,
  start: usize,
): void {
  const stride = (<usize>columns) << 2;
  multiplyStrided(a, rowStride, stepStride, b, stride, c, stride, rows, columns, steps, start);
}

/** The same of matrices that are parts of larger ones. @param fromStride bytes from row to row of `b`, `stride` of `c` */
export function multiplyStrided(
  a: usize,
  rowStride: usize,
  stepStride: usize,
  b: usize,
  fromStride: usize,
  c: usize,
  stride: usize,
  rows: i32,
  columns: i32,
  steps: i32,
  start: usize,
): void {
  // In blocks where many strips of eight columns read each row; otherwise copying takes longer than it saves.
  const whole = columns & ~7;
  if (whole >= 32 && steps >= 16) {
    if (room == 0) room = heap.alloc(blocksRoom);
    multiplyBlocks(a, rowStride, stepStride, b, fromStride, 4, c, stride, rows, whole, steps, start, room);
  } else {
    for (let column: usize = 0; column < (<usize>whole) << 2; column += 32) {
      const first = start == 0 ? 0 : start + column;
      let row = a;
      let to = c + column;
      for (let i = 0; i < rows; i += 4) {
        tileOfRows(row, rowStride, stepStride, b + column, fromStride, to, stride, steps, first, 0);
        row += rowStride << 2;
        to += stride << 2;
      }
    }
  }
  if (whole == columns) return;
  const done = (<usize>whole) << 2;
  b += done;
  c += done;
  if (start != 0) start += done;
  for (let i = 0; i < rows; i += 4) {
    multiplyTile4(a, rowStride, stepStride, b, fromStride, c, stride, steps, start);
    a += rowStride << 2;
    c += stride << 2;
  }
}

/** For blocks, once there has been a product that needs it. */
let room: usize = 0;

/** Four rows and the last four columns, where the number of columns is no multiple of eight. */
function multiplyTile4(
  a0: usize,
  rowStride: usize,
  stepStride: usize,
  b: usize,
  bStride: usize,
  c: usize,
  stride: usize,
  steps: i32,
  start: usize,
): void {
  let sums0 = start == 0 ? f32x4.splat(0) : v128.load(start);
  let sums1 = sums0;
  let sums2 = sums0;
  let sums3 = sums0;
  let a1 = a0 + rowStride;
  let a2 = a1 + rowStride;
  let a3 = a2 + rowStride;
  for (let step = 0; step < steps; step++) {
    const right = v128.load(b);
    sums0 = f32x4.relaxed_madd(v128.load32_splat(a0), right, sums0);
    sums1 = f32x4.relaxed_madd(v128.load32_splat(a1), right, sums1);
    sums2 = f32x4.relaxed_madd(v128.load32_splat(a2), right, sums2);
    sums3 = f32x4.relaxed_madd(v128.load32_splat(a3), right, sums3);
    b += bStride;
    a0 += stepStride;
    a1 += stepStride;
    a2 += stepStride;
    a3 += stepStride;
  }
  v128.store(c, sums0);
  v128.store(c + stride, sums1);
  v128.store(c + 2 * stride, sums2);
  v128.store(c + 3 * stride, sums3);
}
