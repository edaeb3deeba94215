import { createEventReader } from '../runs/event-reader.ts';
import type { RunEvent } from '../runs/events.ts';
import { runFiles } from '../runs/run-files.ts';
import { countAttempts } from './count-attempts.ts';

export interface ReadEventsOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told of each line that is no event; it is left out. */
  readonly onProblem: (problem: string) => void;
}

/**
 * Reads the events of a run that count, a piece of the file at a time, so that a run of any length needs little memory.
 * Where a trial's process died and the trial began afresh, only its last attempt counts.
 *
 * @param take is given the events in written order, and waited for.
 */
export async function readEvents(
  folder: string,
  { signal, onProblem }: ReadEventsOptions,
  take: (events: readonly RunEvent[]) => Promise<void>,
): Promise<void> {
  const file = runFiles(folder).events;
  const attempts = await countAttempts(file, signal);
  const begun = new Map<string, number>();
  const counts = (event: RunEvent) => {
    if (!('trial' in event)) return true;
    if (event.type === 'trial-started') begun.set(event.trial, (begun.get(event.trial) ?? 0) + 1);
    return begun.get(event.trial) === attempts.get(event.trial);
  };
  const reader = createEventReader(file);
  try {
    await reader.read(async ({ events, problems }) => {
      signal?.throwIfAborted();
      problems.forEach((problem) => onProblem(`${problem}; the line is left out.`));
      await take(events.filter(counts));
      return true;
    });
  } finally {
    await reader.close();
  }
}
