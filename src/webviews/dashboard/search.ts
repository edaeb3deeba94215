/** First index in `[from, to)` of the ascending `values` that is not below `wanted`; `to` where all are. */
export function lowerBound(values: Float64Array, wanted: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** First index in `[from, to)` of the ascending `values` that is above `wanted`; `to` where none is. */
export function upperBound(values: Float64Array, wanted: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! <= wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
