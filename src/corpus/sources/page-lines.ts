import { readMonthDay } from '../date.ts';

/** Lines of a page that are about the page and not about a paper. */
const FURNITURE = new Set([
  'new',
  'Subscribe',
  'Daily Papers',
  'Get trending papers in your email inbox!',
  'byAK and the research community',
  'by AK and the research community',
]);
/** A line of this many characters is a whole abstract: no title is as long, and no wrapped line. */
const LONG_LINE = 300;
/** No line of dates, counts or furniture is longer. */
const SHORT_LINE = 60;

/** How a line of statements begins: with a separator, a number or a month. */
const MAY_STATE = /^[·•\dJFMASOND]/;
const NOTHING: readonly PagePart[] = [];

/** A piece of a page: running text, or one statement of the line below a paper. */
export type PagePart =
  | { readonly kind: 'text'; readonly line: number; readonly lines: readonly string[] }
  | { readonly kind: 'authors'; readonly line: number; readonly count: number }
  | { readonly kind: 'date'; readonly line: number; readonly date: string }
  | { readonly kind: 'bad-date'; readonly line: number; readonly text: string };

/** Splits a page into paragraphs and statements; furniture, separating dots and vote counts are left out. */
export function readPageParts(text: string): PagePart[] {
  const parts: PagePart[] = [];
  let paragraph: { kind: 'text'; line: number; lines: string[] } | undefined;
  let number = 0;
  for (let start = text.startsWith('\uFEFF') ? 1 : 0; start <= text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end).trim();
    start = end + 1;
    number++;
    const statements = line.length <= SHORT_LINE ? readStatements(line, number) : undefined;
    // A word or number alone on a line inside a wrapped paragraph is part of the paragraph.
    if (statements && (line === '' || statements.length > 0 || !paragraph)) {
      paragraph = undefined;
      for (const statement of statements) parts.push(statement);
    } else if (line.length >= LONG_LINE || !paragraph) {
      paragraph = { kind: 'text', line: number, lines: [line] };
      parts.push(paragraph);
      if (line.length >= LONG_LINE) paragraph = undefined;
    } else {
      paragraph.lines.push(line);
    }
  }
  return parts;
}

/** The statements of a line, none for a blank line or furniture; `undefined` where the line is running text. */
function readStatements(line: string, number: number): readonly PagePart[] | undefined {
  if (line === '' || FURNITURE.has(line)) return NOTHING;
  if (!MAY_STATE.test(line)) return undefined;
  const statements: PagePart[] = [];
  for (const piece of line.split(/[·•]/)) {
    const statement = readStatement(piece.trim(), number);
    if (statement === undefined) return undefined;
    if (statement !== 'nothing') statements.push(statement);
  }
  return statements;
}

function readStatement(piece: string, line: number): PagePart | 'nothing' | undefined {
  if (piece === '' || /^\d+$/.test(piece)) return 'nothing';
  const authors = /^(\d{1,6}) authors?$/.exec(piece);
  if (authors) return { kind: 'authors', line, count: Number(authors[1]) };
  const dated = /^((?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d{1,2}(?:, \d{4})?)(?: \d+)?$/.exec(
    piece,
  );
  if (!dated) return undefined;
  const date = readMonthDay(dated[1]!);
  return date === undefined ? { kind: 'bad-date', line, text: piece } : { kind: 'date', line, date };
}
