import * as vscode from 'vscode';
import type { Host } from '../host.ts';
import { setting } from '../settings.ts';
import { documentSelector } from './document-references.ts';

class PaperCompletion extends vscode.CompletionItem {
  /** Citation key. */
  readonly paper: string;

  constructor(label: vscode.CompletionItemLabel, paper: string) {
    super(label, vscode.CompletionItemKind.Reference);
    this.paper = paper;
  }
}

/**
 * Completes citation keys where one is called for (`@`, `cite:`, `\cite{`, `paper: '`) and names of methods in comments and
 * prose. What a paper is about is worked out when its item is looked at.
 */
export function registerCompletion(host: Host): vscode.Disposable {
  const provider: vscode.CompletionItemProvider<PaperCompletion> = {
    async provideCompletionItems(document, position, token) {
      if (!setting('papers.completion', document)) return undefined;
      const { completionContext } = await import('./completion-context.ts');
      const before = document.getText(new vscode.Range(new vscode.Position(0, 0), position));
      const context = completionContext(before, document.languageId);
      if (context === undefined) return undefined;
      const { corpus } = await host.library.current();
      if (token.isCancellationRequested) return undefined;
      const { keyCandidates, nameCandidates } = await import('./completion-candidates.ts');
      const candidates = context.kind === 'key' ? keyCandidates(corpus) : nameCandidates(corpus);
      const written = document.getWordRangeAtPosition(position, /[\w:.+/-]+/)?.end ?? position;
      const replacing = new vscode.Range(position.translate(0, -context.typed.length), written);
      const inserting = replacing.with(undefined, position);
      return candidates.map(({ label, description, filter, paper }) => {
        const item = new PaperCompletion({ label, description }, paper);
        item.filterText = filter;
        item.range = { inserting, replacing };
        return item;
      });
    },
    async resolveCompletionItem(item) {
      const { cardOf } = await import('./card.ts');
      const card = await cardOf(host, item.paper);
      if (card !== undefined) item.documentation = new vscode.MarkdownString(card);
      return item;
    },
  };
  const triggers = ['@', ':', '{', ',', "'", '"'];
  return vscode.languages.registerCompletionItemProvider(documentSelector, provider, ...triggers);
}
