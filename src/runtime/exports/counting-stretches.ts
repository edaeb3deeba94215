import { decodeEvent } from '../runs/decode-event.ts';
import { openEvents } from '../runs/events-file.ts';

const chunkBytes = 1 << 18;
const lineBreak = 0x0a;

/**
 * Which stretches of a trial's events count. A stretch ends where the trial is started and where it saves a checkpoint;
 * they are numbered from 0. A trial that is begun afresh makes all before it void, one that goes on from a checkpoint
 * what came after that. Takes only the lines of those events apart, so a long file costs little more than reading it.
 *
 * @param file absolute path of `events.jsonl`; it need not be there yet.
 * @returns the numbers of those that count, by trial.
 */
export async function countingStretches(
  file: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, ReadonlySet<number>>> {
  const trials = new Map<string, Stretches>();
  const handle = await openEvents(file);

  function take(line: string): void {
    const decoded = decodeEvent(line);
    if (!('event' in decoded)) return;
    const { event } = decoded;
    if (event.type !== 'trial-started' && event.type !== 'checkpoint') return;
    const trial: Stretches = trials.get(event.trial) ?? { stretches: new Set([0]), next: 1, checkpoints: new Map() };
    trials.set(event.trial, trial);
    if (event.type === 'checkpoint') {
      trial.checkpoints.set(event.number, trial.next - 1);
    } else {
      const last = event.checkpoint === undefined ? undefined : trial.checkpoints.get(event.checkpoint);
      trial.stretches = new Set([...trial.stretches].filter((stretch) => last !== undefined && stretch <= last));
    }
    trial.stretches.add(trial.next++);
  }

  try {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    let rest = Buffer.alloc(0);
    while (handle !== undefined) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(chunk, 0, chunkBytes);
      if (bytesRead === 0) break;
      const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      const end = bytes.lastIndexOf(lineBreak);
      rest = bytes.subarray(end + 1);
      for (const line of linesOfStretches(bytes.subarray(0, end + 1))) take(line);
    }
  } finally {
    await handle?.close();
  }
  return new Map([...trials].map(([trial, { stretches }]) => [trial, stretches]));
}

interface Stretches {
  /** Those that count. */
  stretches: Set<number>;
  /** The number of the next. */
  next: number;
  /** By number of the checkpoint: the stretch that it ended. */
  readonly checkpoints: Map<number, number>;
}

/** The lines that may begin a stretch, in written order. Every line ends with a line break. */
function* linesOfStretches(lines: Buffer): Generator<string> {
  const find = (word: string, from: number) => {
    const found = lines.indexOf(word, from);
    return found < 0 ? Infinity : found;
  };
  let started = find('"trial-started"', 0);
  let saved = find('"checkpoint"', 0);
  for (;;) {
    const found = Math.min(started, saved);
    if (found === Infinity) return;
    const end = lines.indexOf(lineBreak, found);
    yield lines.toString('utf8', lines.lastIndexOf(lineBreak, found) + 1, end);
    if (started < end) started = find('"trial-started"', end);
    if (saved < end) saved = find('"checkpoint"', end);
  }
}
