import * as vscode from 'vscode';
import type { Host } from '../host.ts';
import { plainLabel } from '../plain-label.ts';
import { relativeTime } from '../relative-time.ts';
import { comparisonDocument } from './comparison-document.ts';
import { outcomeLook } from './run-outcome.ts';
import type { Runs } from './runs.ts';

/** Opens runs side by side as a page. @param argument ids of runs, or an entry of the tree to begin with. */
export async function compareRuns(_host: Host, runs: Runs, argument: unknown): Promise<void> {
  const ids = isIds(argument) ? argument : await pickRuns(runs, argument);
  if (ids === undefined) return;
  if (ids.length < 2) throw new Error('Choose at least two runs to compare.');
  const page = comparisonDocument(ids);
  try {
    await vscode.commands.executeCommand('markdown.showPreview', page);
  } catch {
    // An editor without its Markdown extension.
    await vscode.window.showTextDocument(page);
  }
}

async function pickRuns(runs: Runs, argument: unknown): Promise<readonly string[] | undefined> {
  await runs.refresh();
  const first = typeof argument === 'object' && argument !== null && 'run' in argument ? argument.run : argument;
  const items = runs
    .list()
    .filter(({ status }) => status !== 'unreadable')
    .map((run) => ({
      id: run.id,
      label: plainLabel(run.name),
      description: outcomeLook(run).text,
      detail: [relativeTime(run.created), ...run.labels.tags.map((tag) => `#${tag}`)].join(' · '),
      picked: run.id === first,
    }));
  const options = {
    title: 'Compare Runs',
    placeHolder: 'Two runs or more',
    matchOnDescription: true,
    matchOnDetail: true,
  };
  return (await vscode.window.showQuickPick(items, { ...options, canPickMany: true }))?.map(({ id }) => id);
}

function isIds(argument: unknown): argument is readonly string[] {
  return Array.isArray(argument) && argument.every((id) => typeof id === 'string');
}
