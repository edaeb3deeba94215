import { access, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { readRun } from '../runs/folder.ts';
import { describeMissing, readRecord } from '../runs/read-record.ts';
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
    case 'csv':
      await tellOfRecord(folder, reading.onProblem);
      await writeFileWhole(
        path,
        async (put) => {
          await put(csvHeading);
          await readEvents(folder, reading, (events) => put(csvRows(events)));
        },
        options,
      );
      break;
    case 'json': {
      const state = await readRun(folder);
      await writeFileWhole(path, (put) => putAll(runJson(state), put), options);
      break;
    }
    case 'html': {
      const pieces = report(await readRun(folder), await sourceOf(folder));
      await writeFileWhole(path, (put) => putAll(pieces, put), options);
      break;
    }
    case 'tensorboard': {
      const record = await recordOf(folder);
      await writeFolderWhole(
        path,
        async (partial) => {
          const writer = createEventFileWriter(partial, record);
          await readEvents(folder, reading, (events) => writer.take(events));
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

async function recordOf(folder: string): Promise<RunRecord> {
  const read = await readRecord(folder);
  if ('record' in read) return read.record;
  throw new Error('problem' in read ? read.problem : describeMissing(folder));
}

/** Tells what is wrong with the record of a run whose events can be read without it. */
async function tellOfRecord(folder: string, onProblem: (problem: string) => void): Promise<void> {
  const read = await readRecord(folder);
  if ('record' in read) {
    if (read.mended !== undefined) onProblem(read.mended);
    return;
  }
  const problem = 'problem' in read ? read.problem : describeMissing(folder);
  const hasEvents = await access(runFiles(folder).events).then(
    () => true,
    () => false,
  );
  if (!hasEvents || ('problem' in read && read.newer)) throw new Error(problem);
  onProblem(problem);
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
