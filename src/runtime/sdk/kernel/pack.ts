/**
 * Copies four rows of a matrix after another as panels: of each step the four numbers side by side.
 *
 * @param a its rows, `rowStride` bytes from row to row and `stepStride` from step to step.
 * @param rows a multiple of 4.
 * @param to as many numbers as there are rows and steps.
 */
export function packPanels(a: usize, rowStride: usize, stepStride: usize, rows: i32, steps: i32, to: usize): void {
  for (let row = 0; row < rows; row += 4) {
    packFour(a, rowStride, stepStride, steps, to, 16);
    a += rowStride << 2;
    to += (<usize>steps) << 4;
  }
}

/**
 * Copies up to eight columns of a matrix so that they lie together, with zeros for those that are not there.
 *
 * @param from the columns, `stepStride` bytes from step to step and `columnStride` from column to column.
 * @param to eight numbers for each step.
 */
export function packStrip(
  from: usize,
  stepStride: usize,
  columnStride: usize,
  width: i32,
  steps: i32,
  to: usize,
): void {
  if (width == 8) {
    packFour(from, columnStride, stepStride, steps, to, 32);
    packFour(from + (columnStride << 2), columnStride, stepStride, steps, to + 16, 32);
    return;
  }
  memory.fill(to, 0, (<usize>steps) << 5);
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

/** Copies four rows so that the four numbers of each step lie side by side. @param toStride bytes from one step to the next */
function packFour(a0: usize, rowStride: usize, stepStride: usize, steps: i32, to: usize, toStride: usize): void {
  let step = 0;
  if (rowStride == 4) {
    for (; step < steps; step++) {
      v128.store(to, v128.load(a0));
      a0 += stepStride;
      to += toStride;
    }
    return;
  }
  let a1 = a0 + rowStride;
  let a2 = a1 + rowStride;
  let a3 = a2 + rowStride;
  if (stepStride == 4) {
    // Four by four, turned within registers.
    for (; step + 4 <= steps; step += 4) {
      const x0 = v128.load(a0);
      const x1 = v128.load(a1);
      const x2 = v128.load(a2);
      const x3 = v128.load(a3);
      const first01 = i32x4.shuffle(x0, x1, 0, 4, 1, 5);
      const first23 = i32x4.shuffle(x2, x3, 0, 4, 1, 5);
      const last01 = i32x4.shuffle(x0, x1, 2, 6, 3, 7);
      const last23 = i32x4.shuffle(x2, x3, 2, 6, 3, 7);
      v128.store(to, i64x2.shuffle(first01, first23, 0, 2));
      v128.store(to + toStride, i64x2.shuffle(first01, first23, 1, 3));
      v128.store(to + 2 * toStride, i64x2.shuffle(last01, last23, 0, 2));
      v128.store(to + 3 * toStride, i64x2.shuffle(last01, last23, 1, 3));
      a0 += 16;
      a1 += 16;
      a2 += 16;
      a3 += 16;
      to += toStride << 2;
    }
  }
  for (; step < steps; step++) {
    store<f32>(to, load<f32>(a0));
    store<f32>(to, load<f32>(a1), 4);
    store<f32>(to, load<f32>(a2), 8);
    store<f32>(to, load<f32>(a3), 12);
    a0 += stepStride;
    a1 += stepStride;
    a2 += stepStride;
    a3 += stepStride;
    to += toStride;
  }
}
