import * as vscode from 'vscode';
import type { Host } from '../host.ts';

const scheme = 'marginalia-comparison';

/** Address of the page that sets these runs side by side. */
export function comparisonDocument(ids: readonly string[]): vscode.Uri {
  return vscode.Uri.from({ scheme, path: '/Runs compared.md', query: JSON.stringify(ids) });
}

/** Gives such pages their text, which is made anew whenever one is opened. */
export function registerComparisonDocuments(host: Host): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(scheme, {
    async provideTextDocumentContent(uri) {
      const [{ comparisonText }, runs] = await Promise.all([import('./comparison-text.ts'), host.runs()]);
      const ids: unknown = JSON.parse(uri.query);
      return comparisonText(runs, Array.isArray(ids) ? ids.map(String) : []);
    },
  });
}
