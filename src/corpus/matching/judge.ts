import { letterOf } from '../letters.ts';
import type { Naming } from './naming.ts';
import type { Regions } from './phrase.ts';

/** `doubtful`: a reference if there is evidence for it. */
export type Judgement = 'no' | 'doubtful' | 'sure';

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
      return naming.ambiguous && !isQuoted(text, start, end) ? 'doubtful' : 'sure';
    case 'key':
      return naming.spellings.has(text.slice(start, end)) && regions.isText(start) && !isPart(text, start, end)
        ? 'sure'
        : 'no';
    default:
      return judgeName(naming, text, start, end);
  }
}

function judgeName(naming: Naming, text: string, start: number, end: number): Judgement {
  const spelling = text.slice(start, end);
  if (naming.oneWord && !isAscii(spelling) && !naming.spellings.has(spelling)) return 'no';
  if (!naming.ambiguous || naming.distinctive.has(spelling)) return 'sure';
  if (isPart(text, start, end)) return 'no';
  if (!naming.oneWord) return 'doubtful';
  return naming.spellings.has(spelling) && !isQualified(text, end) ? 'doubtful' : 'no';
}

/** Whether the identifier goes on before or behind. */
function isPart(text: string, start: number, end: number): boolean {
  return isIdentifier(text.charCodeAt(start - 1)) || isIdentifier(text.charCodeAt(end));
}

/** Whether a member's name follows: `REX.W` is another thing's name. */
function isQualified(text: string, end: number): boolean {
  return text.charCodeAt(end) === 46 && isIdentifier(text.charCodeAt(end + 1));
}

function isIdentifier(code: number): boolean {
  return letterOf(code) !== 0 || code === 95 || code === 36;
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
