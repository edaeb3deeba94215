import * as vscode from 'vscode';
import type { ReferenceKind } from '../../corpus/reference.ts';
import type { Host } from '../host.ts';
import { documentSelector, rangeOf } from './document-references.ts';
import { paperDocument } from './paper-document.ts';

/** What has another way to go: identifiers the language's own definitions, arXiv ids and DOIs their links. */
const elsewhere: ReadonlySet<ReferenceKind> = new Set(['identifier', 'arxiv', 'doi']);

/** Goes from a paper's name to where the paper stands in a source, else to a page of text about it. */
export function registerDefinition(host: Host): vscode.Disposable {
  return vscode.languages.registerDefinitionProvider(documentSelector, {
    async provideDefinition(document, position, token) {
      const reference = await host.references.at(document, position, token);
      if (reference?.paper === undefined || elsewhere.has(reference.kind)) return undefined;
      const { corpus } = await host.library.current();
      const paper = corpus.paper(reference.paper);
      if (paper === undefined) return undefined;
      const places = paper.locations.map(({ file, line }) => ({
        uri: vscode.Uri.file(file),
        range: new vscode.Range(line - 1, 0, line - 1, 0),
      }));
      const page = { uri: paperDocument(paper.key), range: new vscode.Range(0, 0, 0, 0) };
      const origin = rangeOf(document, reference);
      return (places.length > 0 ? places : [page]).map(({ uri, range }): vscode.DefinitionLink => {
        return { originSelectionRange: origin, targetUri: uri, targetRange: range };
      });
    },
  });
}
