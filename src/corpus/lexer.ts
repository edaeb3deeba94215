import { letterOf } from './letters.ts';
import { syntaxOf, type Opener, type Syntax } from './languages.ts';

/** Where in one line text (comments, strings) and code change places. */
export interface LineRegions {
  /** Whether the line begins in text. */
  readonly startsInText: boolean;
  /** Offsets in the line where text becomes code or code becomes text, ascending. */
  readonly cuts: readonly number[];
  /**
   * What is open behind the line: one character a construct, the innermost last. A text construct is its number plus
   * `TEXT`; code inside a template string is the number of its open braces plus one.
   */
  readonly stateAfter: string;
}

/** Reads one line, given what is open before it (`''` at the start of a document). */
export type Lexer = (text: string, start: number, end: number, stateBefore: string) => LineRegions;

const TEXT = 0x4000;
/** Template strings within template strings beyond this many are read as text: nobody writes them, and each costs time. */
const DEEPEST = 100;
const LOOKAHEAD = 4096;
const NO_CUTS: readonly number[] = [];
const PROSE: LineRegions = { startsInText: true, cuts: NO_CUTS, stateAfter: '' };
const CODE: LineRegions = { startsInText: false, cuts: NO_CUTS, stateAfter: '' };
const QUOTE = 39;
const SLASH = 47;
const BACKSLASH = 92;
const DOLLAR = 36;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** A lexer for a document of a language; of languages it does not know, one that takes every line for prose. */
export function lexerOf(language: string): Lexer {
  const syntax = syntaxOf(language);
  return syntax ? makeLexer(syntax) : () => PROSE;
}

function makeLexer(syntax: Syntax): Lexer {
  const { openers } = syntax;
  /** By first character, the longest first; numbers into `openers`. */
  const openersAt = new Map<number, number[]>();
  for (const opener of [...openers].sort((one, other) => other.open.length - one.open.length)) {
    const first = opener.open.charCodeAt(0);
    openersAt.set(first, [...(openersAt.get(first) ?? []), openers.indexOf(opener)]);
  }
  /** Characters that may mean something in code. */
  const marks = new Set(openersAt.keys());
  if (syntax.characters) marks.add(QUOTE);
  if (syntax.expressions) marks.add(SLASH);
  if (openers.some(({ interpolates }) => interpolates)) marks.add(OPEN_BRACE).add(CLOSE_BRACE);
  const nextMark = markFinder(marks);

  /** Number of the opener at `at`, or -1. */
  function openerAt(text: string, lineStart: number, at: number): number {
    for (const number of openersAt.get(text.charCodeAt(at)) ?? []) {
      const { open, afterSpace } = openers[number]!;
      if (!text.startsWith(open, at)) continue;
      if (!afterSpace || at === lineStart || /\s/.test(text.charAt(at - 1))) return number;
    }
    return -1;
  }

  return (text, start, end, stateBefore) => {
    let state = stateBefore;
    const startsInText = topOf(state) >= TEXT;
    let cuts: number[] | undefined;
    let at = start;
    while (at < end) {
      const top = topOf(state);
      if (top >= TEXT) {
        const opener = openers[top - TEXT]!;
        const close = closeOf(opener, text, at, end);
        if (close < 0) {
          if (!opener.multiline) state = state.slice(0, -1);
          break;
        }
        const interrupted = opener.interpolates === true && text.charCodeAt(close) === DOLLAR;
        if (interrupted && state.length >= DEEPEST) {
          at = close + 2;
          continue;
        }
        state = interrupted ? `${state}\u0001` : state.slice(0, -1);
        at = close + (interrupted ? 2 : opener.close!.length);
        (cuts ??= []).push(at - start);
        continue;
      }
      at = nextMark(text, at, end);
      if (at === end) break;
      const code = text.charCodeAt(at);
      const opener = openerAt(text, start, at);
      if (opener >= 0) {
        (cuts ??= []).push(at - start);
        state += String.fromCharCode(TEXT + opener);
        at += openers[opener]!.open.length;
      } else if (top > 0 && code === OPEN_BRACE) {
        state = state.slice(0, -1) + String.fromCharCode(top + 1);
        at++;
      } else if (top > 0 && code === CLOSE_BRACE) {
        state = state.slice(0, -1) + (top > 1 ? String.fromCharCode(top - 1) : '');
        if (top === 1) (cuts ??= []).push(at - start);
        at++;
      } else if (syntax.characters && code === QUOTE) {
        at = behindCharacter(text, at, end);
      } else if (syntax.expressions && code === SLASH && expectsValue(text, start, at)) {
        at = behindExpression(text, at, end);
      } else {
        at++;
      }
    }
    state = withoutLineEnded(syntax, state);
    if (state === '' && cuts === undefined) return CODE;
    return { startsInText, cuts: cuts ?? NO_CUTS, stateAfter: state };
  };
}

