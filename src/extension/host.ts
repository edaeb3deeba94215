import type * as vscode from 'vscode';
import type { DocumentReferences } from './papers/document-references.ts';
import type { Library } from './library/library.ts';
import type { Runs, RunsChange } from './runs/runs.ts';

/** What every feature of the extension is given: the window's shared services, and where the installation keeps its files. */
export interface Host {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  /** Absolute path of the built `dist` folder. */
  readonly distribution: string;
  /** Absolute path of the shipped `snippets` folder. */
  readonly snippets: string;
  readonly library: Library;
  readonly references: DocumentReferences;
  /** Runs changed; nothing is told before `runs` was first called. */
  readonly onDidChangeRuns: vscode.Event<RunsChange>;
  /** The runs of this window's folders; its code is loaded when first asked for. */
  runs(): Promise<Runs>;
  /** The same where they have been asked for already; for what must not wait for them. */
  readonly openedRuns: Runs | undefined;
}
