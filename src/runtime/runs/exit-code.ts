import type { Outcome } from './events.ts';

/** The exit code with which a run's process tells its starter how the run came out. */
export const exitCodes: Readonly<Record<Outcome, number>> = { completed: 0, failed: 1, stopped: 2 };

/** The outcome that an exit code tells; a process that died otherwise has failed. */
export function outcomeOf(code: number | null): Outcome {
  return code === exitCodes.completed ? 'completed' : code === exitCodes.stopped ? 'stopped' : 'failed';
}
