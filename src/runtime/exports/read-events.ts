import { createEventReader, describeProblem } from '../runs/event-reader.ts';
import type { RunEvent } from '../runs/events.ts';
import type { RunRecord } from '../runs/record.ts';
import { runFiles } from '../runs/run-files.ts';
import { undeclared } from '../runs/undeclared.ts';
import { countingStretches } from './counting-stretches.ts';

export interface ReadEventsOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told of each line that is no event; it is left out. */
  readonly onProblem: (problem: string) => void;
}

/**
 * Reads the events of a run that count, a piece of the file at a time, so that a run of any length needs little memory.
 * Where a trial began afresh or went on from a checkpoint, what that made void is left out.
 *
 * @param record of the run in the folder.
 * @param take is given the events in written order, and waited for.
 */
export async function readEvents(
  folder: string,
  record: RunRecord,
  { signal, onProblem }: ReadEventsOptions,
  take: (events: readonly RunEvent[]) => Promise<void>,
): Promise<void> {
  const file = runFiles(folder).events;
  const stretches = await countingStretches(file, signal);
  const reached = new Map<string, number>();
  const counts = (event: RunEvent) => {
    if (!('trial' in event)) return true;
    const now = reached.get(event.trial) ?? 0;
    if (event.type === 'trial-started' || event.type === 'checkpoint') reached.set(event.trial, now + 1);
    return stretches.get(event.trial)?.has(event.type === 'trial-started' ? now + 1 : now) ?? true;
  };
  const reader = createEventReader(file, undefined, (event) => undeclared(record, event));
  try {
    await reader.read(async ({ events, problems }) => {
      signal?.throwIfAborted();
      problems.forEach((problem) => onProblem(describeProblem(file, problem)));
      await take(events.filter(counts));
      return true;
    });
  } finally {
    await reader.close();
  }
}
