import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { createIndexBuilder, indexedFrom, type IndexBuilder } from './event-index/index-builder.ts';
import { writeIndex } from './event-index/index-file.ts';
import type { Outcome, RunError, RunEvent } from './events.ts';
import { encodeJson } from './json.ts';
import type { RunRecord } from './record.ts';
import { replaceFile } from './replace-file.ts';
import { runFiles } from './run-files.ts';
import { applyEventsWithoutData, createRunState, replaceRecord, runTiming, type RunState } from './state.ts';
import { writeSummary } from './summary.ts';

/** A run that prints more than this, in bytes, has the rest left out of `console.log`. */
const consoleLimit = 10 * 2 ** 20;

/** Enough for the last event and the summary, each with an error and its stack. */
const reservedBytes = 32 * 2 ** 10;

/** The index is written again after so many bytes of events, or an eighth of them where that is more. */
const indexEvery = 4 * 2 ** 20;

/** An event before it is given its time. */
export type EventBody = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'at'> : never) : never;

/** The only writer of a run's folder. What its functions were given is in the hands of the operating system when they return. */
export interface RunWriter {
  /** What has been written, but for points and figures. */
  readonly state: RunState;
  record(record: RunRecord): void;
  event(body: EventBody): void;
  /** Appends text as it is, whole lines. */
  console: (text: string) => void;
  /**
   * Writes the last event and the summary, one of them where the disk takes no more. Nothing may be written after it.
   *
   * @throws Error where neither can be written.
   */
  end(outcome: Outcome, error?: RunError): void;
}

/** Makes the folder, with `record` in it. */
export function createRunWriter(folder: string, record: RunRecord): RunWriter {
  mkdirSync(folder, { recursive: true });
  replaceFile(runFiles(folder).record, encodeJson(record));
  return openRunWriter(folder, createRunState(record), createIndexBuilder());
}

/**
 * Writes on in a folder that has a record.
 *
 * @param state what its events have told so far; points and figures may be left out. Changed with every event.
 * @param index has taken in the same events.
 */
export function openRunWriter(folder: string, state: RunState, index: IndexBuilder): RunWriter {
  const files = runFiles(folder);
  const events = openSync(files.events, 'a');
  let position = fstatSync(events).size;
  /** How many bytes of the events the index on the disk stands for. */
  let indexed = 0;
  const console = openSync(files.console, 'a');
  let printed = 0;
  let lastTime = state.lastEventAt ?? 0;
  reserve(files.reserve);

  function event(body: EventBody): void {
    // A clock that is set back must not turn the order of the events around.
    lastTime = Math.max(lastTime, Date.now());
    const stamped = { at: lastTime, ...body } as RunEvent;
    const start = position;
    position += append(events, `${encodeJson(stamped)}\n`);
    applyEventsWithoutData(state, [stamped]);
    index.take(stamped, { start, end: position });
    if (position - indexed > Math.max(indexEvery, indexed / 8)) saveIndex();
  }

  /** An index that cannot be written is left out: it only saves time. */
  function saveIndex(): void {
    if (index.points < indexedFrom) return;
    indexed = position;
    try {
      writeIndex(folder, index.build(state));
    } catch {
      // A disk that is full or a file that a virus scanner holds.
    }
  }

  return {
    state,
    record(record) {
      replaceFile(files.record, encodeJson(record));
      replaceRecord(state, record);
    },
    event,
    console(text) {
      if (printed > consoleLimit) return;
      printed += Buffer.byteLength(text);
      append(console, printed > consoleLimit ? 'More than 10 MB were printed; the rest is left out.\n' : text);
    },
    end(outcome, error) {
      const seconds = state.startedAt === undefined ? 0 : (Math.max(lastTime, Date.now()) - state.startedAt) / 1000;
      try {
        rmSync(files.reserve, { force: true });
      } catch {
        // A folder that may not be written any more: the events, which are open, may take their last one all the same.
      }
      let unwritten: unknown;
      try {
        event({ type: 'ended', outcome, seconds, ...(error !== undefined && { error }) });
      } catch (problem) {
        unwritten = problem;
      }
      const { share } = runTiming(state, lastTime);
      const { verdict } = state;
      try {
        writeSummary(folder, {
          version: 1,
          outcome,
          seconds,
          share,
          ...(verdict !== undefined && { verdict }),
          ...(error !== undefined && { error }),
        });
      } catch (problem) {
        // Viewers go by the event; the summary saves them reading.
        if (unwritten !== undefined) throw problem;
      }
      saveIndex();
      closeSync(events);
      closeSync(console);
    },
  };
}

/**
 * Appends all of the text or, where the disk takes no more, nothing of it: the next line must not begin behind half a one.
 *
 * @returns how many bytes were written.
 */
function append(file: number, text: string): number {
  const bytes = Buffer.from(text);
  let start = 0;
  try {
    while (start < bytes.length) start += writeSync(file, bytes, start);
  } catch (error) {
    if (start > 0) ftruncateSync(file, fstatSync(file).size - start);
    throw error;
  }
  return bytes.length;
}

/** Takes up some room on the disk, to be given up when it is full. Without it a run is as good until then. */
function reserve(file: string): void {
  try {
    writeFileSync(file, Buffer.alloc(reservedBytes));
  } catch {
    // The disk is full already, or takes no writing at all: the next write says so.
  }
}
