import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWithoutEvent } from './end-without-event.ts';
import { openFromIndex } from './event-index/open-from-index.ts';
import { EventsUnreadableError, eventsProblem } from './events-file.ts';
import { createEventReader, describeProblem, type EventReader, type EventSlice } from './event-reader.ts';
import type { RunEvent } from './events.ts';
import { isRunAlive } from './heartbeat.ts';
import { provisionalRecord } from './provisional-record.ts';
import { describeMissing, readRecord } from './read-record.ts';
import { runFiles } from './run-files.ts';
import { addProblem, applyEvents, createRunState, isOver, markGone, replaceRecord, type RunState } from './state.ts';
import { createTextReader } from './text-reader.ts';
import { undeclared } from './undeclared.ts';

/** How often the folder is looked at, in milliseconds. */
const interval = 100;
/** How often is looked whether the run's process lives and its folder is there, or whether a run that is over goes on, in milliseconds. */
const aliveInterval = 1000;
/** How long a run may take to write its record, in milliseconds. */
const patience = 10_000;

/** Events before which the record was written anew. */
const changesRecord: readonly RunEvent['type'][] = ['started', 'continued', 'ended'];

/** What a viewer of a run wants to hear. */
export interface RunListener {
  /**
   * Events in written order, already applied to the state; many at a time. Called with no events where only the status
   * changed (the run's process died) or the record was completed.
   */
  onEvents(events: readonly RunEvent[], state: RunState): void;
  /** What the run's processes printed since the last call. */
  onConsole?(text: string): void;
  /** The folder cannot be followed any more: deleted, or written by a newer version. Nothing else is called after it. */
  onGone?(reason: string): void;
}

/** How a run is followed. */
export interface FollowOptions {
  /**
   * `drawn`: a run that has an index is opened from it, with the points that are enough to draw it; what the index stands
   * for is in the state at the first call of `onEvents` and in no events. Default: `all`.
   */
  readonly points?: 'all' | 'drawn';
}

/** A viewer that is attached to a run. */
export interface RunFollower {
  readonly state: RunState;
  dispose(): void;
}

/**
 * Follows a run from its first event to its last, whoever writes it. Reads in slices of less than 8 ms of the thread, so it
 * may be used on an editor's extension host. Goes on until disposed or gone: a run that is over may be taken up again. Does
 * not keep its process from ending once the run is over.
 */
export function followRun(folder: string, listener: RunListener, { points = 'all' }: FollowOptions = {}): RunFollower {
  const state = createRunState(provisionalRecord(folder));
  const disposal = new AbortController();
  void follow(folder, state, listener, points, disposal.signal);
  return {
    state,
    dispose() {
      disposal.abort();
    },
  };
}

async function follow(
  folder: string,
  state: RunState,
  listener: RunListener,
  points: 'all' | 'drawn',
  disposed: AbortSignal,
): Promise<void> {
  const files = runFiles(folder);
  let events: EventReader | undefined;
  const printed = createTextReader(files.console);
  const began = performance.now();
  const isAttached = () => !disposed.aborted;
  let nextLook = began + aliveInterval;

  /** Takes up the record if it has changed, and tells whether it has; throws a `Gone` where it never will be there. */
  async function readNewRecord(): Promise<boolean> {
    const read = await readRecord(folder);
    if ('problem' in read) throw new Gone(read.problem);
    if ('missing' in read) {
      if (performance.now() - began > patience) throw new Gone(describeMissing(folder));
    } else if (JSON.stringify(read.record) !== JSON.stringify(state.record)) {
      replaceRecord(state, read.record);
      if (read.mended !== undefined && !state.problems.includes(read.mended)) addProblem(state, read.mended);
      return true;
    }
    return false;
  }

  async function take({ events, problems }: EventSlice): Promise<boolean> {
    // The record is complete when the run says that it has started, and another when another process goes on with it.
    if (events.some(({ type }) => changesRecord.includes(type))) await readNewRecord();
    if (!isAttached()) return false;
    for (const problem of problems) addProblem(state, describeProblem(files.events, problem));
    applyEvents(state, events);
    if (events.length + problems.length > 0) listener.onEvents(events, state);
    return isAttached();
  }

  async function openEvents(): Promise<EventReader> {
    // An index is of no use while nothing but the folder's name is known of the run.
    const from = points === 'drawn' && state.record.pid !== 0 ? await openFromIndex(folder, state) : undefined;
    if (from !== undefined && isAttached()) listener.onEvents([], state);
    return createEventReader(files.events, from, (event) => undeclared(state.record, event));
  }

  async function readOn(): Promise<void> {
    if (state.startedAt === undefined && (await readNewRecord()) && isAttached()) listener.onEvents([], state);
    events ??= await openEvents();
    await events.read(take);
    if (!isAttached() || listener.onConsole === undefined) return;
    await printed.read((text) => {
      if (isAttached()) listener.onConsole?.(text);
    });
  }

  const sizeOfEvents = async () => (await stat(files.events).catch(() => undefined))?.size;

  /**
   * Waits until a run that is over goes on; tells that it never will where its folder is gone or nobody looks any more.
   *
   * @param before size of the events before they were read.
   */
  async function hasMore(before: number | undefined): Promise<boolean> {
    await Promise.all([events?.close(), printed.close()]);
    while (isAttached()) {
      await sleep(aliveInterval, undefined, { ref: false });
      const now = await sizeOfEvents();
      if (now === undefined) return false;
      if (now !== before) return isAttached();
    }
    return false;
  }

  /** Tells whether the run's process is gone without having said how the run ended. */
  async function hasDied(): Promise<boolean> {
    if ((await stat(folder).catch(() => undefined)) === undefined) throw new Gone(`${folder} has been deleted.`);
    if (state.record.pid === 0 || (await isRunAlive(state.record, folder))) return false;
    // What it wrote between our last look and its end.
    await readOn();
    return !isOver(state.status);
  }

  try {
    while (isAttached()) {
      const size = await sizeOfEvents();
      await readOn();
      if (isOver(state.status)) {
        if (!(await hasMore(size))) return;
        continue;
      }
      if (performance.now() > nextLook) {
        nextLook = performance.now() + aliveInterval;
        if (await hasDied()) {
          markGone(state, await endWithoutEvent(folder));
          const problem = await eventsProblem(folder);
          if (problem !== undefined) addProblem(state, problem);
          if (isAttached()) listener.onEvents([], state);
        }
      } else {
        await sleep(interval);
      }
    }
  } catch (error) {
    if (!isAttached()) return;
    if (error instanceof Gone || error instanceof EventsUnreadableError) listener.onGone?.(error.message);
    else if (isFileError(error)) listener.onGone?.(`${folder} cannot be read: ${error.message}`);
    else throw error;
  } finally {
    await Promise.all([events?.close(), printed.close()]);
  }
}

/** There is nothing to follow (any more); the message says why. */
class Gone extends Error {
  override readonly name = 'Gone';
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
