import * as vscode from 'vscode';
import type { Corpus } from '../../corpus/corpus.ts';
import { findExperiment } from '../experiments/find-experiment.ts';
import type { Host } from '../host.ts';
import { affects, setting } from '../settings.ts';
import { documentSelector } from './document-references.ts';

/**
 * One line above each symbol, comment block or paragraph that names papers. Lenses are whole when they first appear and are
 * not resolved later, and they wait until all sources have been read, so that nothing jumps after the first paint.
 */
export function registerPaperLenses(host: Host): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  return vscode.Disposable.from(
    changed,
    host.library.onDidChange(() => changed.fire()),
    vscode.workspace.onDidChangeConfiguration((event) => affects(event, 'papers.codeLens') && changed.fire()),
    vscode.languages.registerCodeLensProvider(documentSelector, {
      onDidChangeCodeLenses: changed.event,
      async provideCodeLenses(document, token) {
        if (!setting('papers.codeLens', document)) return [];
        const { corpus } = await host.library.settled();
        if (isSource(corpus, document.uri.fsPath)) return [];
        const references = await host.references.of(document, token);
        if (references.length === 0) return [];
        const [{ paperBlocks }, { paperLens }] = await Promise.all([import('./blocks.ts'), import('./paper-lens.ts')]);
        if (token.isCancellationRequested) return [];
        const text = document.getText();
        const mayScaffold = findExperiment(document.languageId, text) === undefined;
        return paperBlocks(text, document.languageId, references).flatMap(({ line, papers }) => {
          const range = new vscode.Range(line, 0, line, 0);
          const known = papers.flatMap((key) => corpus.paper(key) ?? []);
          return paperLens(known, mayScaffold).map((command) => new vscode.CodeLens(range, command));
        });
      },
    }),
  );
}

/** Papers are read from this file: it names one on every line, and lenses would tell nothing. */
function isSource(corpus: Corpus, file: string): boolean {
  return corpus.papers.some((paper) => paper.locations.some((location) => location.file === file));
}
