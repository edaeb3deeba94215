import { open } from 'node:fs/promises';
import { decodeEvent } from './decode-event.ts';
import type { Outcome, RunError, RunEvent, Verdict } from './events.ts';
import { runFiles } from './run-files.ts';

/** How a run ended, as its last events say. */
export interface RunEnd {
  readonly outcome: Outcome;
  readonly seconds: number;
  readonly verdict?: Verdict;
  readonly error?: RunError;
}

/** Enough for the last event and a verdict before it. */
const tailBytes = 64 * 2 ** 10;

/** How a run ended whose summary is missing; `undefined` where its last event says no end. Reads the end of the events only. */
export async function readEnd(folder: string): Promise<RunEnd | undefined> {
  const [last, before] = (await lastLines(runFiles(folder).events).catch(() => [])).map(eventOf);
  if (last?.type !== 'ended') return undefined;
  const { outcome, seconds, error } = last;
  const verdict = before?.type === 'verdict' ? verdictOf(before) : undefined;
  return { outcome, seconds, ...(verdict !== undefined && { verdict }), ...(error !== undefined && { error }) };
}

/** The last two whole lines of a file, the last one first. */
async function lastLines(path: string): Promise<string[]> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.min(size, tailBytes));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8', 0, bytesRead).split('\n').slice(-3, -1).reverse();
  } finally {
    await file.close();
  }
}

function eventOf(line: string): RunEvent | undefined {
  const decoded = decodeEvent(line);
  return 'event' in decoded ? decoded.event : undefined;
}

function verdictOf(event: Extract<RunEvent, { type: 'verdict' }>): Verdict {
  const { verdict, statement, conditions, seeds, resamples } = event;
  return { verdict, statement, conditions, seeds, resamples };
}