/**
 * Makes a function that finds the first of some characters in a part of a text, or the end of the part. It looks ahead
 * and remembers what it saw, since lines are read one after another.
 */
function markFinder(marks: ReadonlySet<number>): (text: string, start: number, end: number) => number {
  const pattern = new RegExp(`[${[...marks].map((code) => `\\x${code.toString(16)}`).join('')}]`, 'g');
  let seen = '';
  let part = '';
  let partStart = 0;
  /** Nothing is marked from here on, up to `mark`; there something is, or the part ends. */
  let from = 0;
  let mark = 0;
  let isMark = false;
  return (text, start, end) => {
    for (let at = start; at < end; at = mark) {
      if (text !== seen || at < from || at > mark || (at === mark && !isMark)) {
        if (text !== seen || at < partStart || at >= partStart + part.length) {
          seen = text;
          part = text.slice(at, at + LOOKAHEAD);
          partStart = at;
        }
        pattern.lastIndex = at - partStart;
        from = at;
        isMark = pattern.test(part);
        mark = partStart + (isMark ? pattern.lastIndex - 1 : part.length);
      }
      if (isMark && mark < end) return mark;
    }
    return end;
  };
}

/** The innermost construct of a state, 0 for none. */
function topOf(state: string): number {
  return state === '' ? 0 : state.charCodeAt(state.length - 1);
}

/** A construct of one line that was opened by the last characters of the line ends there too. */
function withoutLineEnded(syntax: Syntax, state: string): string {
  const top = topOf(state);
  return top >= TEXT && !syntax.openers[top - TEXT]!.multiline ? state.slice(0, -1) : state;
}

/** Where the construct closes, or where a `${` interrupts it; -1 where it does neither before `end`. */
function closeOf({ close, escapes, interpolates }: Opener, text: string, start: number, end: number): number {
  if (close === undefined) return -1;
  const first = close.charCodeAt(0);
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === first && (close.length === 1 || text.startsWith(close, at))) return at;
    if (escapes && code === BACKSLASH) at++;
    else if (interpolates && code === DOLLAR && text.charCodeAt(at + 1) === OPEN_BRACE) return at;
  }
  return -1;
}

/** Passes over `'x'` or `'\n'`; over a single quote where it is no character. */
function behindCharacter(text: string, at: number, end: number): number {
  if (text.charCodeAt(at + 1) === BACKSLASH) {
    const close = text.slice(at + 3, Math.min(at + 14, end)).indexOf("'");
    return close < 0 ? at + 1 : at + 4 + close;
  }
  return text.charCodeAt(at + 2) === QUOTE && at + 2 < end ? at + 3 : at + 1;
}

/** Whether a slash at `at` stands where a value is expected, and so begins a regular expression. */
function expectsValue(text: string, lineStart: number, at: number): boolean {
  let before = at - 1;
  while (before >= lineStart && (text.charCodeAt(before) === 32 || text.charCodeAt(before) === 9)) before--;
  if (before < lineStart) return true;
  const last = text.charCodeAt(before);
  if (letterOf(last) !== 0)
    return /\b(?:return|typeof|case|of|in|do|else|void|yield|await)$/.test(
      text.slice(Math.max(lineStart, before - 8), before + 1),
    );
  return !')]}"\'`_$.'.includes(text.charAt(before));
}

/** Passes over a regular expression; over a single slash where none is closed on this line. */
function behindExpression(text: string, at: number, end: number): number {
  let inClass = false;
  for (let position = at + 1; position < end; position++) {
    const code = text.charCodeAt(position);
    if (code === BACKSLASH) position++;
    else if (code === 91) inClass = true;
    else if (code === 93) inClass = false;
    else if (code === SLASH && !inClass) return position + 1;
  }
  return at + 1;
}
