import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { endWithoutEvent } from './end-without-event.ts';
import { openFromIndex } from './event-index/open-from-index.ts';
import { eventsProblem } from './events-file.ts';
import { createEventReader, describeProblem } from './event-reader.ts';
import type { RunError, Verdict } from './events.ts';
import { isRunAlive, readHeartbeat } from './heartbeat.ts';
import { readLabels } from './label-file.ts';
import type { Labels } from './labels.ts';
import { provisionalRecord } from './provisional-record.ts';
import { readEnd, type RunEnd } from './read-end.ts';
import { describeMissing, readRecord } from './read-record.ts';
import type { RunRecord } from './record.ts';
import { runFiles } from './run-files.ts';
import { addProblem, applyEvents, createRunState, isOver, markGone, type RunState, type RunStatus } from './state.ts';
import { readSummary } from './summary.ts';
import { undeclared } from './undeclared.ts';

/** How many folders are read at a time. */
const together = 16;
/** How long a folder may be without a record while its run's process comes up, in milliseconds. */
const patience = 10_000;

/** One run as a list shows it. */
export interface RunSummary {
  readonly id: string;
  /** Absolute path. */
  readonly folder: string;
  /** What a person called it, or the name that it got from its experiment. */
  readonly name: string;
  readonly labels: Labels;
  /** ISO time. */
  readonly created: string;
  /** Absent where there is none yet or it cannot be read; `problem` then says why. */
  readonly record?: RunRecord;
  readonly status: RunStatus | 'unreadable';
  /** 0 to 1 over all trials. */
  readonly share: number;
  /** Seconds of the whole run, once ended. */
  readonly seconds?: number;
  readonly verdict?: Verdict;
  readonly error?: RunError;
  /** What is wrong with the folder or its labels and what to do. */
  readonly problem?: string;
}

/**
 * All runs in a folder, newest first. A folder that cannot be read as a run is listed with its problem; a missing folder
 * has no runs. Reads a few small files a run, never its events.
 *
 * @throws Error where `runsFolder` is there and cannot be read.
 */
export async function listRuns(runsFolder: string): Promise<readonly RunSummary[]> {
  const entries = await readdir(runsFolder, { withFileTypes: true }).catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    const reason = code === 'ENOTDIR' ? 'it is a file, not a folder' : message;
    throw new Error(`The runs in ${runsFolder} cannot be listed: ${reason}.`);
  });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  names.sort().reverse();
  const summaries: RunSummary[] = [];
  for (let i = 0; i < names.length; i += together) {
    const some = names.slice(i, i + together).map((name) => summarize(join(runsFolder, name)));
    summaries.push(...(await Promise.all(some)));
  }
  return summaries;
}

/**
 * The state of a run as its folder tells it now.
 *
 * @param points `all`: with every point; `drawn`: of a run that has an index, those that are enough to draw it, the last
 *   of each series among them.
 * @throws Error where there is no run, or one that this version cannot read.
 */
export async function readRun(folder: string, points: 'all' | 'drawn' = 'all'): Promise<RunState> {
  const read = await readRecord(folder);
  if ('missing' in read) throw new Error(describeMissing(folder));
  if ('problem' in read) throw new Error(read.problem);
  const state = createRunState(read.record);
  const file = runFiles(folder).events;
  const from = points === 'drawn' ? await openFromIndex(folder, state) : undefined;
  const reader = createEventReader(file, from, (event) => undeclared(read.record, event));
  if (read.mended !== undefined) addProblem(state, read.mended);
  const readOn = () =>
    reader.read(({ events, problems }) => {
      for (const problem of problems) addProblem(state, describeProblem(file, problem));
      applyEvents(state, events);
      return true;
    });
  try {
    await readOn();
    if (!isOver(state.status) && !(await isRunAlive(read.record, folder))) {
      // What it wrote between our look and its end.
      await readOn();
      if (!isOver(state.status)) {
        markGone(state, await endWithoutEvent(folder));
        const problem = await eventsProblem(folder);
        if (problem !== undefined) addProblem(state, problem);
      }
    }
  } finally {
    await reader.close();
  }
  return state;
}

/**
 * Deletes a run's folder.
 *
 * @param remove what becomes of the folder; by default it is gone for good.
 * @throws Error while the run goes on, or where the folder cannot be deleted.
 */
export async function deleteRun(
  folder: string,
  remove: (folder: string) => Promise<void> = deleteForGood,
): Promise<void> {
  const { status } = await summarize(folder);
  if (status !== 'unreadable' && !isOver(status)) {
    throw new Error(`The run ${basename(folder)} still goes on. Stop it before it is deleted.`);
  }
  await remove(folder);
}

async function deleteForGood(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch((error: unknown) => {
    throw new Error(`The run ${basename(folder)} cannot be deleted: ${(error as Error).message}`);
  });
}

/** One run as a list shows it; one that cannot be read has its problem. Reads a few small files, never its events. */
export async function summarize(folder: string): Promise<RunSummary> {
  const [{ labels, problem }, summary] = await Promise.all([readLabels(folder), summarizeRun(folder)]);
  return {
    ...summary,
    labels,
    name: labels.name ?? summary.name,
    ...(problem !== undefined && summary.problem === undefined && { problem }),
  };
}

async function summarizeRun(folder: string): Promise<Omit<RunSummary, 'labels'>> {
  const { id, name, created } = provisionalRecord(folder);
  const [read, summary] = await Promise.all([readRecord(folder), readSummary(folder)]);
  if (!('record' in read)) {
    if ('missing' in read && (await ageOf(folder)) < patience) {
      return { id, folder, name, created, status: 'starting', share: 0 };
    }
    const problem = 'problem' in read ? read.problem : describeMissing(folder);
    return { id, folder, name, created, status: 'unreadable', share: 0, problem };
  }
  const { record, mended } = read;
  const over = summary !== undefined || !(await isRunAlive(record, folder));
  // Events that mended the record can be read.
  const problem = mended ?? (over ? await eventsProblem(folder) : undefined);
  const known = {
    ...{ id, folder, name: record.name, created: record.created, record },
    ...(problem !== undefined && { problem }),
  };
  if (summary !== undefined) return { ...known, ...ended(summary), share: summary.share };
  const heartbeat = await readHeartbeat(folder);
  const share = heartbeat?.share ?? 0;
  if (over) {
    const end = await readEnd(folder);
    if (end !== undefined) return { ...known, ...ended(end), share: end.outcome === 'completed' ? 1 : share };
    return { ...known, ...(await endWithoutEvent(folder)), share };
  }
  return { ...known, status: heartbeat?.status ?? 'starting', share };
}

function ended({
  outcome,
  seconds,
  verdict,
  error,
}: RunEnd): Pick<RunSummary, 'status' | 'seconds' | 'verdict' | 'error'> {
  return {
    status: outcome,
    seconds,
    ...(verdict !== undefined && { verdict }),
    ...(error !== undefined && { error }),
  };
}

async function ageOf(folder: string): Promise<number> {
  const found = await stat(folder).catch(() => undefined);
  return found === undefined ? Infinity : Date.now() - found.mtimeMs;
}
