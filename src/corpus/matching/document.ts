import type { Lexer } from '../lexer.ts';
import type { Regions } from './phrase.ts';
import type { Reference } from '../reference.ts';

/** A place that may refer to a paper, before evidence and overlaps are weighed. Offsets count from its line's start. */
export interface Hit {
  readonly start: number;
  readonly end: number;
  readonly kind: Reference['kind'];
  readonly paper: string | undefined;
  readonly identifier?: string;
  /**
   * What would be evidence nearby, for a hit that counts only with evidence; empty where only its paper's being named
   * elsewhere is, absent where it counts by itself.
   */
  readonly contexts?: readonly string[];
  /** How many different contexts stand nearby, 0 where they are no evidence; absent until it is asked for. */
  nearby?: number | undefined;
}

/** A context word on a line. Offsets count from the line's start. */
export interface ContextHit {
  readonly start: number;
  readonly end: number;
  readonly context: string;
}

/** One line of a document with what is known about it. */
export interface Line {
  /** Offset in the document. */
  start: number;
  /** State of the lexer before the line. */
  state: string;
  startsInText: boolean;
  cuts: readonly number[];
  /** In order of their starts. */
  hits: readonly Hit[];
  /** Absent until somebody asks for them. */
  contexts: readonly ContextHit[] | undefined;
}

/** A text with its lines. There is always at least one line. */
export interface TextDocument {
  text: string;
  lines: Line[];
}

const NO_HITS: readonly Hit[] = [];
const NO_CUTS: readonly number[] = [];

/** The lines of a part of a text; the part must begin at the start of a line and end with the text or behind a newline. */
export function linesOf(text: string, start: number, end: number): Line[] {
  const lines: Line[] = [];
  for (let at = start; ;) {
    lines.push({ start: at, state: '', startsInText: false, cuts: NO_CUTS, hits: NO_HITS, contexts: undefined });
    const newline = text.indexOf('\n', at);
    if (newline < 0 || newline + 1 > end || (newline + 1 === end && end < text.length)) return lines;
    at = newline + 1;
  }
}

/** Offset behind a line, its newline included. */
export function lineEnd(document: TextDocument, index: number): number {
  return document.lines[index + 1]?.start ?? document.text.length;
}

/** Reads the regions of one line. Returns the lexer's state behind it. */
export function lexLine(document: TextDocument, index: number, stateBefore: string, lexer: Lexer): string {
  const line = document.lines[index]!;
  const end = lineEnd(document, index);
  const newline = document.text.charCodeAt(end - 1) === 10 && end > line.start ? end - 1 : end;
  const regions = lexer(document.text, line.start, newline, stateBefore);
  line.state = stateBefore;
  line.startsInText = regions.startsInText;
  line.cuts = regions.cuts;
  return regions.stateAfter;
}

/**
 * Replaces a part of the document; the new lines are still to be lexed and scanned, from the first on.
 * @returns numbers of the first and the last of the new lines
 */
export function replaceLines(
  document: TextDocument,
  change: { start: number; removed: number; inserted: string },
): [number, number] {
  const { lines, text } = document;
  const start = Math.min(change.start, text.length);
  const end = Math.min(start + change.removed, text.length);
  const first = lineAt(lines, start);
  const last = lineAt(lines, end);
  const shift = change.inserted.length - (end - start);
  const partStart = lines[first]!.start;
  const partEnd = lineEnd(document, last) + shift;
  document.text = text.slice(0, start) + change.inserted + text.slice(end);
  const fresh = linesOf(document.text, partStart, partEnd);
  fresh[0]!.state = lines[first]!.state;
  const below = last + 1;
  if (shift !== 0) for (let index = below; index < lines.length; index++) lines[index]!.start += shift;
  if (fresh.length === below - first)
    for (let index = first; index < below; index++) lines[index] = fresh[index - first]!;
  else document.lines = lines.slice(0, first).concat(fresh, lines.slice(below));
  return [first, first + fresh.length - 1];
}

/** Number of the line an offset is on. */
export function lineAt(lines: readonly Line[], offset: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lines[middle]!.start <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Tells text from code for offsets on the line it is set to and on those below. */
export interface MovingRegions extends Regions {
  line: number;
}

export function regionsFrom(document: TextDocument): MovingRegions {
  return {
    line: 0,
    isText(offset) {
      const { lines } = document;
      let index = this.line;
      while (index + 1 < lines.length && lines[index + 1]!.start <= offset) index++;
      const { start, startsInText, cuts } = lines[index]!;
      return (cutsUpTo(cuts, offset - start) & 1) === 0 ? startsInText : !startsInText;
    },
  };
}

/** How many of the ascending cuts are at or before an offset. */
function cutsUpTo(cuts: readonly number[], offset: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cuts[middle]! <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
