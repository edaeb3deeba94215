/**
 * Looks up the vectors of tokens and of their positions, and adds them.
 *
 * @param tokens batch × length, numbers of rows of `vectors`, as floats.
 * @param vectors one row for each token, `positions` one for each position.
 * @param to batch × rows × columns; rows from `length` on become 0.
 * @param columns a multiple of 4.
 */
export function embed(
  tokens: usize,
  vectors: usize,
  positions: usize,
  to: usize,
  batch: i32,
  length: i32,
  rows: i32,
  columns: i32,
): void {
  const width = (<usize>columns) << 2;
  for (let sequence = 0; sequence < batch; sequence++) {
    let position = positions;
    for (let row = 0; row < length; row++) {
      const vector = vectors + <usize>load<f32>(tokens) * width;
      for (let at: usize = 0; at < width; at += 16) {
        v128.store(to + at, f32x4.add(v128.load(vector + at), v128.load(position + at)));
      }
      tokens += 4;
      position += width;
      to += width;
    }
    const rest = <usize>(rows - length) * width;
    memory.fill(to, 0, rest);
    to += rest;
  }
}

/** Adds the gradient of what `embed` came to to those of the vectors and positions that it took. Shapes as there. */
export function embedGradient(
  tokens: usize,
  vectorsGradient: usize,
  positionsGradient: usize,
  gradient: usize,
  batch: i32,
  length: i32,
  rows: i32,
  columns: i32,
): void {
  const width = (<usize>columns) << 2;
  for (let sequence = 0; sequence < batch; sequence++) {
    let position = positionsGradient;
    for (let row = 0; row < length; row++) {
      const vector = vectorsGradient + <usize>load<f32>(tokens) * width;
      for (let at: usize = 0; at < width; at += 16) {
        const slope = v128.load(gradient + at);
        v128.store(vector + at, f32x4.add(v128.load(vector + at), slope));
        v128.store(position + at, f32x4.add(v128.load(position + at), slope));
      }
      tokens += 4;
      position += width;
      gradient += width;
    }
    gradient += <usize>(rows - length) * width;
  }
}
