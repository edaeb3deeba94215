import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { registerCommand } from './commands.ts';
import { registerDashboards } from './dashboard/register.ts';
import { registerExperimentLenses } from './experiments/experiment-lenses.ts';
import { trackActiveExperiment } from './experiments/active-experiment.ts';
import type { Host } from './host.ts';
import { Library } from './library/library.ts';
import { registerPaperLenses } from './papers/code-lenses.ts';
import { registerPaperCommands } from './papers/commands.ts';
import { registerCompletion } from './papers/completion.ts';
import { registerDefinition } from './papers/definition.ts';
import { DocumentReferences } from './papers/document-references.ts';
import { registerHover } from './papers/hover.ts';
import { registerLinks } from './papers/links.ts';
import { registerPaperDocuments } from './papers/paper-document.ts';
import { registerPaperPages } from './paper-page/register.ts';
import { registerRunCommands } from './runs/commands.ts';
import { registerComparisonDocuments } from './runs/comparison-document.ts';
import { runsFolders } from './runs/run-folders.ts';
import type { Runs, RunsChange } from './runs/runs.ts';
import { registerScaffold } from './scaffold/scaffold.ts';
import { registerTensorFlowSetup } from './tensorflow-setup/register.ts';
import { registerTrees } from './trees.ts';

/**
 * Registers every feature and does nothing else: papers are read, runs are looked for and code is loaded when the editor
 * first asks for something of them. Answers the shared services to the suites that run inside the editor.
 */
export function activate(context: vscode.ExtensionContext): Host | undefined {
  const host = createHost(context);
  context.subscriptions.push(
    registerHover(host),
    registerPaperLenses(host),
    registerCompletion(host),
    registerLinks(host),
    registerDefinition(host),
    registerPaperDocuments(host),
    registerPaperCommands(host),
    registerPaperPages(host),
    registerScaffold(host),
    registerExperimentLenses(host),
    trackActiveExperiment(),
    registerRunCommands(host),
    registerComparisonDocuments(host),
    registerDashboards(host),
    registerTrees(host),
    registerTensorFlowSetup(host),
    registerCommand(host.log, 'marginalia.showLog', () => host.log.show()),
    registerCommand(host.log, 'marginalia.getStarted', () =>
      vscode.commands.executeCommand('workbench.action.openWalkthrough', `${context.extension.id}#start`),
    ),
  );
  // Runs that go on, from before a reload or from a terminal, are taken up as soon as the editor has nothing else to do.
  setTimeout(() => {
    if (runsFolders(context.globalStorageUri).some(existsSync)) void host.runs();
  }, 0);
  return context.extensionMode === vscode.ExtensionMode.Test ? host : undefined;
}

function createHost(context: vscode.ExtensionContext): Host {
  const distribution = import.meta.dirname;
  const log = vscode.window.createOutputChannel('Marginalia', { log: true });
  const library = new Library(log, distribution, context.globalStorageUri);
  const references = new DocumentReferences(library);
  const runsChanged = new vscode.EventEmitter<RunsChange>();
  let runs: Promise<Runs> | undefined;
  let openedRuns: Runs | undefined;
  context.subscriptions.push(log, library, references, runsChanged);
  return {
    ...{ context, log, distribution, library, references },
    snippets: join(distribution, '..', 'snippets'),
    onDidChangeRuns: runsChanged.event,
    get openedRuns() {
      return openedRuns;
    },
    runs() {
      runs ??= import('./runs/open-runs.ts').then(async ({ openRuns }) => {
        openedRuns = await openRuns({ log, context }, (change) => runsChanged.fire(change));
        return openedRuns;
      });
      return runs;
    },
  };
}
