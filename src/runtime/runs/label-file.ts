import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import { distinctTags, type LabelChange, type Labels, noLabels } from './labels.ts';
import { readRecord } from './read-record.ts';
import { runFiles } from './run-files.ts';

/** The version of `labels.json` that this code writes, and the newest that it changes. */
const version = 1;

const limits = { name: 200, tag: 50, tags: 50, note: 100_000 };

const schema = v.object({
  version: v.literal(version),
  name: v.exactOptional(v.pipe(v.string(), v.minLength(1), v.maxLength(limits.name))),
  tags: v.pipe(
    v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(limits.tag))),
    v.maxLength(limits.tags),
    v.readonly(),
  ),
  note: v.pipe(v.string(), v.maxLength(limits.note)),
});

type ReadLabels =
  | { readonly kind: 'labels'; readonly labels: Labels }
  | { readonly kind: 'broken' | 'newer' | 'unreadable'; readonly problem: string };

/** A run's labels; none where nobody has written any or they cannot be read, with the reason. Never throws. */
export async function readLabels(folder: string): Promise<{ readonly labels: Labels; readonly problem?: string }> {
  const read = await tryLabels(folder);
  return read.kind === 'labels' ? { labels: read.labels } : { labels: noLabels, problem: read.problem };
}

/**
 * Changes a run's labels. A file of labels that is broken is set aside first, so that nothing a person wrote is lost.
 *
 * @throws Error where the folder cannot be written or is no run that this version reads, a text is too long, or a newer
 *   version has written the labels.
 */
export async function changeLabels(folder: string, change: LabelChange): Promise<Labels> {
  const record = await readRecord(folder);
  if ('problem' in record) throw new Error(`What you wrote on the run is not kept: ${record.problem}`);
  const read = await tryLabels(folder);
  const file = runFiles(folder).labels;
  if (read.kind === 'newer' || read.kind === 'unreadable') throw new Error(read.problem);
  if (read.kind === 'broken') await rename(file, `${file}.broken`);
  const labels = changed(read.kind === 'labels' ? read.labels : noLabels, change);
  const checked = v.safeParse(schema, { version, ...labels });
  if (!checked.success) {
    const issue = checked.issues[0];
    throw new Error(`The ${v.getDotPath(issue)?.split('.')[0] ?? 'text'} of a run cannot be that: ${issue.message}`);
  }
  // Renamed into its place from the folder of all runs, which windows watch: so they all see that a run is called otherwise.
  const beside = join(dirname(folder), `.${basename(folder)}.labels.${randomUUID()}.tmp`);
  try {
    await writeFile(beside, `${JSON.stringify(checked.output, null, 2)}\n`);
    await rename(beside, file);
  } catch (error) {
    throw new Error(`What you wrote on the run cannot be kept: ${(error as Error).message}`, { cause: error });
  } finally {
    await rm(beside, { force: true }).catch(() => undefined);
  }
  return labels;
}

function changed(before: Labels, change: LabelChange): Labels {
  const name = change.name === undefined ? before.name : change.name.trim();
  return {
    ...(name !== undefined && name !== '' && { name }),
    tags: change.tags === undefined ? before.tags : distinctTags(change.tags),
    note: change.note ?? before.note,
  };
}

async function tryLabels(folder: string): Promise<ReadLabels> {
  const file = runFiles(folder).labels;
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { kind: 'labels', labels: noLabels };
    return { kind: 'unreadable', problem: `${file} cannot be read: ${(error as Error).message}` };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'broken', problem: `${file} is not JSON, so the run's name, tags and note are not shown.` };
  }
  const written = (value as { version?: unknown } | null)?.version;
  if (typeof written === 'number' && written > version) {
    return {
      kind: 'newer',
      problem: `${file} was written by a newer Marginalia. Update Marginalia to see and change it.`,
    };
  }
  const result = v.safeParse(schema, value);
  if (!result.success) {
    const issue = result.issues[0];
    return {
      kind: 'broken',
      problem: `${file} holds no labels: ${v.getDotPath(issue) ?? 'its content'}: ${issue.message}`,
    };
  }
  const { name, tags, note } = result.output;
  return { kind: 'labels', labels: { ...(name !== undefined && { name }), tags, note } };
}
