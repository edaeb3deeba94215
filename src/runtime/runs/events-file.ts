import { open, stat, type FileHandle } from 'node:fs/promises';
import { runFiles } from './run-files.ts';

/** A run's events are there and cannot be read; the message says which file, why, and what to do. */
export class EventsUnreadableError extends Error {
  override readonly name = 'EventsUnreadableError';

  constructor(file: string, reason: string) {
    super(`${file} cannot be read: ${reason} Mend or restore it; without it the run's numbers are lost.`);
  }
}

/**
 * Opens a run's events for reading; `undefined` where there are none.
 *
 * @param file absolute path of `events.jsonl`.
 * @throws EventsUnreadableError
 */
export async function openEvents(file: string): Promise<FileHandle | undefined> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'r');
    if ((await handle.stat()).isFile()) return handle;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new EventsUnreadableError(file, `${(error as Error).message}.`);
  }
  await handle.close();
  throw new EventsUnreadableError(file, notAFile);
}

const notAFile = 'it is a folder, not a file.';

/** What is wrong with the file of a run's events, once the run has written them; `undefined` where nothing can be seen from outside. */
export async function eventsProblem(folder: string): Promise<string | undefined> {
  const file = runFiles(folder).events;
  try {
    return (await stat(file)).isFile() ? undefined : new EventsUnreadableError(file, notAFile).message;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return `${file} is missing: nothing that the run measured is there.`;
    }
    return new EventsUnreadableError(file, `${(error as Error).message}.`).message;
  }
}
