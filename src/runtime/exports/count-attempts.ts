import { open } from 'node:fs/promises';
import { decodeEvent } from '../runs/decode-event.ts';

const chunkBytes = 1 << 18;
const lineBreak = 0x0a;

/**
 * How often each trial of a run was started. Looks for the word alone and takes only the lines that have it apart, so a
 * long file costs little more than reading it.
 *
 * @param file absolute path of `events.jsonl`; it need not be there yet.
 */
export async function countAttempts(
  file: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, number>> {
  const attempts = new Map<string, number>();
  const handle = await open(file, 'r').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (handle === undefined) return attempts;
  try {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    let rest = Buffer.alloc(0);
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(chunk, 0, chunkBytes);
      if (bytesRead === 0) return attempts;
      const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      const end = bytes.lastIndexOf(lineBreak);
      rest = bytes.subarray(end + 1);
      for (const line of linesWith(bytes.subarray(0, end + 1), 'trial-started')) {
        const decoded = decodeEvent(line);
        if (!('event' in decoded) || decoded.event.type !== 'trial-started') continue;
        const { trial } = decoded.event;
        attempts.set(trial, (attempts.get(trial) ?? 0) + 1);
      }
    }
  } finally {
    await handle.close();
  }
}

/** The lines that have the word in them. Every line ends with a line break. */
function* linesWith(lines: Buffer, word: string): Generator<string> {
  let found = lines.indexOf(word);
  while (found >= 0) {
    const end = lines.indexOf(lineBreak, found);
    yield lines.toString('utf8', lines.lastIndexOf(lineBreak, found) + 1, end);
    found = lines.indexOf(word, end);
  }
}
