import { mean, type Numbers } from './statistics.ts';

/** Pearson's correlation of two lists of one length, -1 to 1. NaN where one of them is constant. */
export function correlation(x: Numbers, y: Numbers): number {
  if (x.length !== y.length) {
    throw new RangeError(`correlation: ${x.length} and ${y.length} numbers; give as many of one as of the other.`);
  }
  const [meanX, meanY] = [mean(x), mean(y)];
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [fromX, fromY] = [x[i]! - meanX, y[i]! - meanY];
    xy += fromX * fromY;
    xx += fromX ** 2;
    yy += fromY ** 2;
  }
  return xy / Math.sqrt(xx * yy);
}

/** Spearman's correlation: Pearson's of the ranks, equal numbers sharing the mean of theirs. */
export function rankCorrelation(x: Numbers, y: Numbers): number {
  return correlation(ranks(x), ranks(y));
}

function ranks(values: Numbers): number[] {
  const list = Array.from(values);
  return list.map((value) => {
    const below = list.filter((other) => other < value).length;
    const equal = list.filter((other) => other === value).length;
    return below + (equal - 1) / 2;
  });
}
