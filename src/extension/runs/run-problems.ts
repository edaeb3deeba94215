import * as vscode from 'vscode';
import type { RunError } from '../../runtime/runs/events.ts';
import type { RunSummary } from '../../runtime/runs/folder.ts';
import type { Runs } from './runs.ts';

/**
 * Shows what made a run fail in the Problems panel, at its line in the source. A problem leaves when its experiment runs
 * again or when one of the two files is edited: from then on it may not be true any more.
 */
export function showRunProblems(runs: Runs): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('marginalia.runs');
  /** File with the problem, by the experiment's file. */
  const places = new Map<string, vscode.Uri>();
  const clear = (experiment: string): void => {
    const place = places.get(experiment);
    if (place !== undefined) collection.delete(place);
    places.delete(experiment);
  };
  return vscode.Disposable.from(
    collection,
    runs.onDidBegin((run) => clear(experimentOf(run))),
    runs.onDidEnd((run) => {
      const experiment = experimentOf(run);
      clear(experiment);
      const { error } = run;
      if (run.status !== 'failed' || error === undefined) return;
      const place = vscode.Uri.file(error.file ?? experiment);
      places.set(experiment, place);
      collection.set(place, [problem(error)]);
    }),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length === 0) return;
      const { fsPath } = document.uri;
      for (const [experiment, place] of [...places]) {
        if (experiment === fsPath || place.fsPath === fsPath) clear(experiment);
      }
    }),
  );
}

function experimentOf(run: RunSummary): string {
  return run.record?.experiment.file ?? '';
}

function problem({ message, line = 1, column = 1 }: RunError): vscode.Diagnostic {
  const start = new vscode.Position(line - 1, column - 1);
  const result = new vscode.Diagnostic(new vscode.Range(start, start), message, vscode.DiagnosticSeverity.Error);
  result.source = 'Marginalia run';
  return result;
}
