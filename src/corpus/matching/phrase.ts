import { CASELESS, FOREIGN, isDigit, letterAt, letterOf, lettersIn, MARK, UPPER } from '../letters.ts';
import { withoutLatex } from '../title.ts';

/** What may stand between two letters of a phrase. */
export const Gap = {
  /** Nothing: they are neighbours in one word. */
  none: 0,
  /** A change of case, an underscore or a hyphen, as between the words of an identifier. */
  joined: 1,
  /** The same, or a space or line break. */
  hyphen: 2,
  /** The same; kept apart from `hyphen` because the phrase itself has a space there. */
  space: 3,
  /** Nothing, or what `words` allows: a hyphen or change of case inside a title's word. */
  inWord: 4,
  /** Spaces, punctuation, a line break: between the words of a title. */
  words: 5,
} as const;
export type GapKind = (typeof Gap)[keyof typeof Gap];

/** A name, identifier or title as its letters and what may stand between them. */
export interface Phrase {
  /** Letters and digits, lower case, without accents. */
  readonly letters: string;
  /** `gaps[i]` is the kind of gap before letter `i`. */
  readonly gaps: Uint8Array;
  /** Characters that belong to the phrase (the star of `Q* search`): before letter `i`, or behind the last one. */
  readonly symbols: ReadonlyMap<number, string>;
}

/** Tells text (comments, strings, prose) from code. */
export interface Regions {
  isText(offset: number): boolean;
}

const LONGEST_GAP = 100;
/** What may lead a line inside a comment, between its indentation and its first word. */
const COMMENT_LEADERS = '/*#-%;!>|"\' \t';
const SYMBOLS = /[*+&^]+/;

/** The words of a name or identifier. */
export function wordsOf({ letters, gaps }: Phrase): string[] {
  const starts = [...gaps.keys()].filter((index) => index === 0 || gaps[index] !== Gap.none);
  return starts.map((start, position) => letters.slice(start, starts[position + 1]));
}

/** A phrase that matches a method's name: forgiving about case, accents, hyphens, spaces and line breaks. */
export function namePhrase(name: string): Phrase {
  return phraseOf(name, (between, camel) => {
    if (between === '' || between === '_') return camel || between === '_' ? Gap.joined : Gap.none;
    return /^[-‐‑‒–]$/.test(between) ? Gap.hyphen : Gap.space;
  });
}

/** A phrase that matches an identifier in any casing: `rexSchedule`, `rex_schedule`, `REX_SCHEDULE`. */
export function identifierPhrase(identifier: string): Phrase {
  return phraseOf(identifier, (between, camel) => (between !== '' || camel ? Gap.joined : Gap.none));
}

/** A phrase that matches a title: forgiving about case, accents, punctuation, spaces and line breaks. */
export function titlePhrase(title: string): Phrase {
  const phrase = phraseOf(withoutLatex(title), (between, camel) => {
    if (between === '') return camel ? Gap.inWord : Gap.none;
    return /^[-‐‑‒–/]$/.test(between) ? Gap.inWord : Gap.words;
  });
  return { ...phrase, symbols: new Map() };
}

function phraseOf(text: string, gapOf: (between: string, camel: boolean) => GapKind): Phrase {
  const gaps = new Uint8Array(text.length);
  const symbols = new Map<number, string>();
  let count = 0;
  let behindLetter = 0;
  for (let at = 0; at < text.length; at++) {
    const letter = letterAt(text, at);
    if (letter === 0) continue;
    if (letter !== MARK) {
      if (count > 0) {
        const between = text.slice(behindLetter, at);
        const symbol = between === '' ? undefined : SYMBOLS.exec(between)?.[0];
        if (symbol !== undefined) symbols.set(count, symbol);
        gaps[count] = gapOf(between, between === '' && isWordStart(text, at));
      }
      count++;
    }
    behindLetter = at + 1;
  }
  const last = /^[*+]+/.exec(text.slice(behindLetter))?.[0];
  if (last !== undefined) symbols.set(count, last);
  return { letters: lettersIn(text), gaps: gaps.subarray(0, count), symbols };
}

