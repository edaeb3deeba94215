import { expOfNegative } from './exponential';
import { lanesBefore, largestLane, sumOfLanes } from './lanes';
import { multiplyStrided } from './multiply';
import { transposeStrided } from './transpose';

/**
 * Attention of several heads (Vaswani et al., 2017): of each sequence and head softmax(queries · keysᵀ / √size) · values.
 *
 * @param seen batch × rows × 3 · heads · size: of each row the queries of all heads, then the keys, then the values.
 * @param shares batch × heads × rows × rows: where the values of softmax go, one row for each query.
 * @param mixed batch × rows × heads · size.
 * @param room for size × rows numbers.
 * @param length how many rows of each sequence count; the others are neither asked nor heard.
 * @param rows a multiple of 4, as is `size`.
 * @param causal whether a row hears only itself and those before it.
 */
export function attention(
  seen: usize,
  shares: usize,
  mixed: usize,
  room: usize,
  batch: i32,
  length: i32,
  rows: i32,
  heads: i32,
  size: i32,
  causal: bool,
): void {
  const head = (<usize>size) << 2;
  const width = head * heads;
  const stride = 3 * width;
  const shareStride = (<usize>rows) << 2;
  const scale: f32 = <f32>1 / Mathf.sqrt(<f32>size);
  // Queries that go together; causal ones hear less the earlier they are.
  const block = causal ? 4 : rows;
  for (let sequence = 0; sequence < batch; sequence++) {
    for (let at: usize = 0; at < width; at += head) {
      const queries = seen + at;
      const values = queries + 2 * width;
      transposeStrided(queries + width, stride, room, rows, size);
      for (let row = 0; row < rows; row += block) {
        const heard = causal ? row + 4 : rows;
        const own = shares + row * shareStride;
        multiplyStrided(queries + row * stride, stride, 4, room, shareStride, own, shareStride, block, heard, size, 0);
        for (let i = 0; i < block; i++) {
          const query = row + i;
          softmax(own + i * shareStride, query >= length ? 0 : causal ? query + 1 : length, rows, scale);
        }
        multiplyStrided(own, shareStride, 4, values, stride, mixed + at + row * width, width, block, size, heard, 0);
      }
      shares += rows * shareStride;
    }
    seen += rows * stride;
    mixed += rows * width;
  }
}

/**
 * Goes back through `attention`.
 *
 * @param mixedGradient of what it came to.
 * @param seenGradient where the gradient of `seen` goes.
 * @param room for rows × rows and size × rows numbers.
 */
export function attentionGradient(
  seen: usize,
  shares: usize,
  mixedGradient: usize,
  seenGradient: usize,
  room: usize,
  batch: i32,
  rows: i32,
  heads: i32,
  size: i32,
  causal: bool,
): void {
  const head = (<usize>size) << 2;
  const width = head * heads;
  const stride = 3 * width;
  const shareStride = (<usize>rows) << 2;
  const scale: f32 = <f32>1 / Mathf.sqrt(<f32>size);
  const block = causal ? 4 : rows;
  const transposed = room + rows * shareStride;
  for (let sequence = 0; sequence < batch; sequence++) {
    for (let at: usize = 0; at < width; at += head) {
      const queries = seen + at;
      const to = seenGradient + at;
      const mixed = mixedGradient + at;
      transposeStrided(queries + 2 * width, stride, transposed, rows, size);
      for (let row = 0; row < rows; row += block) {
        const heard = causal ? row + 4 : rows;
        const slopes = room + row * shareStride;
        const own = mixed + row * width;
        multiplyStrided(own, width, 4, transposed, shareStride, slopes, shareStride, block, heard, size, 0);
        for (let i = 0; i < block; i++) {
          softmaxGradient(shares + (row + i) * shareStride, slopes + i * shareStride, heard, scale);
        }
        const keys = queries + width;
        multiplyStrided(slopes, shareStride, 4, keys, stride, to + row * stride, stride, block, size, heard, 0);
      }
      // Of keys and values: what goes back to them from all queries that hear them.
      for (let row = 0; row < rows; row += block) {
        const first = causal ? row : 0;
        const place = first * shareStride + ((<usize>row) << 2);
        const ofKeys = to + width + row * stride;
        const asked = queries + first * stride;
        const own = mixed + first * width;
        const count = rows - first;
        multiplyStrided(room + place, 4, shareStride, asked, stride, ofKeys, stride, block, size, count, 0);
        multiplyStrided(shares + place, 4, shareStride, own, width, ofKeys + width, stride, block, size, count, 0);
      }
      shares += rows * shareStride;
    }
    seen += rows * stride;
    mixedGradient += rows * width;
    seenGradient += rows * stride;
  }
}

/** softmax(scale · x) of the first `count` numbers, in place; the others become 0. @param columns a multiple of 4. */
function softmax(values: usize, count: i32, columns: i32, scale: f32): void {
  const whole = values + ((<usize>(count >> 2)) << 4);
  const rest = count & 3;
  // Where the count is no multiple of four, the last ones are filled up with −∞.
  let last = f32x4.splat(-Infinity);
  if (rest != 0) last = v128.bitselect(v128.load(whole), last, lanesBefore(rest));
  let highest = last;
  // A comparison with NaN leaves the highest alone; NaN comes to its sum all the same.
  for (let at = values; at < whole; at += 16) highest = f32x4.pmax(highest, v128.load(at));
  const shift = f32x4.splat(largestLane(highest));
  const scales = f32x4.splat(scale);
  let total = f32x4.splat(0);
  for (let at = values; at < whole; at += 16) {
    const power = expOfNegative(f32x4.mul(scales, f32x4.sub(v128.load(at), shift)));
    total = f32x4.add(total, power);
    v128.store(at, power);
  }
  if (rest != 0) {
    const power = expOfNegative(f32x4.mul(scales, f32x4.sub(last, shift)));
    last = v128.and(power, lanesBefore(rest));
    total = f32x4.add(total, last);
  }
  const share = f32x4.splat(<f32>1 / sumOfLanes(total));
  for (let at = values; at < whole; at += 16) v128.store(at, f32x4.mul(v128.load(at), share));
  const end = values + ((<usize>columns) << 2);
  let from = whole;
  if (rest != 0) {
    v128.store(from, f32x4.mul(last, share));
    from += 16;
  }
  for (; from < end; from += 16) v128.store(from, f32x4.splat(0));
}

/** Makes the gradient of softmax's values that of its arguments, in place. @param columns a multiple of 4. */
function softmaxGradient(shares: usize, gradient: usize, columns: i32, scale: f32): void {
  const end = shares + ((<usize>columns) << 2);
  let total = f32x4.splat(0);
  for (let at: usize = 0; shares + at < end; at += 16) {
    total = f32x4.add(total, f32x4.mul(v128.load(shares + at), v128.load(gradient + at)));
  }
  const mean = f32x4.splat(sumOfLanes(total));
  const scales = f32x4.splat(scale);
  for (; shares < end; shares += 16, gradient += 16) {
    const slope = f32x4.mul(v128.load(shares), f32x4.sub(v128.load(gradient), mean));
    v128.store(gradient, f32x4.mul(scales, slope));
  }
}
