import { createEventReader } from './event-reader.ts';
import type { RunRecord } from './record.ts';
import { runFiles } from './run-files.ts';

/** A run has started within so many of its lines: before that it may have been asked to pause or to stop. */
const firstLines = 20;

/** The record that a run wrote into its first event; `undefined` where there is none, or an earlier version wrote it. */
export async function recordFromEvents(folder: string): Promise<RunRecord | undefined> {
  const reader = createEventReader(runFiles(folder).events);
  let record: RunRecord | undefined;
  let lines = 0;
  try {
    await reader.read(({ events, problems }) => {
      lines += events.length + problems.length;
      for (const event of events) if (event.type === 'started') record = event.record;
      return record === undefined && lines < firstLines;
    });
    return record;
  } catch {
    return undefined;
  } finally {
    await reader.close();
  }
}
