import { join } from 'node:path';

/** The version of the run folder's format that this code writes, and the newest that it reads. */
export const formatVersion = 1;

/** Absolute paths of what a run folder holds. */
export interface RunFiles {
  readonly folder: string;
  /** `RunRecord`. */
  readonly record: string;
  /** One `RunEvent` a line. */
  readonly events: string;
  /** `EventIndex`: so that viewers of a large run need not read all events; may be missing. */
  readonly index: string;
  /** The experiment's source as it ran. */
  readonly source: string;
  readonly console: string;
  /** `ControlRequest`: written by whoever asks something of the run. */
  readonly control: string;
  /** `Heartbeat`: replaced every second while the run's process lives. */
  readonly heartbeat: string;
  /** `Summary`: written at the end, so that a list need not read the events. */
  readonly summary: string;
  /** `Labels`: written by viewers, never by the run. */
  readonly labels: string;
  /** Room on the disk that is given up when it is full, so that the run can still say how it ended. */
  readonly reserve: string;
  readonly checkpoints: string;
  /** The compiled experiment; its source map lies beside it. */
  readonly bundle: string;
}

/** Where things lie in the run folder `folder`. */
export function runFiles(folder: string): RunFiles {
  return {
    folder,
    record: join(folder, 'run.json'),
    events: join(folder, 'events.jsonl'),
    index: join(folder, 'events.index'),
    source: join(folder, 'experiment.ts'),
    console: join(folder, 'console.log'),
    control: join(folder, 'control.json'),
    heartbeat: join(folder, 'heartbeat'),
    summary: join(folder, 'summary.json'),
    reserve: join(folder, 'reserve'),
    labels: join(folder, 'labels.json'),
    checkpoints: join(folder, 'checkpoints'),
    bundle: join(folder, 'build', 'experiment.cjs'),
  };
}
