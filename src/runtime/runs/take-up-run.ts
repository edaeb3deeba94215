import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createIndexBuilder } from './event-index/index-builder.ts';
import { createEventReader } from './event-reader.ts';
import type { Verdict } from './events.ts';
import { isProcessOfRun, isRunAlive } from './heartbeat.ts';
import { encodeJson } from './json.ts';
import { thisMachine } from './machine.ts';
import { readEnd } from './read-end.ts';
import { describeMissing, readRecord } from './read-record.ts';
import type { RunRecord } from './record.ts';
import { replaceFile } from './replace-file.ts';
import { runFiles } from './run-files.ts';
import { openRunWriter, type RunWriter } from './run-writer.ts';
import { applyEventsWithoutData, createRunState } from './state.ts';
import { readSummary } from './summary.ts';
import { undeclared } from './undeclared.ts';

/** A run that this process goes on with. */
export interface TakenUpRun {
  /** Absolute path of the experiment's source, or of the copy in the run's folder where that is gone. */
  readonly file: string;
  readonly writer: RunWriter;
  /** What the run had come to, where nothing but its end is missing. */
  readonly verdict?: Verdict;
}

/**
 * Makes this process the writer of a run whose process is gone.
 *
 * @throws Error where the run cannot go on; the message says why and what to do.
 */
export async function takeUpRun(folder: string): Promise<TakenUpRun> {
  const files = runFiles(folder);
  const record = await readUnfinished(folder);
  await claim(folder, record.id);
  await dropTornLine(files.events);

  const state = createRunState({ ...record, machine: thisMachine(), pid: process.pid });
  const index = createIndexBuilder();
  const reader = createEventReader(files.events, undefined, (event) => undeclared(record, event));
  try {
    await reader.read(({ events, places, problems }) => {
      for (const { line, problem, place } of problems) index.takeProblem(line, problem, place);
      events.forEach((event, position) => index.take(event, places[position]!));
      applyEventsWithoutData(state, events);
      return true;
    });
  } finally {
    await reader.close();
  }
  await rm(files.summary, { force: true });
  replaceFile(files.record, encodeJson(state.record));
  const source = record.experiment.file;
  const verdict = state.trials.every(({ status }) => status === 'completed') ? state.verdict : undefined;
  return {
    file: existsSync(source) ? source : files.source,
    writer: openRunWriter(folder, state, index),
    ...(verdict !== undefined && { verdict }),
  };
}

/**
 * What `run.json` says of a run that may go on.
 *
 * @throws Error where it cannot.
 */
export async function readUnfinished(folder: string): Promise<RunRecord> {
  const read = await readRecord(folder);
  if ('missing' in read) throw new Error(describeMissing(folder));
  if ('problem' in read) throw new Error(read.problem);
  const { record } = read;
  if (await isRunAlive(record, folder)) throw new Error(inOtherHands(record.id, record.pid));
  const { outcome } = (await readSummary(folder)) ?? (await readEnd(folder)) ?? {};
  if (outcome === 'completed') {
    throw new Error(`The run ${record.id} is complete: there is nothing to resume. Run its experiment again instead.`);
  }
  if (record.arms.length === 0 || !existsSync(runFiles(folder).bundle)) {
    throw new Error(
      `The run ${record.id} ended before its experiment was loaded, so it has nothing to go on from. Run it again instead.`,
    );
  }
  const { bundle } = runFiles(folder);
  const hash = createHash('sha256')
    .update(await readFile(bundle))
    .digest('hex');
  if (hash !== record.experiment.hash) {
    throw new Error(
      `${bundle} is not what the run ${record.id} began with: it was damaged or changed, so that the run would not come out as it would have. Restore it, or run the experiment again.`,
    );
  }
  return record;
}

/**
 * Takes the run for this process alone. Each time a run is taken up has a file of its own, which only one process can
 * make; one whose process is gone does not count.
 *
 * @throws Error where another process has taken it.
 */
async function claim(folder: string, id: string): Promise<void> {
  const claims = join(folder, 'claims');
  await mkdir(claims, { recursive: true });
  for (let number = 1; ; number++) {
    const file = join(claims, String(number));
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = await ownerOf(file);
    if (await isProcessOfRun(owner, id)) throw new Error(inOtherHands(id, owner));
  }
}

/** The process that has made a claim; 0 where the file does not say. */
async function ownerOf(file: string): Promise<number> {
  let owner = '';
  // Between making the file and writing it is a moment, and a power loss may have made it last.
  for (let look = 0; look < 20 && owner === ''; look++) {
    if (look > 0) await sleep(10);
    owner = await readFile(file, 'utf8');
  }
  return /^\d+$/.test(owner) ? Number(owner) : 0;
}

function inOtherHands(id: string, pid: number): string {
  return `The run ${id} is being run by another process already (pid ${pid}).`;
}

/** Cuts off what a process that died did not write to the end of its line. */
async function dropTornLine(events: string): Promise<void> {
  const file = await open(events, 'a+');
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(1 << 16);
    for (let end = size; end > 0;) {
      const start = Math.max(0, end - bytes.length);
      const { bytesRead } = await file.read(bytes, 0, end - start, start);
      const newline = bytes.subarray(0, bytesRead).lastIndexOf(0x0a);
      if (newline >= 0) {
        if (start + newline + 1 < size) await file.truncate(start + newline + 1);
        return;
      }
      end = start;
    }
    await file.truncate(0);
  } finally {
    await file.close();
  }
}
