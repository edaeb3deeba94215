import * as vscode from 'vscode';
import { findExperiment } from './find-experiment.ts';

/** Tells menus and the palette whether the active editor shows an experiment. */
export function trackActiveExperiment(): vscode.Disposable {
  let told = false;
  const tell = (): void => {
    const document = vscode.window.activeTextEditor?.document;
    const shows = document !== undefined && findExperiment(document.languageId, document.getText()) !== undefined;
    if (shows === told) return;
    told = shows;
    void vscode.commands.executeCommand('setContext', 'marginalia.activeExperiment', shows);
  };
  tell();
  return vscode.Disposable.from(
    vscode.window.onDidChangeActiveTextEditor(tell),
    vscode.workspace.onDidSaveTextDocument(tell),
  );
}
