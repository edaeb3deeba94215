/** Writes the transposed matrix. @param rows a multiple of 4. @param columns a multiple of 4. */
export function transpose(from: usize, to: usize, rows: i32, columns: i32): void {
  transposeStrided(from, (<usize>columns) << 2, to, rows, columns);
}

/** The same of a matrix whose rows are `stride` bytes apart. */
export function transposeStrided(from: usize, stride: usize, to: usize, rows: i32, columns: i32): void {
  const toStride = (<usize>rows) << 2;
  for (let row = 0; row < rows; row += 4) {
    let source = from;
    let target = to;
    for (let column = 0; column < columns; column += 4) {
      transposeBlock(source, stride, target, toStride);
      source += 16;
      target += toStride << 2;
    }
    from += stride << 2;
    to += 16;
  }
}

/** Four by four numbers: pairs of rows are zipped, then the halves of the pairs. */
function transposeBlock(from: usize, stride: usize, to: usize, toStride: usize): void {
  const row0 = v128.load(from);
  const row1 = v128.load(from + stride);
  const row2 = v128.load(from + 2 * stride);
  const row3 = v128.load(from + 3 * stride);
  const low01 = v128.shuffle<f32>(row0, row1, 0, 4, 1, 5);
  const low23 = v128.shuffle<f32>(row2, row3, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(row0, row1, 2, 6, 3, 7);
  const high23 = v128.shuffle<f32>(row2, row3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(to + toStride, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
  v128.store(to + 2 * toStride, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
  v128.store(to + 3 * toStride, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
}
