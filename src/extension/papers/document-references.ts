import * as vscode from 'vscode';
import type { Reference } from '../../corpus/reference.ts';
import type { ReferenceTracker } from '../../corpus/references.ts';
import type { Library } from '../library/library.ts';
import type { LibraryState } from '../library/state.ts';

/** Where papers are looked for: files, new files, notebook cells, and the other side of a comparison. */
export const documentSelector: vscode.DocumentSelector = [
  { scheme: 'file' },
  { scheme: 'untitled' },
  { scheme: 'vscode-notebook-cell' },
  { scheme: 'git' },
];

interface Tracked {
  readonly tracker: ReferenceTracker;
  readonly scanning: AbortController;
  readonly scanned: Promise<void>;
  /** Version of the document that `tracker` stands for. */
  version: number;
  ready: boolean;
}

/**
 * The references of every open document: scanned when first asked for, then kept true by its edits. All features read the
 * same list, so a document is scanned once however many features show it.
 */
export class DocumentReferences implements vscode.Disposable {
  readonly #library: Library;
  readonly #documents = new Map<string, Tracked>();
  readonly #disposables: { dispose(): unknown }[];

  constructor(library: Library) {
    this.#library = library;
    this.#disposables = [
      vscode.workspace.onDidChangeTextDocument((event) => this.#edited(event)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#forget(document.uri.toString())),
      library.onDidChange(() => this.#forgetAll()),
    ];
  }

  /** References of the document as it is now, sorted and never overlapping; none once cancelled. */
  async of(document: vscode.TextDocument, token: vscode.CancellationToken): Promise<readonly Reference[]> {
    for (;;) {
      const state = await this.#library.current();
      if (token.isCancellationRequested || document.isClosed) return [];
      const tracked = this.#tracked(document, state);
      if (tracked.ready) return tracked.tracker.references;
      await tracked.scanned;
    }
  }

  /** The reference at a position of the document. */
  async at(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<Reference | undefined> {
    const references = await this.of(document, token);
    const offset = document.offsetAt(position);
    return references.find((reference) => reference.start <= offset && offset <= reference.end);
  }

  dispose(): void {
    this.#forgetAll();
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #tracked(document: vscode.TextDocument, state: LibraryState): Tracked {
    const key = document.uri.toString();
    const known = this.#documents.get(key);
    if (known?.version === document.version) return known;
    this.#forget(key);
    const tracker = state.track(document.languageId);
    const scanning = new AbortController();
    const tracked: Tracked = {
      tracker,
      scanning,
      version: document.version,
      ready: false,
      // A scan that is given up leaves an entry that is not ready and no longer the document's; whoever waits looks again.
      scanned: tracker.scan(document.getText(), scanning.signal).then(
        () => {
          tracked.ready = !scanning.signal.aborted;
        },
        (error: unknown) => {
          if (!scanning.signal.aborted) throw error;
        },
      ),
    };
    this.#documents.set(key, tracked);
    return tracked;
  }

  #edited({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const key = document.uri.toString();
    const tracked = this.#documents.get(key);
    if (tracked === undefined || contentChanges.length === 0) return;
    if (!tracked.ready) {
      this.#forget(key);
      return;
    }
    tracked.tracker.edit(
      contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
        start: rangeOffset,
        removed: rangeLength,
        inserted: text,
      })),
    );
    tracked.version = document.version;
  }

  #forget(key: string): void {
    this.#documents.get(key)?.scanning.abort();
    this.#documents.delete(key);
  }

  #forgetAll(): void {
    for (const key of [...this.#documents.keys()]) this.#forget(key);
  }
}

/** The range that a reference covers. */
export function rangeOf(document: vscode.TextDocument, reference: Reference): vscode.Range {
  return new vscode.Range(document.positionAt(reference.start), document.positionAt(reference.end));
}
