import * as vscode from 'vscode';
import type { Host } from '../host.ts';
import { showRunProblems } from './run-problems.ts';
import { Runs, type RunsChange } from './runs.ts';
import { showStatusBar } from './status-bar.ts';

/** Starts to follow the runs of this window, with everything that shows them without being asked. */
export async function openRuns(
  host: Pick<Host, 'log' | 'context'>,
  changed: (change: RunsChange) => void,
): Promise<Runs> {
  const runs = new Runs(host.log, host.context.globalStorageUri);
  host.context.subscriptions.push(
    runs,
    showRunProblems(runs),
    showStatusBar(runs),
    runs.onDidChange((change) => {
      if (change === 'list') {
        setContext('marginalia.runsListed', true);
        setContext('marginalia.runsActive', runs.active().length > 0);
        setContext('marginalia.runsKnown', runs.list().length > 0);
      }
      changed(change);
    }),
  );
  await runs.refresh();
  return runs;
}

const contexts = new Map<string, boolean>();

/** Sets what menus and the palette ask for; only where it changes, since setting it costs a message to the window. */
function setContext(key: string, value: boolean): void {
  if (contexts.get(key) === value) return;
  contexts.set(key, value);
  void vscode.commands.executeCommand('setContext', key, value);
}
