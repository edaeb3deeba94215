/** Sums the rows of a matrix into one. @param columns a multiple of 4. */
export function sumColumns(matrix: usize, rows: i32, columns: i32, sums: usize): void {
  const stride = (<usize>columns) << 2;
  for (let column = 0; column < columns; column += 4) {
    let total = f32x4.splat(0);
    let from = matrix;
    for (let row = 0; row < rows; row++) {
      total = f32x4.add(total, v128.load(from));
      from += stride;
    }
    v128.store(sums, total);
    matrix += 16;
    sums += 16;
  }
}
