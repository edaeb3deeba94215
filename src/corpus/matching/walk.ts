import { BEGINS_KEY, BEGINS_NUMBER, headFlags, type Heads } from './heads.ts';
import { letterAt, letterOf, MARK, UPPER } from '../letters.ts';

/** Where something may begin in a part of a text. Only the first entries are of the last walk; it returns how many. */
export interface Starts {
  readonly offsets: number[];
  /** What may begin there: flags of `heads.ts`. */
  readonly flags: number[];
}

const AT = 64;
const BACKSLASH = 92;
const LAST_LETTER = 26;
const LAST_DIGIT = 36;

/**
 * Goes over a part of a text once, and notes where something may begin: at the words of prose and the words within
 * identifiers (`rex|Schedule`), at numbers, and at the marks of citations. The part must begin and end between words.
 */
export function walk(text: string, start: number, end: number, heads: Heads, { offsets, flags }: Starts): number {
  let count = 0;
  let before = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    let letter = letterOf(code);
    if (letter === 0) {
      if (code === AT || code === BACKSLASH) {
        offsets[count] = at;
        flags[count++] = BEGINS_KEY;
      }
      before = 0;
      continue;
    }
    if (before === 0 || startsWord(before, text, at)) {
      let found = headFlags(heads, letter, text, at);
      if (before !== 0) found &= ~BEGINS_KEY;
      else if (letter > LAST_LETTER && letter <= LAST_DIGIT) found |= BEGINS_NUMBER;
      if (found !== 0) {
        offsets[count] = at;
        flags[count++] = found;
      }
    }
    // Behind a letter, only a capital begins a word.
    do before = letter;
    while (++at < end && (letter = letterOf(text.charCodeAt(at))) !== 0 && letter < UPPER);
    at--;
  }
  return count;
}

/** Whether a capital inside an identifier begins a word: behind a small letter or digit, or before a small letter. */
function startsWord(before: number, text: string, at: number): boolean {
  if (before < UPPER) return before !== MARK;
  const next = letterAt(text, at + 1);
  return next > 0 && next <= LAST_LETTER;
}
