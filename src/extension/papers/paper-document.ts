import * as vscode from 'vscode';
import type { Host } from '../host.ts';

const scheme = 'marginalia-paper';

/** Address of a paper as read-only text, for places of the editor that show documents: peeking, going to a definition. */
export function paperDocument(key: string): vscode.Uri {
  return vscode.Uri.from({ scheme, path: `/${key}.md` });
}

export function registerPaperDocuments(host: Host): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(scheme, {
    async provideTextDocumentContent(uri) {
      const { corpus } = await host.library.settled();
      const key = uri.path.slice(1, -'.md'.length);
      const paper = corpus.paper(key);
      if (paper === undefined) return `There is no paper with the key ${key} any more.`;
      const { paperText } = await import('./paper-text.ts');
      return paperText(paper, corpus.methodOf(paper));
    },
  });
}
