const addition = 0;
const subtraction = 1;
const multiplication = 2;
const division = 3;

/**
 * An operation of two matrices of rows × columns, number by number. Either may be one row that is repeated, or one column.
 *
 * @param operation 0 adds, 1 subtracts, 2 multiplies, 3 divides.
 * @param aRow bytes from one row of `a` to the next, 0 where it is repeated.
 * @param aStep bytes from one column of `a` to the next: 4, or 0 where it is repeated. One of both steps is 4.
 * @param to rows × columns.
 */
export function combine(
  operation: i32,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  bRow: usize,
  bStep: usize,
  to: usize,
  rows: i32,
  columns: i32,
): void {
  // Each with an operation that is known when this is compiled.
  switch (operation) {
    case addition:
      return Loop.eachRow(addition, a, aRow, aStep, b, bRow, bStep, to, rows, columns);
    case subtraction:
      return Loop.eachRow(subtraction, a, aRow, aStep, b, bRow, bStep, to, rows, columns);
    case multiplication:
      return Loop.eachRow(multiplication, a, aRow, aStep, b, bRow, bStep, to, rows, columns);
    default:
      return Loop.eachRow(division, a, aRow, aStep, b, bRow, bStep, to, rows, columns);
  }
}

/** Methods, which unlike functions may be marked to be put in where they are called, with their constants. */
class Loop {
  @inline static eachRow(
    operation: i32,
    a: usize,
    aRow: usize,
    aStep: usize,
    b: usize,
    bRow: usize,
    bStep: usize,
    to: usize,
    rows: i32,
    columns: i32,
  ): void {
    const width = (<usize>columns) << 2;
    const whole = width & ~15;
    for (let row = 0; row < rows; row++) {
      let at: usize = 0;
      if (aStep == 0) {
        const left = v128.load32_splat(a);
        for (; at < whole; at += 16) v128.store(to + at, Loop.one(operation, left, v128.load(b + at)));
      } else if (bStep == 0) {
        const right = v128.load32_splat(b);
        for (; at < whole; at += 16) v128.store(to + at, Loop.one(operation, v128.load(a + at), right));
      } else {
        for (; at < whole; at += 16) v128.store(to + at, Loop.one(operation, v128.load(a + at), v128.load(b + at)));
      }
      for (; at < width; at += 4) {
        const left = v128.load32_splat(aStep == 0 ? a : a + at);
        const right = v128.load32_splat(bStep == 0 ? b : b + at);
        v128.store_lane<f32>(to + at, Loop.one(operation, left, right), 0);
      }
      a += aRow;
      b += bRow;
      to += width;
    }
  }

  @inline static one(operation: i32, a: v128, b: v128): v128 {
    if (operation == addition) return f32x4.add(a, b);
    if (operation == subtraction) return f32x4.sub(a, b);
    if (operation == multiplication) return f32x4.mul(a, b);
    return f32x4.div(a, b);
  }
}
