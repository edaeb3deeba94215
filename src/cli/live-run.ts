import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { summarize } from '../runtime/runs/folder.ts';
import { isOver, mayContinue, type RunStatus } from '../runtime/runs/state.ts';
import { Misuse } from './misuse.ts';
import { runFolder } from './workspace.ts';

/** How long a run has for doing what it was asked, in milliseconds: its process looks ten times a second. */
const patience = 10_000;
/** How often is looked whether it has, in milliseconds. */
const interval = 50;

/** A run that goes on. */
export interface LiveRun {
  readonly id: string;
  /** Absolute path of the run's folder. */
  readonly folder: string;
  readonly status: RunStatus;
}

/** The run that was named by its id or by its folder. Throws where there is none, or where it is over. */
export async function liveRun(run: string): Promise<LiveRun> {
  const folder = runFolder(run);
  const id = basename(folder);
  const { status, problem } = await summarize(folder);
  if (status === 'unreadable') throw new Error(problem ?? `${folder} cannot be read.`);
  if (!isOver(status)) return { id, folder, status };
  const advice = mayContinue(status) ? ` \`marginalia resume ${id}\` goes on with it.` : '';
  throw new Misuse(`the run ${id} is over: it is ${status}.${advice}`);
}

/**
 * Waits until the run has done what it was asked, or is over. Answers its status then.
 *
 * @throws Error where it does neither.
 */
export async function waitForStatus(
  { id, folder }: LiveRun,
  isDone: (status: RunStatus) => boolean,
): Promise<RunStatus> {
  const end = performance.now() + patience;
  for (;;) {
    const { status, problem } = await summarize(folder);
    if (status === 'unreadable') throw new Error(problem ?? `${folder} cannot be read.`);
    if (isDone(status) || isOver(status)) return status;
    if (performance.now() > end) {
      throw new Error(
        `The run ${id} was asked, but its process has not answered for ${patience / 1000} seconds. \`marginalia stop ${id}\` ends it.`,
      );
    }
    await sleep(interval);
  }
}
