import * as vscode from 'vscode';
import type { Host } from '../host.ts';
import type { RunsChange } from '../runs/runs.ts';
import { affects, setting } from '../settings.ts';
import { findExperiment } from './find-experiment.ts';

/** How often the lens follows the progress of a run, in milliseconds: seldom, since every time the editor asks for all lenses. */
const progressInterval = 5000;

const selector: vscode.DocumentSelector = ['typescript', 'javascript', 'typescriptreact', 'javascriptreact'].map(
  (language) => ({ language }),
);

/** *Run*, *Debug* and *Configure…* above `experiment(`, with how the latest run stands; one line, always the same. */
export function registerExperimentLenses(host: Host): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  let timer: NodeJS.Timeout | undefined;
  const follow = (change: RunsChange): void => {
    if (change === 'progress') {
      timer ??= setTimeout(() => follow('list'), progressInterval);
      return;
    }
    clearTimeout(timer);
    timer = undefined;
    changed.fire();
  };
  return vscode.Disposable.from(
    changed,
    new vscode.Disposable(() => clearTimeout(timer)),
    host.onDidChangeRuns(follow),
    vscode.workspace.onDidChangeConfiguration((event) => affects(event, 'experiments.codeLens') && changed.fire()),
    vscode.languages.registerCodeLensProvider(selector, {
      onDidChangeCodeLenses: changed.event,
      async provideCodeLenses(document, token) {
        const found = findExperiment(document.languageId, document.getText());
        if (found === undefined || !setting('experiments.codeLens', document)) return [];
        const [{ experimentLens }, runs] = await Promise.all([import('./experiment-lens.ts'), host.runs()]);
        if (token.isCancellationRequested) return [];
        const range = new vscode.Range(found.line, 0, found.line, 0);
        const commands = experimentLens(document.uri, runs.ofFile(document.uri.fsPath));
        return commands.map((command) => new vscode.CodeLens(range, command));
      },
    }),
  );
}
