/** Copies numbers that lie together. The instruction for whole ranges takes longer to begin than short runs take. @param bytes a multiple of 4 */
export function copyRun(from: usize, to: usize, bytes: usize): void {
  const end = to + bytes;
  for (; to + 16 <= end; from += 16, to += 16) v128.store(to, v128.load(from));
  if ((bytes & 8) != 0) {
    store<u64>(to, load<u64>(from));
    from += 8;
    to += 8;
  }
  if ((bytes & 4) != 0) store<u32>(to, load<u32>(from));
}

/**
 * Copies the rows that stand at places of a matrix, one after the other.
 *
 * @param places whole numbers from 0 on, all of them in the matrix.
 * @param width bytes of a row.
 */
export function gatherRows(from: usize, places: usize, to: usize, count: i32, width: usize): void {
  for (let i = 0; i < count; i++) {
    copyRun(from + <usize>load<i32>(places) * width, to, width);
    places += 4;
    to += width;
  }
}

/** The way back: adds each row to the one at its place. Rows without a place among the `height` there are count for nothing. */
export function scatterRows(from: usize, places: usize, to: usize, count: i32, width: usize, height: i32): void {
  memory.fill(to, 0, width * height);
  for (let i = 0; i < count; i++) {
    const place = load<i32>(places);
    if (place >= 0 && place < height) addRun(from, to + <usize>place * width, width);
    places += 4;
    from += width;
  }
}

/** Adds numbers that lie together to others. @param bytes a multiple of 4 */
export function addRun(from: usize, to: usize, bytes: usize): void {
  const end = to + bytes;
  for (; to + 16 <= end; from += 16, to += 16) v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
  for (; to < end; from += 4, to += 4) store<f32>(to, load<f32>(to) + load<f32>(from));
}
