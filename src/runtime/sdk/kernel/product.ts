import { multiplyTile8 } from './tile';

/**
 * The product of two matrices, c = a · b, in the memory of a tensor engine, which this module imports: nothing is padded
 * there, and either factor may be transposed. A module of its own, without data or a heap, since both would lie on what the
 * engine keeps there. Sums have one order, as all of this folder.
 *
 * @param a rows × steps, `rowStride` bytes from row to row and `stepStride` from step to step; one of both is 4.
 * @param b steps × columns, `bStepStride` bytes from step to step and `columnStride` from column to column; one of both is 4.
 * @param c rows × columns, without padding.
 * @param room for 32 numbers, and eight for each step.
 */
export function product(
  a: usize,
  rowStride: usize,
  stepStride: usize,
  b: usize,
  bStepStride: usize,
  columnStride: usize,
  c: usize,
  rows: i32,
  columns: i32,
  steps: i32,
  room: usize,
): void {
  const stride = (<usize>columns) << 2;
  const strip = room + 128;
  for (let column = 0; column < columns; column += 8) {
    const width = min(8, columns - column);
    // Where few rows would read it, a strip that lies as it should is not copied first.
    const packed = rows >= 16 || width < 8 || columnStride != 4;
    if (packed) packStrip(b, bStepStride, columnStride, width, steps, strip);
    const from = packed ? strip : b;
    const fromStride: usize = packed ? 32 : bStepStride;
    let row = 0;
    let source = a;
    let to = c;
    if (width == 8) {
      for (; row + 4 <= rows; row += 4) {
        multiplyTile8(source, rowStride, stepStride, from, fromStride, to, stride, steps, 0);
        source += rowStride << 2;
        to += stride << 2;
      }
    }
    for (; row < rows; row += 4) {
      const height = min(4, rows - row);
      if (height == 4) {
        multiplyTile8(source, rowStride, stepStride, from, fromStride, room, 32, steps, 0);
      } else {
        for (let i = 0; i < height; i++)
          multiplyRow(source + i * rowStride, stepStride, from, fromStride, room + 32 * i, steps);
      }
      for (let i = 0; i < height; i++) memory.copy(to + i * stride, room + 32 * i, (<usize>width) << 2);
      source += rowStride << 2;
      to += stride << 2;
    }
    b += columnStride << 3;
    c += 32;
  }
}

/** One row and eight columns. */
function multiplyRow(a: usize, stepStride: usize, b: usize, bStride: usize, c: usize, steps: i32): void {
  let left = f32x4.splat(0);
  let right = f32x4.splat(0);
  for (let step = 0; step < steps; step++) {
    const x = v128.load32_splat(a);
    left = f32x4.relaxed_madd(x, v128.load(b), left);
    right = f32x4.relaxed_madd(x, v128.load(b, 16), right);
    a += stepStride;
    b += bStride;
  }
  v128.store(c, left);
  v128.store(c, right, 16);
}

/** Copies up to eight columns so that they lie together, with zeros for those that are not there. */
function packStrip(from: usize, stepStride: usize, columnStride: usize, width: i32, steps: i32, to: usize): void {
  if (width == 8 && columnStride == 4) {
    for (let step = 0; step < steps; step++) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      from += stepStride;
      to += 32;
    }
    return;
  }
  if (width < 8) memory.fill(to, 0, (<usize>steps) << 5);
  for (let column = 0; column < width; column++) {
    let source = from + column * columnStride;
    let target = to + ((<usize>column) << 2);
    for (let step = 0; step < steps; step++) {
      store<f32>(target, load<f32>(source));
      source += stepStride;
      target += 32;
    }
  }
}
