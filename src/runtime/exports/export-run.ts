import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { eventsProblem } from '../runs/events-file.ts';
import { readRun } from '../runs/folder.ts';
import { isRunAlive } from '../runs/heartbeat.ts';
import { provisionalRecord } from '../runs/provisional-record.ts';
import { describeMissing, readRecord, type ReadRecord } from '../runs/read-record.ts';
import type { RunRecord } from '../runs/record.ts';
import { runFiles } from '../runs/run-files.ts';
import { csvHeading, csvRows } from './csv/run-csv.ts';
import { type TargetOptions, writeFileWhole } from './files/write-file.ts';
import { writeFolderWhole } from './files/write-folder.ts';
import { report } from './html/report.ts';
import { runJson } from './json/run-json.ts';
import { readEvents } from './read-events.ts';
import { createEventFileWriter, isEventFile } from './tensorboard/event-files.ts';

/** What a run can be exported as. `tensorboard` makes a folder, the others a file. */
export const exportFormats = ['csv', 'json', 'tensorboard', 'html'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ExportedFiles {
  /** Absolute paths of what was written. */
  readonly files: readonly string[];
  /** What of the run could not be read and was left out. */
  readonly problems: readonly string[];
}

/**
 * Exports a run, also one that goes on: what it has written so far. The target appears whole or not at all, and folders
 * on the way to it are made.
 *
 * @param folder the run's folder.
 * @param target the file, for `tensorboard` the folder, to make.
 * @throws TargetExistsError where the target exists and `overwrite` is not set; Error where the run cannot be read, the
 *   target cannot be written, or it is a folder with files that no export wrote; the signal's reason.
 */
export async function exportRun(
  folder: string,
  format: ExportFormat,
  target: string,
  options: TargetOptions = {},
): Promise<ExportedFiles> {
  const path = resolve(target);
  const problems: string[] = [];
  const reading = { signal: options.signal, onProblem: (problem: string) => problems.push(problem) };
  let files: readonly string[] = [path];
  switch (format) {
    case 'csv': {
      const record = await recordForPoints(folder, reading.onProblem);
      await writeFileWhole(
        path,
        async (put) => {
          await put(csvHeading);
          await readEvents(folder, record, reading, (events) => put(csvRows(events)));
        },
        options,
      );
      break;
    }
    case 'json': {
      const state = await readRun(folder);
      problems.push(...state.problems);
      await writeFileWhole(path, (put) => putAll(runJson(state), put), options);
      break;
    }
    case 'html': {
      const state = await readRun(folder);
      problems.push(...state.problems);
      const pieces = report(state, await sourceOf(folder));
      await writeFileWhole(path, (put) => putAll(pieces, put), options);
      break;
    }
    case 'tensorboard': {
      const record = await recordWithEvents(folder, await readRecord(folder), reading.onProblem);
      await writeFolderWhole(
        path,
        async (partial) => {
          const writer = createEventFileWriter(partial, record);
          await readEvents(folder, record, reading, (events) => writer.take(events));
          files = (await writer.finish()).map((name) => join(path, name));
        },
        isEventFile,
        options,
      );
    }
  }
  return { files, problems };
}

/** Writes pieces that are made one by one; between them others get their turn of the thread. */
async function putAll(pieces: Iterable<string>, put: (piece: string) => Promise<void>): Promise<void> {
  for (const piece of pieces) {
    await put(piece);
    await nextTurn();
  }
}

/**
 * The record of a run whose points can be read, or will be: an export of points alone would have nothing without them.
 *
 * @param read the record as its folder has it.
 */
async function recordWithEvents(
  folder: string,
  read: ReadRecord,
  onProblem: (problem: string) => void,
): Promise<RunRecord> {
  if (!('record' in read)) throw new Error('problem' in read ? read.problem : describeMissing(folder));
  const problem = await eventsProblem(folder);
  if (problem !== undefined && !(await isRunAlive(read.record, folder))) {
    throw new Error(`${problem} So there are no points to export.`);
  }
  if (read.mended !== undefined) onProblem(read.mended);
  return read.record;
}

/** As `recordWithEvents`, for points that can be read without a record: what its folder tells of a run whose record is lost. */
async function recordForPoints(folder: string, onProblem: (problem: string) => void): Promise<RunRecord> {
  const read = await readRecord(folder);
  const lost = 'missing' in read || ('problem' in read && !read.newer);
  if (!lost || (await eventsProblem(folder)) !== undefined) return recordWithEvents(folder, read, onProblem);
  onProblem('problem' in read ? read.problem : describeMissing(folder));
  return provisionalRecord(folder);
}

/** The experiment as it ran; nothing where the run never got so far as to keep it. */
async function sourceOf(folder: string): Promise<string | undefined> {
  try {
    return await readFile(runFiles(folder).source, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
