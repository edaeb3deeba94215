import { isDigit, letterAt, letterOf, UPPER } from '../letters.ts';
import type { Naming } from './naming.ts';
import type { Regions } from './phrase.ts';

/**
 * `doubtful`: a reference if there is evidence for it.
 * `unlikely`: a reference only if the file names the paper beyond doubt elsewhere.
 */
export type Judgement = 'no' | 'unlikely' | 'doubtful' | 'sure';

/** How far back an address is looked for. */
const LONGEST_ADDRESS = 200;
/** How many characters on each side tell whether a text is written in capitals. */
const NEIGHBOURHOOD = 60;
const FEWEST_CAPITALS = 8;
/** Two letters are anybody's variable. */
const SHORTEST_CODE_NAME = 3;

const HYPHEN = 45;
const NEWLINE = 10;

const QUOTES: Readonly<Record<string, string>> = {
  '"': '"',
  '“': '”',
  "'": "'",
  '‘': '’',
  '«': '»',
  '`': '`',
  '*': '*',
  _: '_',
  '[': ']',
  '{': '}',
};

/** Judges a phrase found in a text by where and how it is written. */
export function judge(naming: Naming, text: string, start: number, end: number, regions: Regions): Judgement {
  switch (naming.kind) {
    case 'title':
      if (isPart(text, start, end) || !regions.isText(start)) return 'no';
      if (naming.extensible && goesOn(text, end)) return 'unlikely';
      return naming.ambiguous && !isQuoted(text, start, end) ? 'doubtful' : 'sure';
    case 'key':
      return naming.spellings.has(text.slice(start, end)) && regions.isText(start) && !isPart(text, start, end)
        ? 'sure'
        : 'no';
    default:
      return judgeName(naming, text, start, end, regions);
  }
}

function judgeName(naming: Naming, text: string, start: number, end: number, regions: Regions): Judgement {
  const { oneWord, spellings, technical } = naming;
  const spelling = text.slice(start, end);
  if (oneWord && !isAscii(spelling) && !spellings.has(spelling)) return 'no';
  if (!naming.ambiguous || naming.distinctive.has(spelling)) return 'sure';
  if (isPart(text, start, end)) return 'no';
  if (naming.exact && !spellings.has(spelling)) return 'no';
  if (oneWord && (isQualified(text, end) || isInCompound(text, start, end))) return 'no';
  if (isInAddress(text, start) || isShouted(text, start, end)) return 'no';
  const inText = regions.isText(start);
  if (technical) return inText && naming.kind === 'name' && !spelling.includes('_') ? 'doubtful' : 'unlikely';
  if (!oneWord) return 'doubtful';
  if (!naming.proper.has(spelling)) return inText ? 'no' : 'unlikely';
  return inText || spelling.length >= SHORTEST_CODE_NAME ? 'doubtful' : 'unlikely';
}

/** Whether the identifier goes on before or behind. */
function isPart(text: string, start: number, end: number): boolean {
  return isIdentifier(text, start - 1) || isIdentifier(text, end);
}

/** Whether a member's name follows: `REX.W` is another thing's name. */
function isQualified(text: string, end: number): boolean {
  return text.charCodeAt(end) === 46 && isIdentifier(text, end + 1);
}

/** `T-REX` and `PAL-M` are other things' names, `RAFT-based` is not. */
function isInCompound(text: string, start: number, end: number): boolean {
  if (text.charCodeAt(start - 1) === HYPHEN && isIdentifier(text, start - 2)) return true;
  if (text.charCodeAt(end) !== HYPHEN) return false;
  return (letterAt(text, end + 1) & UPPER) !== 0 || isDigit(text.charCodeAt(end + 1));
}

/** `A Tutorial on Bayesian Optimization of Expensive Cost Functions` is another paper. */
function goesOn(text: string, end: number): boolean {
  return /^[ \t]+(?:and|by|for|from|in|of|on|through|to|under|using|via|with|without) /i.test(
    text.slice(end, end + 12),
  );
}

function isInAddress(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - LONGEST_ADDRESS), start);
  return /(?:\w:\/\/|\bwww\.)[^\s"'`<>()[\]{}]*$/.test(before);
}

/** Whether everything around it is in capitals too, as in a licence or a heading: there, capitals say nothing. */
function isShouted(text: string, start: number, end: number): boolean {
  let capitals = 0;
  let others = 0;
  const count = (at: number): boolean => {
    const code = text.charCodeAt(at);
    const letter = letterOf(code);
    if ((letter & UPPER) !== 0) capitals++;
    else if (letter !== 0) others++;
    return code !== NEWLINE;
  };
  for (let at = start - 1; at >= Math.max(0, start - NEIGHBOURHOOD) && count(at);) at--;
  for (let at = end; at < Math.min(text.length, end + NEIGHBOURHOOD) && count(at);) at++;
  return capitals >= FEWEST_CAPITALS && capitals > 4 * others;
}

function isIdentifier(text: string, at: number): boolean {
  if (letterAt(text, at) !== 0) return true;
  const character = text.charAt(at);
  return character === '_' || character === '$';
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 127) return false;
  return true;
}

function isQuoted(text: string, start: number, end: number): boolean {
  const close = QUOTES[text.charAt(start - 1)];
  const behind = text.charAt(end);
  return close !== undefined && (behind === close || (',.'.includes(behind) && text.charAt(end + 1) === close));
}
