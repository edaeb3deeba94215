import type { SourceEntry, SourceResult } from '../paper.ts';
import { collectProblems, excerpt } from '../problems.ts';
import { readPageParts, type PagePart } from './page-lines.ts';

const LONGEST_TITLE = 300;
const LONGEST_ABSTRACT = 20_000;
/** From this many words on, a paragraph that ends like a sentence is an abstract. */
const FEWEST_WORDS = 12;
/** Control characters, and several in a row of what stands for bytes that are no UTF-8. */
const NO_TEXT = /[^\P{Cc}\t]|\uFFFD.?\uFFFD/u;

type TextPart = PagePart & { kind: 'text' };

interface OpenEntry {
  readonly title: string;
  readonly line: number;
  abstract?: string;
  authorCount?: number;
  date?: string;
}

/**
 * Reads a daily-papers page saved as text. Both layouts are read: title and abstract; title, abstract, number of
 * authors and date. Never throws; what it cannot make sense of is a problem with file and line. Time is linear in the
 * text.
 * @param file path to put into locations, as the person gave it
 */
export function readDailyPapers(text: string, file: string): SourceResult {
  const { report, problems } = collectProblems(file);
  if (text.slice(0, 65_536).includes('\0')) {
    report(1, 'error', () => 'This file is binary. Save the daily-papers page as plain text (UTF-8) and add that.');
    return { entries: [], problems: problems() };
  }
  const entries: SourceEntry[] = [];
  let open: OpenEntry | undefined;
  let pageDateSeen = false;

  function close(): void {
    if (!open) return;
    const { title, line, abstract, authorCount, date } = open;
    open = undefined;
    if (abstract === undefined) {
      if (authorCount === undefined && !title.includes(' ')) {
        report(
          line,
          'warning',
          () => `${excerpt(title)} was not taken for a paper: it stands alone, without an abstract below it.`,
        );
        return;
      }
      report(line, 'warning', () => `${excerpt(title)} has no abstract. If the page was cut off, save it again.`);
    }
    entries.push({
      title,
      authors: [],
      location: { file, line },
      ...(abstract !== undefined && { abstract }),
      ...(authorCount !== undefined && { authorCount }),
      ...(date !== undefined && { date }),
    });
  }

  function begin(title: string, line: number, abstract?: string): void {
    close();
    open = abstract === undefined ? { title, line } : { title, line, abstract };
  }

  function readText(part: TextPart, next: PagePart | undefined): void {
    const whole = part.lines.join(' ');
    if (NO_TEXT.test(whole) || !/\p{L}{2}/u.test(whole.slice(0, LONGEST_TITLE))) {
      report(
        part.line,
        'warning',
        () => `${excerpt(whole)} is no text that could be a title or an abstract; it was passed over.`,
      );
      return;
    }
    if (whole.includes('\uFFFD')) {
      report(
        part.line,
        'warning',
        () => 'Some characters here are not UTF-8. Save the page again as plain text (UTF-8).',
      );
    }
    if (whole.length > LONGEST_ABSTRACT) {
      report(
        part.line,
        'warning',
        () => `A paragraph of ${whole.length} characters is too long for an abstract; it was passed over.`,
      );
    } else if (isAbstract(whole)) {
      readAbstract(part, whole);
    } else if (open && !isComplete(open) && next?.kind === 'authors') {
      open.abstract = whole;
    } else {
      begin(whole, part.line);
    }
  }

  function readAbstract(part: TextPart, whole: string): void {
    const [first = '', ...others] = part.lines;
    const rest = others.join(' ');
    if (open && !isComplete(open)) {
      open.abstract = whole;
    } else if (others.length > 0 && !isAbstract(first) && isAbstract(rest)) {
      begin(first, part.line, rest);
    } else if (open?.abstract !== undefined && open.authorCount === undefined && open.date === undefined) {
      const { title } = open;
      open.abstract += `\n\n${whole}`;
      report(
        part.line,
        'warning',
        () =>
          `This paragraph was added to the abstract of ${excerpt(title)}. If it belongs to another paper, put that paper's title above it.`,
      );
    } else {
      report(
        part.line,
        'warning',
        () => `${excerpt(whole)} stands without a title and was passed over. Put the paper's title on a line above it.`,
      );
    }
  }

  const parts = readPageParts(text);
  for (const [index, part] of parts.entries()) {
    switch (part.kind) {
      case 'text':
        readText(part, parts[index + 1]);
        break;
      case 'authors':
        if (!open || open.authorCount !== undefined) {
          report(part.line, 'warning', () => 'This number of authors stands below no paper and was passed over.');
        } else {
          open.authorCount = part.count;
        }
        break;
      case 'date':
        if (open && open.date === undefined) open.date = part.date;
        else if (open || entries.length > 0 || pageDateSeen) {
          report(part.line, 'warning', () => 'This date stands below no paper and was passed over.');
        }
        pageDateSeen = true;
        break;
      case 'bad-date':
        report(
          part.line,
          'warning',
          () => `${excerpt(part.text)} is no day of the calendar; the paper is kept without a date.`,
        );
    }
  }
  close();
  return { entries, problems: problems() };
}

function isComplete(entry: OpenEntry): boolean {
  return entry.abstract !== undefined || entry.authorCount !== undefined || entry.date !== undefined;
}

function isAbstract(text: string): boolean {
  if (text.length >= LONGEST_TITLE) return true;
  return /[.!]["'”’)\]]*$/.test(text) && text.split(' ', FEWEST_WORDS).length === FEWEST_WORDS;
}
