import { lexLine, linesOf, replaceLines, type Hit, type TextDocument } from './matching/document.ts';
import { lexerOf, type Lexer } from './lexer.ts';
import type { Matcher } from './matcher.ts';
import type { Reference } from './reference.ts';
import { forgetNearby, NEARBY_LINES, resolveHits } from './matching/resolve.ts';
import { hitScanner, MOST_LINES } from './matching/scanner.ts';

/** A replacement in a document; offsets are UTF-16 units in the text before the edit. */
export interface TextChange {
  readonly start: number;
  readonly removed: number;
  readonly inserted: string;
}

/** The references of one document, kept up to date while it is edited. */
export interface ReferenceTracker {
  /**
   * Reads the whole text, in slices of under 8 ms with pauses for other work between them; `references` changes when
   * it is done. Edits that come meanwhile are followed then. Rejects with the signal's reason when aborted, and leaves
   * the references as they were.
   */
  scan(text: string, signal?: AbortSignal): Promise<void>;
  /** Follows one edit: changes whose ranges do not overlap, all offsets as before the edit. */
  edit(changes: readonly TextChange[]): void;
  /** Sorted by start, never overlapping. */
  readonly references: readonly Reference[];
}

const SLICE_MILLISECONDS = 5;
/** Characters and lines that are read between two looks at the clock. */
const PIECE = 32_768;
const LINES_BETWEEN_STEPS = 64;
/** Beyond so many changes at once it is faster to read everything between the first and the last again. */
const MOST_CHANGES = 16;
const BARE_KEY_LANGUAGES = new Set(['yaml', 'dockercompose', 'github-actions-workflow']);

/**
 * Finds every reference in a text at once.
 * @param language language id as the editor gives it; unknown ones are read as prose
 */
export function findReferences(matcher: Matcher, text: string, language: string): Reference[] {
  const document: TextDocument = { text, lines: [] };
  const reading = readDocument(
    document,
    lexerOf(language),
    hitScanner(matcher, document, BARE_KEY_LANGUAGES.has(language)),
  );
  while (!reading.next().done);
  return resolveHits(matcher, document);
}

/** Follows one document of the given language; always equal to `findReferences` on its text. */
export function trackReferences(matcher: Matcher, language: string): ReferenceTracker {
  const lexer = lexerOf(language);
  const bareKeys = BARE_KEY_LANGUAGES.has(language);
  let document: TextDocument = { text: '', lines: linesOf('', 0, 0) };
  let scanHits = hitScanner(matcher, document, bareKeys);
  let references: readonly Reference[] | undefined = [];
  /** Edits that came during the scan now under way. */
  let waiting: (readonly TextChange[])[] | undefined;

  function follow(changes: readonly TextChange[]): void {
    const ordered =
      changes.length > MOST_CHANGES
        ? [asOne(document.text, changes)]
        : [...changes].sort((one, other) => other.start - one.start);
    for (const change of ordered) {
      const [first, lastReplaced] = replaceLines(document, change);
      const last = lexFrom(document, first, lastReplaced, lexer);
      for (let index = Math.max(0, first - MOST_LINES + 1); index <= last; index++)
        document.lines[index]!.hits = scanHits(index);
      const lastNear = Math.min(last + NEARBY_LINES, document.lines.length - 1);
      for (let index = Math.max(0, first - NEARBY_LINES - MOST_LINES); index <= lastNear; index++)
        forgetNearby(document.lines[index]!);
    }
    references = undefined;
  }

  return {
    async scan(text, signal) {
      signal?.throwIfAborted();
      const scanned: TextDocument = { text, lines: [] };
      const scanner = hitScanner(matcher, scanned, bareKeys);
      const edits: (readonly TextChange[])[] = [];
      waiting = edits;
      try {
        const reading = readDocument(scanned, lexer, scanner);
        let sliceEnd = performance.now() + SLICE_MILLISECONDS;
        while (!reading.next().done) {
          if (performance.now() < sliceEnd) continue;
          await new Promise((resolve) => setImmediate(resolve));
          signal?.throwIfAborted();
          sliceEnd = performance.now() + SLICE_MILLISECONDS;
        }
        // A later scan knows better.
        if (waiting !== edits) return;
        document = scanned;
        scanHits = scanner;
        references = undefined;
        for (const changes of edits) follow(changes);
      } finally {
        if (waiting === edits) waiting = undefined;
      }
    },
    edit(changes) {
      if (waiting) waiting.push(changes);
      else follow(changes);
    },
    get references() {
      return (references ??= resolveHits(matcher, document));
    },
  };
}

/** Splits a document into lines and reads them, a piece at each step. */
function* readDocument(
  document: TextDocument,
  lexer: Lexer,
  scanHits: (index: number) => readonly Hit[],
): Generator<void, void> {
  const { text, lines } = document;
  let state = '';
  for (let start = 0, end = 0; end < text.length || start === 0; start = end) {
    const newline = text.indexOf('\n', start + PIECE);
    end = newline < 0 ? text.length : newline + 1;
    const first = lines.length;
    for (const line of linesOf(text, start, end)) lines.push(line);
    for (let index = first; index < lines.length; index++) state = lexLine(document, index, state, lexer);
    yield;
    if (end === text.length) break;
  }
  for (let index = 0; index < lines.length; index++) {
    lines[index]!.hits = scanHits(index);
    if (index % LINES_BETWEEN_STEPS === 0) yield;
  }
}

/** Lexes from a line on: up to `last`, and further until the state before the next line is as it was. Returns the last line lexed. */
function lexFrom(document: TextDocument, first: number, last: number, lexer: Lexer): number {
  const { lines } = document;
  let state = lines[first]!.state;
  let index = first;
  do state = lexLine(document, index++, state, lexer);
  while (index < lines.length && (index <= last || lines[index]!.state !== state));
  return index - 1;
}

/** One change that does the same as all of them. */
function asOne(text: string, changes: readonly TextChange[]): TextChange {
  const ordered = [...changes].sort((one, other) => one.start - other.start);
  const { start } = ordered[0]!;
  let inserted = '';
  let at = start;
  for (const change of ordered) {
    inserted += text.slice(at, change.start) + change.inserted;
    at = change.start + change.removed;
  }
  return { start, removed: at - start, inserted };
}
