import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as v from 'valibot';
import { readHeartbeat } from './heartbeat.ts';
import { issueInWords } from './issue-in-words.ts';
import type { RunRecord } from './record.ts';
import { recordFromEvents } from './record-from-events.ts';
import { formatVersion, runFiles } from './run-files.ts';
import { recordSchema } from './schemas.ts';

/**
 * What was asked of a run. `mended`: what is wrong with `run.json`, where the events told it instead; `missing`: `run.json`
 * is not there (yet); `problem`: what is wrong and what to do, for a person; `newer`: it is of a format that this version
 * does not know, and the folder is to be left alone.
 */
export type ReadRecord =
  | { readonly record: RunRecord; readonly mended?: string }
  | { readonly missing: true }
  | { readonly problem: string; readonly newer?: true };

/** Reads and checks a folder's `run.json`; where it is missing or damaged, what the run's first event says. Never throws. */
export async function readRecord(folder: string): Promise<ReadRecord> {
  const read = await readRecordFile(folder);
  if ('record' in read || ('problem' in read && read.newer)) return read;
  const record = await recordFromEvents(folder);
  if (record === undefined) {
    if ('missing' in read) return read;
    return { problem: `${read.problem} Restore it; the run's points can be exported as CSV without it.` };
  }
  const { record: file, events } = runFiles(folder);
  const problem = 'problem' in read ? read.problem : `${file} is missing.`;
  // Another process may have gone on with the run since its first event.
  const pid = (await readHeartbeat(folder))?.pid ?? record.pid;
  return { record: { ...record, pid }, mended: `${problem} What it said was read from ${basename(events)} instead.` };
}

/** What to say of a folder that has no `run.json`, and no event that tells what that said. */
export function describeMissing(folder: string): string {
  return `${folder} holds no run: its run.json is missing.`;
}

async function readRecordFile(folder: string): Promise<ReadRecord> {
  const file = runFiles(folder).record;
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { missing: true };
    return { problem: `${file} cannot be read: ${(error as Error).message}.` };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: `${file} is not JSON.` };
  }
  const { version } = (value ?? {}) as { version?: unknown };
  if (typeof version === 'number' && version > formatVersion) {
    return {
      problem: `${basename(folder)} was written by a newer Marginalia (run format ${version}; this one reads up to ${formatVersion}). Update Marginalia to open it.`,
      newer: true,
    };
  }
  const result = v.safeParse(recordSchema, value, { abortEarly: true });
  if (result.success) return { record: result.output };
  return { problem: `${file} is not a run's record: ${issueInWords(result.issues[0])}.` };
}
