import { rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Where a trial's checkpoint lies. A trial writes its checkpoints itself, each into a file of its own; it counts once the
 * run's process has written a `checkpoint` event, which comes after all that the trial recorded before.
 *
 * @param folder absolute path of the run's folder for checkpoints.
 * @param trial `<arm>#<seed>`.
 * @param number from 1 up.
 */
export function checkpointFile(folder: string, trial: string, number: number): string {
  return join(folder, `${encodeURIComponent(trial)}.${number}`);
}

/** Removes a checkpoint that a newer one has replaced, or that nobody needs any more. */
export function removeCheckpoint(folder: string, trial: string, number: number): void {
  try {
    rmSync(checkpointFile(folder, trial, number), { force: true });
  } catch {
    // A virus scanner may hold it: it takes room and does no other harm.
  }
}
