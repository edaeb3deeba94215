import { packPanels, packStrip } from './pack';
import { tileOfPanel } from './tile';

/** Steps of a strip of `b` that stays in the nearest cache while all rows of a block pass it. */
const depthOfBlock: i32 = 256;
/** Numbers in a block of `a`, which stays in the next cache while all strips pass it. */
const sizeOfBlock: i32 = 32768;

/** What `multiplyBlocks` needs beside the matrices, in bytes. */
export const blocksRoom: usize = 4 * (8 * depthOfBlock + sizeOfBlock);

/**
 * c = a · b for matrices larger than a cache, block by block, each block copied so that it is read in order (Goto and van
 * de Geijn, "Anatomy of high-performance matrix multiplication", 2008). Each sum adds its products in the order of the
 * steps, as all of this folder, however the blocks are cut.
 *
 * @param a rows × steps, `rowStride` bytes from row to row and `stepStride` from step to step.
 * @param b steps × columns, `bStepStride` bytes from step to step and `columnStride` from column to column.
 * @param c rows × columns, `stride` bytes from row to row.
 * @param rows a multiple of 4.
 * @param columns a multiple of 8.
 * @param start as many numbers as columns, which every row's sums begin with; 0 to begin with zero.
 * @param room `blocksRoom` bytes.
 */
export function multiplyBlocks(
  a: usize,
  rowStride: usize,
  stepStride: usize,
  b: usize,
  bStepStride: usize,
  columnStride: usize,
  c: usize,
  stride: usize,
  rows: i32,
  columns: i32,
  steps: i32,
  start: usize,
  room: usize,
): void {
  const strip = room;
  const panels = room + 32 * depthOfBlock;
  for (let step = 0; step < steps; step += depthOfBlock) {
    const depth = min(depthOfBlock, steps - step);
    const tallest = (sizeOfBlock / depth) & ~3;
    for (let row = 0; row < rows; row += tallest) {
      const height = min(tallest, rows - row);
      packPanels(a + row * rowStride + step * stepStride, rowStride, stepStride, height, depth, panels);
      for (let column = 0; column < columns; column += 8) {
        packStrip(b + step * bStepStride + column * columnStride, bStepStride, columnStride, 8, depth, strip);
        const right = (<usize>column) << 2;
        // The first steps begin the sums, the others go on with them.
        const first = start == 0 ? 0 : start + right;
        let panel = panels;
        let to = c + row * stride + right;
        for (const end = to + height * stride; to < end; to += stride << 2) {
          tileOfPanel(panel, strip, to, stride, depth, step == 0 ? first : to, step == 0 ? 0 : stride);
          panel += (<usize>depth) << 4;
        }
      }
    }
  }
}
