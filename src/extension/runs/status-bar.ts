import * as vscode from 'vscode';
import type { Runs } from './runs.ts';

/** Shows in the status bar how far the runs are that go on; there is nothing where none does. */
export function showStatusBar(runs: Runs): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('marginalia.runs', vscode.StatusBarAlignment.Left, 10);
  item.name = 'Marginalia Runs';
  const update = (): void => {
    const active = runs.active();
    const [only] = active;
    if (only === undefined) {
      item.hide();
      return;
    }
    const share = active.reduce((sum, run) => sum + run.share, 0) / active.length;
    const percent = `${Math.floor(share * 100)} %`;
    const paused = active.every((run) => run.status === 'paused');
    const what = active.length === 1 ? only.name : `${active.length} runs`;
    item.text = `$(${paused ? 'debug-pause' : 'sync~spin'}) ${what} ${percent}`;
    item.tooltip = active.map((run) => `${run.name}: ${run.status}, ${Math.floor(run.share * 100)} %`).join('\n');
    item.accessibilityInformation = { label: `${what}, ${percent} done` };
    item.command = {
      command: 'marginalia.openDashboard',
      title: 'Open Run Dashboard',
      ...(active.length === 1 ? { arguments: [only.id] } : {}),
    };
    item.show();
  };
  update();
  return vscode.Disposable.from(item, runs.onDidChange(update));
}
