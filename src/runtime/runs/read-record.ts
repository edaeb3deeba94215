import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as v from 'valibot';
import type { RunRecord } from './record.ts';
import { formatVersion, runFiles } from './run-files.ts';
import { recordSchema } from './schemas.ts';

/** What `run.json` says; `missing`: it is not there (yet); `problem`: what is wrong and what to do, for a person. */
export type ReadRecord = { readonly record: RunRecord } | { readonly missing: true } | { readonly problem: string };

/** Reads and checks a folder's `run.json`. Never throws. */
export async function readRecord(folder: string): Promise<ReadRecord> {
  const file = runFiles(folder).record;
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { missing: true };
    return { problem: `${file} cannot be read: ${(error as Error).message}` };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: `${file} is not JSON, so the run cannot be shown. Delete the run, or restore the file.` };
  }
  const { version } = (value ?? {}) as { version?: unknown };
  if (typeof version === 'number' && version > formatVersion) {
    return {
      problem: `${basename(folder)} was written by a newer Marginalia (run format ${version}; this one reads up to ${formatVersion}). Update Marginalia to open it.`,
    };
  }
  const result = v.safeParse(recordSchema, value, { abortEarly: true });
  if (result.success) return { record: result.output };
  const issue = result.issues[0];
  return { problem: `${file} is not a run's record: ${v.getDotPath(issue) ?? 'its content'}: ${issue.message}` };
}
