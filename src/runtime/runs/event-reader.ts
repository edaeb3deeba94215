import { open, type FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { decodeEvent } from './decode-event.ts';
import type { RunEvent } from './events.ts';

/** How long decoding holds the thread before others get their turn, in milliseconds; what is done with the events comes on top. */
const sliceMilliseconds = 4;
const chunkBytes = 128 * 1024;

/** What was read since the last slice. */
export interface EventSlice {
  readonly events: readonly RunEvent[];
  /** Lines that are no events, with file and line. */
  readonly problems: readonly string[];
}

/** Reads a growing `events.jsonl` from its beginning, whole lines only: a torn last line waits for its rest. */
export interface EventReader {
  /** Reads on to the present end of the file, in slices; stops early where `take` returns false. */
  read(take: (slice: EventSlice) => Promise<boolean> | boolean): Promise<void>;
  close(): Promise<void>;
}

/** @param file absolute path; it need not be there yet. */
export function createEventReader(file: string): EventReader {
  let handle: FileHandle | undefined;
  let position = 0;
  let line = 0;
  let rest = Buffer.alloc(0);
  const chunk = Buffer.allocUnsafe(chunkBytes);

  async function openFile(): Promise<FileHandle | undefined> {
    try {
      return await open(file, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  return {
    async read(take) {
      handle ??= await openFile();
      if (handle === undefined) return;
      for (;;) {
        const { bytesRead } = await handle.read(chunk, 0, chunkBytes, position);
        if (bytesRead === 0) {
          // A torn line is read again: whoever takes the run up cuts it off and writes another in its place.
          position -= rest.length;
          rest = Buffer.alloc(0);
          return;
        }
        position += bytesRead;
        const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
        const end = bytes.lastIndexOf(0x0a);
        rest = bytes.subarray(end + 1);
        if (end < 0) continue;

        let began = performance.now();
        let events: RunEvent[] = [];
        let problems: string[] = [];
        for (const text of bytes.toString('utf8', 0, end).split('\n')) {
          line++;
          const decoded = decodeEvent(text);
          if ('event' in decoded) events.push(decoded.event);
          else problems.push(`${file}:${line} ${decoded.problem}`);
          if (performance.now() - began < sliceMilliseconds) continue;
          if (!(await take({ events, problems }))) return;
          events = [];
          problems = [];
          await nextTurn();
          began = performance.now();
        }
        if (!(await take({ events, problems }))) return;
      }
    },
    async close() {
      await handle?.close();
      handle = undefined;
    },
  };
}