/** Whether a word of an identifier begins at `at`, which holds a letter or digit: `rex|Schedule`, `ALP|Teacher`. */
export function isWordStart(text: string, at: number): boolean {
  const before = letterAt(text, at - 1);
  if (at === 0 || before === 0) return true;
  const here = letterAt(text, at);
  if ((here & UPPER) === 0 || before === MARK) return false;
  return (before & UPPER) === 0 || isLower(letterAt(text, at + 1));
}

/** Whether a word of an identifier ends before `at`. */
export function isWordEnd(text: string, at: number): boolean {
  const next = at < text.length ? letterAt(text, at) : 0;
  if (next === 0) return true;
  if (next === MARK) return false;
  if (isDigit(text.charCodeAt(at))) return !isDigit(text.charCodeAt(at - 1));
  return isWordStart(text, at);
}

function isLower(letter: number): boolean {
  return letter > 0 && letter <= 26;
}

/** What may follow the last letter of a phrase in the same word. */
export const ENDINGS = {
  none: [''],
  plural: ['', 's'],
  inflected: ['', 's', 'r', 'd', 'rs', 'es', 'ed', 'er', 'ers', 'ing'],
} as const;
export type Endings = (typeof ENDINGS)[keyof typeof ENDINGS];

/**
 * Matches a phrase at `start`, where a word must begin.
 * @returns the offset behind the match, or -1
 */
export function matchPhrase(phrase: Phrase, text: string, start: number, regions: Regions, endings: Endings): number {
  const { letters, gaps, symbols } = phrase;
  let at = start;
  for (let index = 0; index < letters.length; index++) {
    if (index > 0) {
      while (letterAt(text, at) === MARK) at++;
      const gap = gaps[index]!;
      if (gap !== Gap.none && (at = behindGap(text, at, gap, symbols.get(index), regions)) < 0) return -1;
    }
    if (!isLetter(text, at, letters, index)) return -1;
    at++;
  }
  while (letterAt(text, at) === MARK) at++;
  const symbol = symbols.get(letters.length);
  if (symbol !== undefined) return text.startsWith(symbol, at) && regions.isText(at) ? at + symbol.length : -1;
  if (isDecimal(text, at)) return -1;
  for (const ending of endings) {
    if (text.startsWith(ending, at) && isWordEnd(text, at + ending.length)) return at + ending.length;
  }
  return -1;
}

function isLetter(text: string, at: number, letters: string, index: number): boolean {
  const code = text.charCodeAt(at);
  const wanted = letterAt(letters, index);
  if ((letterOf(code) & CASELESS) !== wanted) return false;
  return wanted !== FOREIGN || text.charAt(at).toLowerCase() === letters.charAt(index);
}

/** `Tulu 3` is not named by `Tulu 3.1`. */
function isDecimal(text: string, at: number): boolean {
  return isDigit(text.charCodeAt(at - 1)) && text.charCodeAt(at) === 46 && isDigit(text.charCodeAt(at + 1));
}

/** Where the next letter stands if what lies between `at` and it is allowed; else -1. */
function behindGap(text: string, at: number, gap: number, symbol: string | undefined, regions: Regions): number {
  let next = at;
  const limit = Math.min(text.length, at + LONGEST_GAP);
  while (next < limit && letterAt(text, next) === 0) next++;
  if (next === limit) return -1;
  if (next === at) return symbol === undefined && gap !== Gap.words ? next : -1;
  let between = text.slice(at, next);
  if (/^_+$/.test(between)) return gap <= Gap.space && symbol === undefined ? next : -1;
  if (!regions.isText(at) || !regions.isText(next)) return -1;
  if (symbol !== undefined) return between.replace(/\s/g, '') === symbol ? next : -1;
  const newline = between.indexOf('\n');
  if (newline >= 0) {
    if (!isCommentLeader(between.slice(newline + 1))) return -1;
    between = `${between.slice(0, newline).trimEnd()} `;
  }
  if (gap >= Gap.inWord) return next;
  if (/^[-‐‑‒–]$/.test(between)) return next;
  return gap >= Gap.hyphen && /^[-‐‑‒–/]?\s*$/.test(between) ? next : -1;
}

function isCommentLeader(between: string): boolean {
  for (const character of between) if (!COMMENT_LEADERS.includes(character)) return false;
  return true;
}
