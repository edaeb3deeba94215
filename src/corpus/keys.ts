import { familyName } from './authors.ts';
import { yearOf } from './date.ts';
import { lettersIn } from './letters.ts';
import type { Paper } from './paper.ts';
import { significantWords } from './title.ts';

const SLUG_WORDS = 3;

/**
 * Citation key of a paper without a method: `chen2021rex` from first author, year and title where author and year are
 * known, else the first significant words of the title (`proto-value-networks`).
 */
export function citationKey(paper: Omit<Paper, 'key'>): string {
  const words = significantWords(paper.title);
  const author = lettersIn(familyName(paper.authors[0] ?? ''));
  const year = yearOf(paper.date);
  const key =
    author !== '' && year !== undefined ? `${author}${year}${words[0] ?? ''}` : words.slice(0, SLUG_WORDS).join('-');
  return key === '' ? 'paper' : key;
}

/**
 * Makes keys unique: where several papers want one, all but the first get `-b`, `-c` and so on. The papers must come in
 * an order of their own, so that the same papers always get the same keys.
 * @param taken keys that are given away already, and must stay as they are
 */
export function uniqueKeys(wanted: readonly string[], taken: ReadonlySet<string>): string[] {
  const used = new Set(taken);
  return wanted.map((key) => {
    let unique = key;
    for (let count = 1; used.has(unique); count++) unique = `${key}-${suffix(count)}`;
    used.add(unique);
    return unique;
  });
}

/** 1 to `b`, 25 to `z`, and numbers from there. */
function suffix(count: number): string {
  return count < 26 ? String.fromCharCode(97 + count) : String(count + 1);
}
