/** Points a block. Of each whole block the extremes are kept, so that a column of many points costs few looks. */
const blockSize = 16;

/** What stands for "none" among indices. */
const none = 0xffffffff;

/**
 * Where each block of a line has its first, last, lowest and highest point that can be drawn. Kept beside the line's
 * values and brought up to date with {@link updateExtremes} whenever they change.
 */
export interface Extremes {
  /** Whether values at zero or below cannot be drawn. */
  readonly logarithmic: boolean;
  /** Number of whole blocks. */
  blocks: number;
  /** Four indices a block: first, last, lowest, highest. */
  indices: Uint32Array;
}

export function createExtremes(logarithmic: boolean): Extremes {
  return { logarithmic, blocks: 0, indices: new Uint32Array(0) };
}

/** The points of a stretch that outline it, as indices; `first` is -1 where nothing can be drawn. */
export interface Outstanding {
  first: number;
  last: number;
  lowest: number;
  highest: number;
}

/** Takes in `values`, of which `length` count and those below `from` are as they were. */
export function updateExtremes(extremes: Extremes, values: Float64Array, length: number, from: number): void {
  const blocks = Math.floor(length / blockSize);
  if (4 * blocks > extremes.indices.length) {
    const grown = new Uint32Array(Math.max(4 * blocks, 2 * extremes.indices.length));
    grown.set(extremes.indices);
    extremes.indices = grown;
  }
  const found = { first: -1, last: -1, lowest: -1, highest: -1 };
  for (let block = Math.min(extremes.blocks, Math.floor(from / blockSize)); block < blocks; block++) {
    clear(found);
    scan(found, values, block * blockSize, (block + 1) * blockSize, extremes.logarithmic);
    extremes.indices.set([found.first, found.last, found.lowest, found.highest], 4 * block);
  }
  extremes.blocks = blocks;
}

/** Finds the outstanding points among the indices `[from, to)`. `found` is overwritten, so that one object serves all columns. */
export function findOutstanding(
  found: Outstanding,
  extremes: Extremes,
  values: Float64Array,
  from: number,
  to: number,
): void {
  clear(found);
  const firstBlock = Math.ceil(from / blockSize);
  const lastBlock = Math.min(extremes.blocks, Math.floor(to / blockSize));
  if (lastBlock <= firstBlock) {
    scan(found, values, from, to, extremes.logarithmic);
    return;
  }
  scan(found, values, from, firstBlock * blockSize, extremes.logarithmic);
  for (let block = firstBlock; block < lastBlock; block++) {
    const first = extremes.indices[4 * block]!;
    if (first === none) continue;
    const lowest = extremes.indices[4 * block + 2]!;
    const highest = extremes.indices[4 * block + 3]!;
    if (found.first < 0) {
      found.first = first;
      found.lowest = lowest;
      found.highest = highest;
    }
    found.last = extremes.indices[4 * block + 1]!;
    if (values[lowest]! < values[found.lowest]!) found.lowest = lowest;
    if (values[highest]! > values[found.highest]!) found.highest = highest;
  }
  scan(found, values, lastBlock * blockSize, to, extremes.logarithmic);
}

function clear(found: Outstanding): void {
  found.first = -1;
  found.last = -1;
  found.lowest = -1;
  found.highest = -1;
}

/** Adds the indices `[from, to)`, which follow those already found. */
function scan(found: Outstanding, values: Float64Array, from: number, to: number, logarithmic: boolean): void {
  const floor = logarithmic ? 0 : -Infinity;
  let { first, last, lowest, highest } = found;
  let low = first < 0 ? Infinity : values[lowest]!;
  let high = first < 0 ? -Infinity : values[highest]!;
  for (let index = from; index < to; index++) {
    const value = values[index]!;
    // False for NaN too.
    if (!(value > floor && value < Infinity)) continue;
    if (first < 0) first = index;
    last = index;
    if (value < low) {
      low = value;
      lowest = index;
    }
    if (value > high) {
      high = value;
      highest = index;
    }
  }
  found.first = first;
  found.last = last;
  found.lowest = lowest;
  found.highest = highest;
}
