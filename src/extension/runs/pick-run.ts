import * as vscode from 'vscode';
import type { RunSummary } from '../../runtime/runs/folder.ts';
import { plainLabel } from '../plain-label.ts';
import { relativeTime } from '../relative-time.ts';
import { outcomeLook } from './run-outcome.ts';
import type { Runs } from './runs.ts';

/**
 * The run that a command means: the one it was given (an id, or an entry of the tree), the only one there is, or one that
 * the person picks. Nothing where there is none to pick or the person changed their mind.
 */
export async function runFor(
  runs: Runs,
  argument: unknown,
  title: string,
  eligible: (run: RunSummary) => boolean = () => true,
): Promise<string | undefined> {
  if (typeof argument === 'string') return argument;
  if (isRunItem(argument)) return argument.run;
  await runs.refresh();
  const found = runs.list().filter(eligible);
  if (found.length === 0) {
    void vscode.window.showInformationMessage('Marginalia: there is no such run in this window’s folders.');
    return undefined;
  }
  if (found.length === 1) return found[0]!.id;
  const items = found.map((run) => {
    const { icon, text } = outcomeLook(run);
    return {
      id: run.id,
      label: `$(${icon}) ${plainLabel(run.name)}`,
      description: text,
      detail: [relativeTime(run.created), ...run.labels.tags.map((tag) => `#${tag}`)].join(' · '),
    };
  });
  return (
    await vscode.window.showQuickPick(items, {
      title,
      placeHolder: 'A run',
      matchOnDescription: true,
      matchOnDetail: true,
    })
  )?.id;
}

/** An entry of the runs' tree. */
function isRunItem(argument: unknown): argument is { readonly run: string } {
  return typeof argument === 'object' && argument !== null && 'run' in argument && typeof argument.run === 'string';
}
