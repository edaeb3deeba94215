import { multiplyTile8 } from './tile';

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
  const rowBlock = rowStride << 2;
  // Where b is larger than the nearest cache and many rows of a pass it, its strips of eight columns are copied together first.
  const packed = rows >= 16 && fromStride * steps > 32768;
  const bStride: usize = packed ? 32 : fromStride;
  // Strips of columns outside: a strip of b stays in the cache while all rows of a pass it.
  let column = 0;
  for (; column + 8 <= columns; column += 8) {
    const strip = packed ? packStrip(b, fromStride, steps) : b;
    let row = a;
    let to = c;
    for (let i = 0; i < rows; i += 4) {
      multiplyTile8(row, rowStride, stepStride, strip, bStride, to, stride, steps, start);
      row += rowBlock;
      to += stride << 2;
    }
    b += 32;
    c += 32;
    if (start != 0) start += 32;
  }
  if (column == columns) return;
  for (let i = 0; i < rows; i += 4) {
    multiplyTile4(a, rowStride, stepStride, b, fromStride, c, stride, steps, start);
    a += rowBlock;
    c += stride << 2;
  }
}

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

/** Memory for one strip, as long as the longest so far. */
let stripMemory: usize = 0;
let stripSteps: i32 = 0;

/** Copies eight columns of a matrix, so that they lie together. @param stride bytes from row to row */
function packStrip(from: usize, stride: usize, steps: i32): usize {
  if (steps > stripSteps) {
    if (stripMemory != 0) heap.free(stripMemory);
    stripMemory = heap.alloc((<usize>steps) << 5);
    stripSteps = steps;
  }
  let to = stripMemory;
  for (let step = 0; step < steps; step++) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    from += stride;
    to += 32;
  }
  return stripMemory;
}
