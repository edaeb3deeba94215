import { tanhOf } from './tanh';

/**
 * One time of a long short-term memory. Makes the sums of its gates their values, in place: of each row input, forget and
 * output gate, σ of their sums, and the candidate, tanh of its own. Then cell = forget · cell before + input · candidate and
 * hidden = output · tanh(cell).
 *
 * @param gates rows × 4 · units.
 * @param cellsBefore rows × units, as are `cells` and `cellTanh`.
 * @param hidden rows × units, `hiddenStride` bytes from row to row.
 * @param units a multiple of 4.
 */
export function lstm(
  gates: usize,
  cellsBefore: usize,
  cells: usize,
  cellTanh: usize,
  hidden: usize,
  rows: i32,
  units: i32,
  hiddenStride: usize,
): void {
  const width = (<usize>units) << 2;
  for (let row = 0; row < rows; row++) {
    for (let at: usize = 0; at < width; at += 16) {
      const gate = gates + at;
      const input = sigmoid(v128.load(gate));
      const forget = sigmoid(v128.load(gate + width));
      const output = sigmoid(v128.load(gate + 2 * width));
      const candidate = tanhOf(v128.load(gate + 3 * width));
      v128.store(gate, input);
      v128.store(gate + width, forget);
      v128.store(gate + 2 * width, output);
      v128.store(gate + 3 * width, candidate);
      const cell = f32x4.add(f32x4.mul(forget, v128.load(cellsBefore + at)), f32x4.mul(input, candidate));
      const bounded = tanhOf(cell);
      v128.store(cells + at, cell);
      v128.store(cellTanh + at, bounded);
      v128.store(hidden + at, f32x4.mul(output, bounded));
    }
    gates += 4 * width;
    cellsBefore += width;
    cells += width;
    cellTanh += width;
    hidden += hiddenStride;
  }
}

/**
 * Goes back through `lstm`: from the gradients of the hidden values and of the cells, to which that of later times has been
 * added, to that of the gates' sums. The gradient of the cells becomes that of the cells before, in place.
 */
export function lstmGradient(
  gates: usize,
  cellsBefore: usize,
  cellTanh: usize,
  hiddenGradient: usize,
  cellGradient: usize,
  sumsGradient: usize,
  rows: i32,
  units: i32,
): void {
  const one = f32x4.splat(1);
  const width = (<usize>units) << 2;
  for (let row = 0; row < rows; row++) {
    for (let at: usize = 0; at < width; at += 16) {
      const gate = gates + at;
      const input = v128.load(gate);
      const forget = v128.load(gate + width);
      const output = v128.load(gate + 2 * width);
      const candidate = v128.load(gate + 3 * width);
      const bounded = v128.load(cellTanh + at);
      const ofHidden = v128.load(hiddenGradient + at);
      const throughOutput = f32x4.mul(f32x4.mul(ofHidden, output), f32x4.sub(one, f32x4.mul(bounded, bounded)));
      const ofCell = f32x4.add(v128.load(cellGradient + at), throughOutput);
      const to = sumsGradient + at;
      v128.store(to, f32x4.mul(f32x4.mul(ofCell, candidate), sigmoidSlope(input)));
      v128.store(to + width, f32x4.mul(f32x4.mul(ofCell, v128.load(cellsBefore + at)), sigmoidSlope(forget)));
      v128.store(to + 2 * width, f32x4.mul(f32x4.mul(ofHidden, bounded), sigmoidSlope(output)));
      const candidateSlope = f32x4.sub(one, f32x4.mul(candidate, candidate));
      v128.store(to + 3 * width, f32x4.mul(f32x4.mul(ofCell, input), candidateSlope));
      v128.store(cellGradient + at, f32x4.mul(ofCell, forget));
    }
    gates += 4 * width;
    cellsBefore += width;
    cellTanh += width;
    hiddenGradient += width;
    cellGradient += width;
    sumsGradient += 4 * width;
  }
}

/** 1 / (1 + exp(−x)), as tanh has it. */
function sigmoid(x: v128): v128 {
  const half = f32x4.splat(0.5);
  return f32x4.add(half, f32x4.mul(half, tanhOf(f32x4.mul(half, x))));
}

/** The slope of σ where it has this value. */
function sigmoidSlope(value: v128): v128 {
  return f32x4.mul(value, f32x4.sub(f32x4.splat(1), value));
}
