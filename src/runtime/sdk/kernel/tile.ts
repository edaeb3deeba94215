/**
 * Four rows and eight columns of a product: as many sums as fit into registers.
 *
 * @param a0 its first row, which is followed by three more.
 * @param rowStride bytes from one row of `a` to the next.
 * @param stepStride bytes from one step of a row of `a` to the next.
 * @param b its eight columns.
 * @param bStride bytes from one step of `b` to the next.
 * @param c where the first row of the product goes.
 * @param stride bytes from one row of the product to the next.
 * @param start eight numbers that every row's sums begin with; 0 to begin with zero.
 */
export function multiplyTile8(
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
  let left0 = start == 0 ? f32x4.splat(0) : v128.load(start);
  let right0 = start == 0 ? f32x4.splat(0) : v128.load(start, 16);
  let left1 = left0;
  let right1 = right0;
  let left2 = left0;
  let right2 = right0;
  let left3 = left0;
  let right3 = right0;
  let a1 = a0 + rowStride;
  let a2 = a1 + rowStride;
  let a3 = a2 + rowStride;
  // Of a transposed matrix the four rows lie side by side, and one address does for all.
  if (rowStride == 4) {
    for (let step = 0; step < steps; step++) {
      const left = v128.load(b);
      const right = v128.load(b, 16);
      const x0 = v128.load32_splat(a0);
      left0 = f32x4.relaxed_madd(x0, left, left0);
      right0 = f32x4.relaxed_madd(x0, right, right0);
      const x1 = v128.load32_splat(a0, 4);
      left1 = f32x4.relaxed_madd(x1, left, left1);
      right1 = f32x4.relaxed_madd(x1, right, right1);
      const x2 = v128.load32_splat(a0, 8);
      left2 = f32x4.relaxed_madd(x2, left, left2);
      right2 = f32x4.relaxed_madd(x2, right, right2);
      const x3 = v128.load32_splat(a0, 12);
      left3 = f32x4.relaxed_madd(x3, left, left3);
      right3 = f32x4.relaxed_madd(x3, right, right3);
      b += bStride;
      a0 += stepStride;
    }
  } else {
    for (let step = 0; step < steps; step++) {
      const left = v128.load(b);
      const right = v128.load(b, 16);
      const x0 = v128.load32_splat(a0);
      left0 = f32x4.relaxed_madd(x0, left, left0);
      right0 = f32x4.relaxed_madd(x0, right, right0);
      const x1 = v128.load32_splat(a1);
      left1 = f32x4.relaxed_madd(x1, left, left1);
      right1 = f32x4.relaxed_madd(x1, right, right1);
      const x2 = v128.load32_splat(a2);
      left2 = f32x4.relaxed_madd(x2, left, left2);
      right2 = f32x4.relaxed_madd(x2, right, right2);
      const x3 = v128.load32_splat(a3);
      left3 = f32x4.relaxed_madd(x3, left, left3);
      right3 = f32x4.relaxed_madd(x3, right, right3);
      b += bStride;
      a0 += stepStride;
      a1 += stepStride;
      a2 += stepStride;
      a3 += stepStride;
    }
  }
  v128.store(c, left0);
  v128.store(c, right0, 16);
  c += stride;
  v128.store(c, left1);
  v128.store(c, right1, 16);
  c += stride;
  v128.store(c, left2);
  v128.store(c, right2, 16);
  c += stride;
  v128.store(c, left3);
  v128.store(c, right3, 16);
}
