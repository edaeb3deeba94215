/**
 * Tiles of a product: four rows and eight columns, as many sums as fit into registers. Each function has one loop with its
 * stores right after it, since only then some compilers of WebAssembly add where they load, and keep every sum in its register.
 */

/**
 * A tile of four rows that lie apart.
 *
 * @param a0 its first row, which is followed by three more.
 * @param rowStride bytes from one row of `a` to the next.
 * @param stepStride bytes from one step of a row of `a` to the next.
 * @param b its eight columns.
 * @param bStride bytes from one step of `b` to the next.
 * @param c where the first row of the product goes.
 * @param stride bytes from one row of the product to the next.
 * @param start eight numbers that the first row's sums begin with; 0 to begin with zero.
 * @param startStride bytes from there to what the next row's begin with.
 */
export function tileOfRows(
  a0: usize,
  rowStride: usize,
  stepStride: usize,
  b: usize,
  bStride: usize,
  c: usize,
  stride: usize,
  steps: i32,
  start: usize,
  startStride: usize,
): void {
  let left0 = start == 0 ? f32x4.splat(0) : v128.load(start);
  let right0 = start == 0 ? f32x4.splat(0) : v128.load(start, 16);
  let left1 = start == 0 ? f32x4.splat(0) : v128.load(start + startStride);
  let right1 = start == 0 ? f32x4.splat(0) : v128.load(start + startStride, 16);
  let left2 = start == 0 ? f32x4.splat(0) : v128.load(start + 2 * startStride);
  let right2 = start == 0 ? f32x4.splat(0) : v128.load(start + 2 * startStride, 16);
  let left3 = start == 0 ? f32x4.splat(0) : v128.load(start + 3 * startStride);
  let right3 = start == 0 ? f32x4.splat(0) : v128.load(start + 3 * startStride, 16);
  let a1 = a0 + rowStride;
  let a2 = a1 + rowStride;
  let a3 = a2 + rowStride;
  const end = b + steps * bStride;
  while (b < end) {
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

/**
 * A tile from a panel and a strip, which lie as the loop reads them.
 *
 * @param panel four rows: of each step the four numbers side by side.
 * @param strip eight columns: of each step the eight numbers side by side.
 */
export function tileOfPanel(
  panel: usize,
  strip: usize,
  c: usize,
  stride: usize,
  steps: i32,
  start: usize,
  startStride: usize,
): void {
  let left0 = start == 0 ? f32x4.splat(0) : v128.load(start);
  let right0 = start == 0 ? f32x4.splat(0) : v128.load(start, 16);
  let left1 = start == 0 ? f32x4.splat(0) : v128.load(start + startStride);
  let right1 = start == 0 ? f32x4.splat(0) : v128.load(start + startStride, 16);
  let left2 = start == 0 ? f32x4.splat(0) : v128.load(start + 2 * startStride);
  let right2 = start == 0 ? f32x4.splat(0) : v128.load(start + 2 * startStride, 16);
  let left3 = start == 0 ? f32x4.splat(0) : v128.load(start + 3 * startStride);
  let right3 = start == 0 ? f32x4.splat(0) : v128.load(start + 3 * startStride, 16);
  const end = strip + ((<usize>steps) << 5);
  while (strip < end) {
    const left = v128.load(strip);
    const right = v128.load(strip, 16);
    const x0 = v128.load32_splat(panel);
    left0 = f32x4.relaxed_madd(x0, left, left0);
    right0 = f32x4.relaxed_madd(x0, right, right0);
    const x1 = v128.load32_splat(panel, 4);
    left1 = f32x4.relaxed_madd(x1, left, left1);
    right1 = f32x4.relaxed_madd(x1, right, right1);
    const x2 = v128.load32_splat(panel, 8);
    left2 = f32x4.relaxed_madd(x2, left, left2);
    right2 = f32x4.relaxed_madd(x2, right, right2);
    const x3 = v128.load32_splat(panel, 12);
    left3 = f32x4.relaxed_madd(x3, left, left3);
    right3 = f32x4.relaxed_madd(x3, right, right3);
    panel += 16;
    strip += 32;
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
