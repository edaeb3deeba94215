import { CASELESS, letterAt, MARK } from '../letters.ts';
import { Gap, type Phrase } from './phrase.ts';

/** Flags by the first letters of a word: says of most words at once that nothing begins there. */
export type Heads = Uint8Array;

export const BEGINS_PHRASE = 1;
export const BEGINS_KEY = 2;
/** Begins a phrase that counts in text only. */
export const BEGINS_TEXT = 4;
export const BEGINS_NUMBER = 8;

const LETTERS = 4;
const SIZE = 1 << 16;

export function makeHeads(): Heads {
  return new Uint8Array(SIZE);
}

/** Flags of the word at `at`, whose first letter is `first`. Some words have flags by chance. */
export function headFlags(heads: Heads, first: number, text: string, at: number): number {
  let head = first & CASELESS;
  for (let index = 1; index < LETTERS; index++) {
    const letter = letterAt(text, at + index) & CASELESS;
    // Combining accents are rare enough to look at closely.
    if (letter === MARK) return BEGINS_PHRASE | BEGINS_TEXT;
    if (letter === 0) break;
    head = extend(head, letter);
  }
  return heads[head & (SIZE - 1)]!;
}

/** Sets flags for all words that the phrase may begin with. */
export function addHead(heads: Heads, { letters, gaps }: Phrase, flags: number): void {
  let head = 0;
  for (let index = 0; index < letters.length && index < LETTERS; index++) {
    if (index > 0 && gaps[index] !== Gap.none) heads[head & (SIZE - 1)]! |= flags;
    head = extend(head, letterAt(letters, index));
  }
  heads[head & (SIZE - 1)]! |= flags;
}

function extend(head: number, letter: number): number {
  return head * 41 + letter;
}
