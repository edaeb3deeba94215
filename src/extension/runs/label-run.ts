import * as vscode from 'vscode';
import type { Host } from '../host.ts';
import { tagsFrom } from '../../runtime/runs/labels.ts';
import { runFor } from './pick-run.ts';
import type { Runs } from './runs.ts';

/** Gives a run another name; an empty one takes it away. @param text the name, where a caller has one. */
export async function renameRun(_host: Host, runs: Runs, argument: unknown, text: unknown): Promise<void> {
  const id = await runFor(runs, argument, 'Rename Run');
  const run = id === undefined ? undefined : runs.get(id);
  if (run === undefined) return;
  const prompt = `Empty: ${run.record?.name ?? run.id}, as its experiment is called.`;
  const name = await textFor(text, { title: 'Rename Run', value: run.name, prompt });
  if (name !== undefined) await runs.label(run.id, { name });
}

/** Sets a run's tags. @param text the tags with commas between them, where a caller has some. */
export async function tagRun(_host: Host, runs: Runs, argument: unknown, text: unknown): Promise<void> {
  const id = await runFor(runs, argument, 'Tag Run');
  const run = id === undefined ? undefined : runs.get(id);
  if (run === undefined) return;
  const known = [...new Set(runs.list().flatMap(({ labels }) => labels.tags))].sort();
  const tags = await textFor(text, {
    title: `Tags of ${run.name}`,
    value: run.labels.tags.join(', '),
    prompt: known.length === 0 ? 'With commas between them.' : `With commas between them. In use: ${known.join(', ')}.`,
  });
  if (tags !== undefined) await runs.label(run.id, { tags: tagsFrom(tags) });
}

/** Writes a note on a run. @param text the note, where a caller has one. */
export async function noteOnRun(_host: Host, runs: Runs, argument: unknown, text: unknown): Promise<void> {
  const id = await runFor(runs, argument, 'Note on Run');
  const run = id === undefined ? undefined : runs.get(id);
  if (run === undefined) return;
  // The input has one line: the breaks of a note that came from a terminal are shown as ⏎ and kept.
  const shown = run.labels.note.replaceAll('\n', ' ⏎ ');
  const note = await textFor(text, {
    title: `Note on ${run.name}`,
    value: shown,
    prompt: 'What is worth knowing of it.',
  });
  if (note !== undefined) await runs.label(run.id, { note: note.replace(/ ?⏎ ?/g, '\n') });
}

/** What the caller gave, or what the person types. */
async function textFor(given: unknown, options: vscode.InputBoxOptions): Promise<string | undefined> {
  return typeof given === 'string' ? given : vscode.window.showInputBox(options);
}
