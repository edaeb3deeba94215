import { blocksRoom, multiplyBlocks } from './blocks';
import { packStrip } from './pack';
import { tileOfRows } from './tile';

/**
 * The product of two matrices, c = a · b, in the memory of a tensor engine: nothing is padded there, and either factor may be
 * transposed. Sums have one order, as all of this folder.
 *
 * @param a rows × steps, `rowStride` bytes from row to row and `stepStride` from step to step; one of both is 4.
 * @param b steps × columns, `bStepStride` bytes from step to step and `columnStride` from column to column; one of both is 4.
 * @param c rows × columns, without padding.
 * @param room `productRoom(steps)` bytes.
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
  const whole = columns & ~7;
  // In blocks where many strips of eight columns read each row; otherwise copying takes longer than it saves.
  const inBlocks = rows >= 8 && whole >= 32 && steps >= 16;
  const rowsInBlocks = inBlocks ? rows & ~3 : 0;
  if (inBlocks) {
    const free = strip + ((<usize>steps) << 5);
    multiplyBlocks(
      a,
      rowStride,
      stepStride,
      b,
      bStepStride,
      columnStride,
      c,
      stride,
      rowsInBlocks,
      whole,
      steps,
      0,
      free,
    );
  }
  for (let column = 0; column < columns; column += 8) {
    const width = min(8, columns - column);
    const first = width == 8 ? rowsInBlocks : 0;
    if (first < rows) {
      // Where few rows would read it, a strip that lies as it should is not copied first.
      const packed = rows - first >= 16 || width < 8 || columnStride != 4;
      if (packed) packStrip(b, bStepStride, columnStride, width, steps, strip);
      const from = packed ? strip : b;
      const fromStride: usize = packed ? 32 : bStepStride;
      for (let row = first; row < rows; row += 4) {
        const source = a + row * rowStride;
        const to = c + row * stride;
        const height = min(4, rows - row);
        if (height == 4 && width == 8) {
          tileOfRows(source, rowStride, stepStride, from, fromStride, to, stride, steps, 0, 0);
        } else {
          if (height == 4) tileOfRows(source, rowStride, stepStride, from, fromStride, room, 32, steps, 0, 0);
          else
            for (let i = 0; i < height; i++)
              rowOfStrip(source + i * rowStride, stepStride, from, fromStride, room + 32 * i, steps);
          for (let i = 0; i < height; i++) memory.copy(to + i * stride, room + 32 * i, (<usize>width) << 2);
        }
      }
    }
    b += columnStride << 3;
    c += 32;
  }
}

/** What `product` needs beside the matrices, in bytes: a corner, a strip, and the blocks. */
export function productRoom(steps: i32): usize {
  return 128 + ((<usize>steps) << 5) + blocksRoom;
}
/** One row and eight columns. */
function rowOfStrip(a: usize, stepStride: usize, b: usize, bStride: usize, c: usize, steps: i32): void {
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
