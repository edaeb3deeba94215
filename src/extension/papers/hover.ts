import * as vscode from 'vscode';
import { linkedCommands } from '../command-link.ts';
import type { Host } from '../host.ts';
import { setting } from '../settings.ts';
import { documentSelector, rangeOf } from './document-references.ts';

/** Shows the paper behind the text under the pointer. */
export function registerHover(host: Host): vscode.Disposable {
  return vscode.languages.registerHoverProvider(documentSelector, {
    async provideHover(document, position, token) {
      if (!setting('papers.hover', document)) return undefined;
      const reference = await host.references.at(document, position, token);
      if (reference?.paper === undefined) return undefined;
      const { cardOf } = await import('./card.ts');
      const card = await cardOf(host, reference.paper);
      if (card === undefined || token.isCancellationRequested) return undefined;
      const text = new vscode.MarkdownString(card);
      text.isTrusted = { enabledCommands: linkedCommands };
      return new vscode.Hover(text, rangeOf(document, reference));
    },
  });
}
