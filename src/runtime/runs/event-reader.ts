import type { FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { decodeEvent } from './decode-event.ts';
import type { LinePlace } from './event-index/blocks.ts';
import { EventsUnreadableError, openEvents } from './events-file.ts';
import type { RunEvent } from './events.ts';

/** How long decoding holds the thread before others get their turn, in milliseconds; what is done with the events comes on top. */
const sliceMilliseconds = 4;
const chunkBytes = 128 * 1024;

/** What was read since the last slice. */
export interface EventSlice {
  readonly events: readonly RunEvent[];
  /** For each event where its line lies. */
  readonly places: readonly LinePlace[];
  /** Lines that are no events. */
  readonly problems: readonly LineProblem[];
}

/** A line that is no event: its number from 1 up, what is wrong with it and where it lies. */
export interface LineProblem {
  readonly line: number;
  readonly problem: string;
  readonly place: LinePlace;
}

/** What is told of a line that is no event. @param file absolute path of the events. */
export function describeProblem(file: string, { line, problem }: Pick<LineProblem, 'line' | 'problem'>): string {
  return `${file}:${line} ${problem}; the line is left out.`;
}

/** Reads a growing `events.jsonl` from its beginning, whole lines only: a torn last line waits for its rest. */
export interface EventReader {
  /**
   * Reads on to the present end of the file, in slices; stops early where `take` returns false.
   *
   * @throws EventsUnreadableError
   */
  read(take: (slice: EventSlice) => Promise<boolean> | boolean): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param file absolute path; it need not be there yet.
 * @param from where to begin: so many bytes and lines from the beginning, at the beginning of a line.
 * @param problemOf what is wrong with an event, such as that it is of no trial of this run.
 */
export function createEventReader(
  file: string,
  from = { bytes: 0, lines: 0 },
  problemOf: (event: RunEvent) => string | undefined = () => undefined,
): EventReader {
  let handle: FileHandle | undefined;
  let position = from.bytes;
  let line = from.lines;
  let rest = Buffer.alloc(0);
  const chunk = Buffer.allocUnsafe(chunkBytes);

  async function readChunk(from: FileHandle): Promise<number> {
    try {
      return (await from.read(chunk, 0, chunkBytes, position)).bytesRead;
    } catch (error) {
      throw new EventsUnreadableError(file, `${(error as Error).message}.`);
    }
  }

  return {
    async read(take) {
      handle ??= await openEvents(file);
      if (handle === undefined) return;
      for (;;) {
        const bytesRead = await readChunk(handle);
        if (bytesRead === 0) {
          // A torn line is read again: whoever takes the run up cuts it off and writes another in its place.
          position -= rest.length;
          rest = Buffer.alloc(0);
          return;
        }
        const start = position - rest.length;
        position += bytesRead;
        const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
        const end = bytes.lastIndexOf(0x0a);
        rest = bytes.subarray(end + 1);
        if (end < 0) continue;

        let began = performance.now();
        let events: RunEvent[] = [];
        let places: LinePlace[] = [];
        let problems: LineProblem[] = [];
        for (let lineStart = 0; lineStart <= end;) {
          const lineEnd = bytes.indexOf(0x0a, lineStart);
          line++;
          const decoded = decodeEvent(bytes.toString('utf8', lineStart, lineEnd));
          const place = { start: start + lineStart, end: start + lineEnd + 1 };
          lineStart = lineEnd + 1;
          const problem = 'event' in decoded ? problemOf(decoded.event) : decoded.problem;
          if ('event' in decoded && problem === undefined) {
            events.push(decoded.event);
            places.push(place);
          } else if (problem !== undefined) {
            problems.push({ line, problem, place });
          }
          if (performance.now() - began < sliceMilliseconds) continue;
          if (!(await take({ events, places, problems }))) return;
          events = [];
          places = [];
          problems = [];
          await nextTurn();
          began = performance.now();
        }
        if (!(await take({ events, places, problems }))) return;
      }
    },
    async close() {
      await handle?.close();
      handle = undefined;
    },
  };
}
