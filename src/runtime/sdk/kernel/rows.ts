/** Adds `count` numbers to those at `to`. @param count a multiple of 4. */
export function add(values: usize, to: usize, count: i32): void {
  const end = values + ((<usize>count) << 2);
  for (; values < end; values += 16, to += 16) v128.store(to, f32x4.add(v128.load(to), v128.load(values)));
}

/** Copies rows that lie together to rows `stride` bytes apart. @param columns a multiple of 4. */
export function copyRows(from: usize, to: usize, rows: i32, columns: i32, stride: usize): void {
  const width = (<usize>columns) << 2;
  for (let row = 0; row < rows; row++) {
    memory.copy(to, from, width);
    from += width;
    to += stride;
  }
}
