import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { decodeEvent } from '../decode-event.ts';
import type { JsonNumber } from '../events.ts';
import { runFiles } from '../run-files.ts';
import type { Series } from '../state.ts';
import { blockWidth, field, gapAfter } from './blocks.ts';

/** All points of some blocks of a series that follow each other. */
export interface BlockPoints {
  readonly trial: string;
  readonly metric: string;
  /** The first block, and the one after the last. */
  readonly from: number;
  readonly to: number;
  readonly steps: Float64Array;
  readonly values: Float64Array;
}

/** How long decoding holds the thread before others get their turn, in milliseconds. */
const sliceMilliseconds = 4;

/** What is still to be read of a series. */
interface Wanted {
  readonly trial: string;
  readonly metric: string;
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly end: number;
  skip: number;
  count: number;
  readonly steps: Float64Array;
  readonly values: Float64Array;
}

/**
 * Reads from a run's events all points of the blocks that have steps from `low` to `high`. A series without such blocks is
 * left out; so is one whose blocks are not where the index says, since the events have been damaged.
 *
 * @param folder the run's folder.
 * @param series some of a state that was opened from the index.
 */
export async function readPoints(
  folder: string,
  series: readonly Series[],
  low: number,
  high: number,
): Promise<readonly BlockPoints[]> {
  const wanted = series.flatMap((one) => blocksBetween(one, low, high));
  if (wanted.length === 0) return [];
  const first = wanted.reduce((least, { start }) => Math.min(least, start), Infinity);
  const last = wanted.reduce((most, { end }) => Math.max(most, end), 0);
  let position = first;
  let began = performance.now();
  const input = createReadStream(runFiles(folder).events, { start: first, end: last - 1 });
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    const place = position;
    position += Buffer.byteLength(line) + 1;
    // The type stands near the beginning of its line: most lines that are not wanted are not taken apart.
    if (!line.slice(0, 60).includes('"points"')) continue;
    const decoded = decodeEvent(line);
    if ('event' in decoded && decoded.event.type === 'points') {
      const { trial, metric, steps, values } = decoded.event;
      for (const own of wanted) {
        const isOwn = own.trial === trial && own.metric === metric && place >= own.start && place < own.end;
        if (isOwn) take(own, steps, values);
      }
    }
    if (performance.now() - began < sliceMilliseconds) continue;
    await nextTurn();
    began = performance.now();
  }
  return wanted
    .filter(({ count, steps }) => count === steps.length)
    .map(({ trial, metric, from, to, steps, values }) => ({ trial, metric, from, to, steps, values }));
}

function blocksBetween({ trial, metric, blocks }: Series, low: number, high: number): Wanted[] {
  if (blocks === undefined) return [];
  const { data, length } = blocks.index;
  let from = 0;
  while (from < length && data[from * blockWidth + field.lastStep]! < low) from++;
  let to = from;
  while (to < length && data[to * blockWidth + field.firstStep]! <= high) to++;
  const wanted: Wanted[] = [];
  for (let first = from; first < to;) {
    // Between blocks with a gap lie points that do not count.
    let last = first;
    while (last + 1 < to && (data[last * blockWidth + field.marks]! & gapAfter) === 0) last++;
    const count = blocks.counts.slice(first, last + 1).reduce((sum, one) => sum + one, 0);
    wanted.push({
      ...{ trial, metric, from: first, to: last + 1 },
      start: data[first * blockWidth + field.start]!,
      end: data[last * blockWidth + field.end]!,
      skip: data[first * blockWidth + field.skip]!,
      count: 0,
      steps: new Float64Array(count),
      values: new Float64Array(count),
    });
    first = last + 1;
  }
  return wanted;
}

function take(wanted: Wanted, steps: readonly number[], values: readonly JsonNumber[]): void {
  const count = Math.min(steps.length, values.length);
  for (let i = wanted.skip; i < count && wanted.count < wanted.steps.length; i++) {
    wanted.steps[wanted.count] = steps[i]!;
    wanted.values[wanted.count++] = Number(values[i]);
  }
  wanted.skip = 0;
}
