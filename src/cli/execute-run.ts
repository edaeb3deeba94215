import type { RunState } from '../runtime/runs/state.ts';
import type { StartedRun } from '../runtime/runs/start.ts';

/** Shows a run while it goes on. */
export interface RunDisplay {
  update(state: RunState): void;
  /** Something worth a line, such as that a stop was asked for. */
  say(text: string): void;
  end(): void;
}

/** A run that is over. */
export interface FinishedRun {
  readonly folder: string;
  readonly state: RunState;
  /** Whether a person stopped it from this terminal. */
  readonly interrupted: boolean;
  /** Why the run's process failed, where its folder could not be told. */
  readonly unwritten?: string;
  /** The signal that ended the run's process; null where it ended by itself. */
  readonly signal: NodeJS.Signals | null;
}

/**
 * Starts a run, or goes on with one, and shows it to its end. Ctrl-C (or SIGTERM) stops it: asks, then ends its processes; each further one goes a
 * step further at once.
 */
export async function executeRun(start: () => Promise<StartedRun>, display: RunDisplay): Promise<FinishedRun> {
  const [{ followRun }, { stopRun }, { readRun }] = await Promise.all([
    import('../runtime/runs/follow.ts'),
    import('../runtime/runs/control.ts'),
    import('../runtime/runs/folder.ts'),
  ]);
  const run = await start();
  let ladder: ReturnType<typeof stopRun> | undefined;
  const stop = () => {
    if (ladder) {
      ladder.escalate();
    } else {
      display.say('Stopping … (Ctrl-C again to insist)');
      ladder = stopRun(run.folder);
    }
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const follower = followRun(run.folder, { onEvents: (_events, state) => display.update(state) });
  try {
    await run.ended;
    await ladder?.done;
    const [unwritten, signal] = await Promise.all([run.unwritten, run.signal]);
    const state = await readRun(run.folder).catch((error: unknown) => {
      throw unwritten === undefined ? error : new Error(unwritten, { cause: error });
    });
    return {
      folder: run.folder,
      state,
      interrupted: ladder !== undefined,
      ...(unwritten !== undefined && { unwritten }),
      signal,
    };
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    follower.dispose();
    display.end();
  }
}
