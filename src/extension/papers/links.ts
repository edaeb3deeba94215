import * as vscode from 'vscode';
import type { Host } from '../host.ts';
import { setting } from '../settings.ts';
import { documentSelector, rangeOf } from './document-references.ts';

/**
 * Makes arXiv identifiers and DOIs open the paper's address. Keys, titles and names have a definition instead: a click with
 * Ctrl or Cmd follows links and definitions at once, so that no place may have both.
 */
export function registerLinks(host: Host): vscode.Disposable {
  return vscode.languages.registerDocumentLinkProvider(documentSelector, {
    async provideDocumentLinks(document, token) {
      if (!setting('papers.links', document)) return [];
      const references = await host.references.of(document, token);
      return references.flatMap((reference) => {
        const { kind, identifier } = reference;
        const range = rangeOf(document, reference);
        // A whole web address is a link of the editor's own.
        if (identifier === undefined || document.getText(range).includes('://')) return [];
        if (kind === 'arxiv') return link(range, `https://arxiv.org/abs/${identifier}`, 'Open on arXiv');
        if (kind === 'doi') return link(range, `https://doi.org/${encodeURI(identifier)}`, 'Open through its DOI');
        return [];
      });
    },
  });
}

function link(range: vscode.Range, address: string, tooltip: string): vscode.DocumentLink {
  const result = new vscode.DocumentLink(range, vscode.Uri.parse(address, true));
  result.tooltip = tooltip;
  return result;
}
