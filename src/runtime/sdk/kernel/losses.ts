/**
 * Mean over rows of −Σ target · log softmax(output), and its gradient.
 *
 * @param outputs rows × stride, of which the first `columns` of each row count.
 * @param targets rows × columns, without padding.
 * @param gradient like `outputs`; its padding is left alone.
 * @param meanRows rows that the mean is over: more than `rows` where these are some of them.
 */
export function crossEntropy(
  outputs: usize,
  targets: usize,
  gradient: usize,
  rows: i32,
  columns: i32,
  stride: i32,
  meanRows: i32,
): f64 {
  const share: f32 = <f32>1 / <f32>meanRows;
  const rest = (<usize>(stride - columns)) << 2;
  const width = (<usize>columns) << 2;
  let loss: f64 = 0;
  for (let row = 0; row < rows; row++) {
    let highest: f32 = -Infinity;
    for (let at: usize = 0; at < width; at += 4) highest = max<f32>(highest, load<f32>(outputs + at));
    let sum: f32 = 0;
    for (let at: usize = 0; at < width; at += 4) {
      const power = Mathf.exp(load<f32>(outputs + at) - highest);
      store<f32>(gradient + at, power);
      sum += power;
    }
    let weight: f32 = 0;
    for (let at: usize = 0; at < width; at += 4) weight += load<f32>(targets + at);
    const logSum = Mathf.log(sum);
    const scale = (weight / sum) * share;
    for (let at: usize = 0; at < width; at += 4) {
      const target = load<f32>(targets + at);
      // A class without a share in the target costs nothing, however improbable it is.
      if (target != 0) loss -= <f64>target * <f64>(load<f32>(outputs + at) - highest - logSum);
      store<f32>(gradient + at, load<f32>(gradient + at) * scale - target * share);
    }
    outputs += width + rest;
    gradient += width + rest;
    targets += width;
  }
  return loss / <f64>meanRows;
}

/** Mean over all numbers of the rows of (output − target)², and its gradient. Shapes as in `crossEntropy`. */
export function squaredError(
  outputs: usize,
  targets: usize,
  gradient: usize,
  rows: i32,
  columns: i32,
  stride: i32,
  meanRows: i32,
): f64 {
  const share: f32 = <f32>2 / <f32>(meanRows * columns);
  const rest = (<usize>(stride - columns)) << 2;
  const width = (<usize>columns) << 2;
  let loss: f64 = 0;
  for (let row = 0; row < rows; row++) {
    for (let at: usize = 0; at < width; at += 4) {
      const difference = load<f32>(outputs + at) - load<f32>(targets + at);
      loss += <f64>difference * <f64>difference;
      store<f32>(gradient + at, difference * share);
    }
    outputs += width + rest;
    gradient += width + rest;
    targets += width;
  }
  return loss / <f64>(meanRows * columns);
}
