import { isDigit } from './letters.ts';

/** Archives that gave out identifiers of the old style, before April 2007. */
const ARCHIVES = new Set(
  (
    'acc-phys adap-org alg-geom ao-sci astro-ph atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas cond-mat cs dg-ga ' +
    'funct-an gr-qc hep-ex hep-lat hep-ph hep-th math math-ph mtrl-th nlin nucl-ex nucl-th patt-sol physics plasm-ph ' +
    'q-alg q-bio quant-ph solv-int supr-con'
  ).split(' '),
);

/** An arXiv identifier found in a text; offsets do not include its version. */
export interface ArxivId {
  /** Without a version; old-style identifiers without a subject class, in lower case. */
  readonly id: string;
  readonly start: number;
  /** Behind the version, where there is one. */
  readonly end: number;
}

/**
 * Reads an identifier of the new style (`2107.04197v2`) whose digits begin at `start`. Its month must exist, and it must
 * have as many digits as were given out in that month: four until 2014, five since.
 */
export function readNewArxivId(text: string, start: number): ArxivId | undefined {
  if (text.charCodeAt(start + 4) !== 46) return undefined;
  const before = digitsFrom(text, start);
  const after = digitsFrom(text, start + 5);
  if (before !== 4 || (after !== 4 && after !== 5)) return undefined;
  const yearMonth = text.slice(start, start + 4);
  if (!isMonth(yearMonth) || yearMonth < '0704' || yearMonth > '9012' || (after === 5) !== yearMonth >= '1501')
    return undefined;
  const end = behindVersion(text, start + 5 + after);
  return end === undefined ? undefined : { id: text.slice(start, start + 5 + after), start, end };
}

/** Reads an identifier of the old style (`cs/0101001`, `math.GT/0309136v1`) whose seven digits begin at `digits`. */
export function readOldArxivId(text: string, digits: number): ArxivId | undefined {
  if (text.charCodeAt(digits - 1) !== 47 || digitsFrom(text, digits) !== 7) return undefined;
  const before = /(?:^|[^A-Za-z0-9.-])([a-z]{2,8}(?:-[a-z]{2,5})?)(?:\.[A-Za-z]{2}(?:-[a-z]{2,4})?)?\/$/i.exec(
    text.slice(Math.max(0, digits - 24), digits),
  );
  const archive = before?.[1]?.toLowerCase();
  if (before === null || archive === undefined || !ARCHIVES.has(archive)) return undefined;
  const yearMonth = text.slice(digits, digits + 4);
  if (!isMonth(yearMonth) || (yearMonth > '0703' && yearMonth < '9107')) return undefined;
  const end = behindVersion(text, digits + 7);
  if (end === undefined) return undefined;
  const start = digits - before[0].length + before[0].indexOf(before[1]!);
  return { id: `${archive}/${text.slice(digits, digits + 7)}`, start, end };
}

/** The identifier a text consists of, with or without `arXiv:` and version; `undefined` where it is none. */
export function parseArxivId(text: string): string | undefined {
  const trimmed = text.trim().replace(/^arxiv:\s*/i, '');
  const found = readNewArxivId(trimmed, 0) ?? readOldArxivId(trimmed, trimmed.lastIndexOf('/') + 1);
  return found?.start === 0 && found.end === trimmed.length ? found.id : undefined;
}

/** Month (1 to 12) and year in which a paper was submitted, as its identifier of either style tells. */
export function arxivMonth(id: string): { readonly year: number; readonly month: number } {
  const digits = id.slice(id.indexOf('/') + 1);
  const year = Number(digits.slice(0, 2));
  return { year: year + (year > 90 ? 1900 : 2000), month: Number(digits.slice(2, 4)) };
}

function isMonth(yearMonth: string): boolean {
  const month = Number(yearMonth.slice(2));
  return month >= 1 && month <= 12;
}

function digitsFrom(text: string, start: number): number {
  let end = start;
  while (end < text.length && isDigit(text.charCodeAt(end))) end++;
  return end - start;
}

/** Where a version ends that begins at `start`; `start` where there is none, nothing where the word goes on otherwise. */
function behindVersion(text: string, start: number): number | undefined {
  const version = /^v[1-9]\d?(?![A-Za-z0-9])/.exec(text.slice(start, start + 4));
  if (version) return start + version[0].length;
  return /^(?:[A-Za-z0-9]|\.\d)/.test(text.slice(start, start + 2)) ? undefined : start;
}
