import { BEGINS_KEY, BEGINS_PHRASE, headFlags, type Heads } from './heads.ts';
import { letterOf, MARK, UPPER } from '../letters.ts';

/** What a walk over a text calls back for. */
export interface Visitor {
  /** A word begins here that a phrase may begin with. */
  word(at: number): void;
  /** The digits of a number begin here. */
  number(at: number): void;
  /** A citation form may begin here. */
  keyForm(at: number): void;
}

const AT = 64;
const BACKSLASH = 92;
const LAST_LETTER = 26;
const LAST_DIGIT = 36;

/**
 * Goes over a part of a text once, and calls back where something may begin: at the words of prose and the words
 * within identifiers (`rex|Schedule`), at numbers, and at the marks of citations. The part must begin and end between
 * words.
 */
export function walk(text: string, start: number, end: number, heads: Heads, visitor: Visitor): void {
  let before = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    const letter = letterOf(code);
    if (letter === 0) {
      if (code === AT || code === BACKSLASH) visitor.keyForm(at);
    } else if (before === 0) {
      const flags = headFlags(heads, letter, text, at);
      if ((flags & BEGINS_PHRASE) !== 0) visitor.word(at);
      if ((flags & BEGINS_KEY) !== 0) visitor.keyForm(at);
      if (letter > LAST_LETTER && letter <= LAST_DIGIT) visitor.number(at);
    } else if (
      letter > UPPER &&
      startsWord(before, text, at) &&
      (headFlags(heads, letter, text, at) & BEGINS_PHRASE) !== 0
    ) {
      visitor.word(at);
    }
    before = letter;
  }
}

/** Whether a capital inside an identifier begins a word: behind a small letter or digit, or before a small letter. */
function startsWord(before: number, text: string, at: number): boolean {
  if (before < UPPER) return before !== MARK;
  const next = letterOf(text.charCodeAt(at + 1));
  return next > 0 && next <= LAST_LETTER;
}
