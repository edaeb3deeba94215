import { copyRun } from './runs';
import { transpose } from './transpose';

/**
 * Exchanges the two axes in the middle of outer × rows × columns × inner.
 *
 * @param to outer × columns × rows × inner.
 * @param inner in bytes.
 */
export function swapAxes(from: usize, to: usize, outer: i32, rows: i32, columns: i32, inner: usize): void {
  const stride = inner * columns;
  const size = stride * rows;
  const inBlocks = inner == 4 && ((rows | columns) & 3) == 0;
  for (let i = 0; i < outer; i++, from += size) {
    if (inBlocks) {
      transpose(from, to, rows, columns);
      to += size;
      continue;
    }
    for (let column = 0; column < columns; column++) {
      let own = from + column * inner;
      for (let row = 0; row < rows; row++, own += stride, to += inner) copyRun(own, to, inner);
    }
  }
}
