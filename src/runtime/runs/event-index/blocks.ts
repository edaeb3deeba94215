/** What the index keeps of one block of points that follow each other in a series. All numbers, so that blocks lie in one array. */
export const blockFields = [
  /** How many points it stands for. */
  'count',
  'firstStep',
  'lastStep',
  'lastValue',
  /** The lowest and the highest finite value and where it stands; NaN where no value is finite. */
  'lowStep',
  'low',
  'highStep',
  'high',
  /** The first value that is not finite and where it stands; a step of NaN where all are finite. */
  'oddStep',
  'odd',
  /** How many values are NaN, infinite, or finite and not above zero. */
  'nan',
  'infinite',
  'notPositive',
  /** First byte of the line of `events.jsonl` with its first point, how many points of that line belong to blocks before it, and the byte after the line with its last. */
  'start',
  'skip',
  'end',
  /** Whether a checkpoint stands at its end (1), and whether points that do not count come after it (2). */
  'marks',
] as const;

/** How many numbers a block is. */
export const blockWidth = blockFields.length;

/** Where in a block each number stands. */
export const field = Object.fromEntries(blockFields.map((name, index) => [name, index])) as Readonly<
  Record<(typeof blockFields)[number], number>
>;

/** Bit of `marks`: a checkpoint stands at the end of the block. */
const checkpointHere = 1;
/** Bit of `marks`: points that do not count come after the block. */
export const gapAfter = 2;

/** The blocks of one series, growing at the end: the first `length` of them count. */
export interface Blocks {
  length: number;
  /** `blockWidth` numbers a block, with room to grow. */
  data: Float64Array;
}

export function createBlocks(): Blocks {
  return { length: 0, data: new Float64Array(8 * blockWidth) };
}

/** Where a line of `events.jsonl` lies, in bytes from the beginning of the file. */
export interface LinePlace {
  readonly start: number;
  readonly end: number;
}

/** Adds a point. A new block begins after `size` points, and after a checkpoint. @param index of the point in its line. */
export function addPoint(
  blocks: Blocks,
  size: number,
  step: number,
  value: number,
  { start, end }: LinePlace,
  index: number,
): void {
  let at = (blocks.length - 1) * blockWidth;
  if (blocks.length === 0 || blocks.data[at + field.count]! >= size || blocks.data[at + field.marks]! !== 0) {
    at = beginBlock(blocks, step, start, index);
  }
  const { data } = blocks;
  data[at + field.count]!++;
  data[at + field.lastStep] = step;
  data[at + field.lastValue] = value;
  data[at + field.end] = end;
  if (!Number.isFinite(value)) {
    data[at + (Number.isNaN(value) ? field.nan : field.infinite)]!++;
    if (Number.isNaN(data[at + field.oddStep]!)) {
      data[at + field.oddStep] = step;
      data[at + field.odd] = value;
    }
    return;
  }
  if (value <= 0) data[at + field.notPositive]!++;
  // Where there is none yet it is NaN, which is neither lower nor higher.
  if (!(value >= data[at + field.low]!)) {
    data[at + field.low] = value;
    data[at + field.lowStep] = step;
  }
  if (!(value <= data[at + field.high]!)) {
    data[at + field.high] = value;
    data[at + field.highStep] = step;
  }
}

function beginBlock(blocks: Blocks, step: number, start: number, skip: number): number {
  const at = blocks.length * blockWidth;
  if (at + blockWidth > blocks.data.length) {
    const larger = new Float64Array(blocks.data.length * 2);
    larger.set(blocks.data);
    blocks.data = larger;
  }
  blocks.data.fill(0, at, at + blockWidth);
  for (const name of ['lowStep', 'low', 'highStep', 'high', 'oddStep', 'odd'] as const) {
    blocks.data[at + field[name]] = NaN;
  }
  blocks.data[at + field.firstStep] = step;
  blocks.data[at + field.start] = start;
  blocks.data[at + field.skip] = skip;
  blocks.length++;
  return at;
}

/** How many points the blocks stand for. */
export function countPoints({ data, length }: Blocks): number {
  let count = 0;
  for (let at = 0; at < length * blockWidth; at += blockWidth) count += data[at + field.count]!;
  return count;
}

/** Remembers that a checkpoint stands here, and no more where one stood before. */
export function markCheckpoint(blocks: Blocks): void {
  for (let at = field.marks; at < blocks.length * blockWidth; at += blockWidth) blocks.data[at]! &= ~checkpointHere;
  if (blocks.length > 0) blocks.data[(blocks.length - 1) * blockWidth + field.marks]! |= checkpointHere;
}

/** Leaves out what came after the last checkpoint. */
export function cutToCheckpoint(blocks: Blocks): void {
  while (blocks.length > 0) {
    const marks = (blocks.length - 1) * blockWidth + field.marks;
    if ((blocks.data[marks]! & checkpointHere) !== 0) {
      blocks.data[marks]! |= gapAfter;
      return;
    }
    blocks.length--;
  }
}

/** Joins neighbours that have at most `size` points together, but not over a checkpoint or a gap. */
export function joinBlocks(blocks: Blocks, size: number): void {
  if (blocks.length === 0) return;
  const { data } = blocks;
  let last = 0;
  for (let next = blockWidth; next < blocks.length * blockWidth; next += blockWidth) {
    const fits = data[last + field.count]! + data[next + field.count]! <= size;
    if (fits && data[last + field.marks] === 0) {
      join(data, last, next);
    } else {
      last += blockWidth;
      data.copyWithin(last, next, next + blockWidth);
    }
  }
  blocks.length = last / blockWidth + 1;
}

function join(data: Float64Array, one: number, other: number): void {
  for (const name of ['count', 'nan', 'infinite', 'notPositive'] as const) {
    data[one + field[name]]! += data[other + field[name]]!;
  }
  for (const name of ['lastStep', 'lastValue', 'end', 'marks'] as const) {
    data[one + field[name]] = data[other + field[name]]!;
  }
  if (!(data[other + field.low]! >= data[one + field.low]!) && !Number.isNaN(data[other + field.low]!)) {
    data[one + field.low] = data[other + field.low]!;
    data[one + field.lowStep] = data[other + field.lowStep]!;
  }
  if (!(data[other + field.high]! <= data[one + field.high]!) && !Number.isNaN(data[other + field.high]!)) {
    data[one + field.high] = data[other + field.high]!;
    data[one + field.highStep] = data[other + field.highStep]!;
  }
  if (Number.isNaN(data[one + field.oddStep]!)) {
    data[one + field.oddStep] = data[other + field.oddStep]!;
    data[one + field.odd] = data[other + field.odd]!;
  }
}

/** The points that are drawn for a block until all of them are read: the lowest, the highest, the first odd one and the last, by step. */
export function pointsOfBlock(data: Float64Array, block: number): readonly (readonly [step: number, value: number])[] {
  const at = block * blockWidth;
  const lastStep = data[at + field.lastStep]!;
  const lastValue = data[at + field.lastValue]!;
  const extremes = (['low', 'high', 'odd'] as const)
    .map((name) => [data[at + field[`${name}Step`]]!, data[at + field[name]]!] as const)
    .filter(([step, value]) => !Number.isNaN(step) && !(step === lastStep && Object.is(value, lastValue)));
  const distinct = extremes.filter(
    ([step, value], index) =>
      !extremes.slice(0, index).some(([other, same]) => other === step && Object.is(same, value)),
  );
  return [...distinct.sort(([one], [other]) => one - other), [lastStep, lastValue]];
}
