import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createIndexBuilder } from './event-index/index-builder.ts';
import { createEventReader } from './event-reader.ts';
import { isProcessOfRun, isRunAlive } from './heartbeat.ts';
import { encodeJson } from './json.ts';
import { thisMachine } from './machine.ts';
import { readRecord } from './read-record.ts';
import type { RunRecord } from './record.ts';
import { replaceFile } from './replace-file.ts';
import { runFiles } from './run-files.ts';
import { openRunWriter, type RunWriter } from './run-writer.ts';
import { applyEventsWithoutData, createRunState } from './state.ts';

/** A run that this process goes on with. */
export interface TakenUpRun {
  /** Absolute path of the experiment's source, or of the copy in the run's folder where that is gone. */
  readonly file: string;
  readonly writer: RunWriter;
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
  const reader = createEventReader(files.events);
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
  if (state.trials.every(({ status }) => status === 'completed') && state.verdict !== undefined) {
    throw new Error('Every trial of this run has been completed: there is nothing left to do.');
  }
  await rm(files.summary, { force: true });
  replaceFile(files.record, encodeJson(state.record));
  const source = record.experiment.file;
  return { file: existsSync(source) ? source : files.source, writer: openRunWriter(folder, state, index) };
}

/**
 * What `run.json` says of a run that may go on.
 *
 * @throws Error where it cannot.
 */
export async function readUnfinished(folder: string): Promise<RunRecord> {
  const read = await readRecord(folder);
  if ('missing' in read) throw new Error(`${folder} holds no run: its run.json is missing.`);
  if ('problem' in read) throw new Error(read.problem);
  const { record } = read;
  if (await isRunAlive(record, folder)) throw new Error(`The run ${record.id} still goes on.`);
  if (record.arms.length === 0 || !existsSync(runFiles(folder).bundle)) {
    throw new Error(
      `The run ${record.id} ended before its experiment was loaded, so it has nothing to go on from. Run it again instead.`,
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
    const owner = Number(await readFile(file, 'utf8'));
    if (await isProcessOfRun(owner, id)) throw new Error(`The run ${id} has just been taken up by another process.`);
  }
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
