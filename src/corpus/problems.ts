import type { Problem } from './paper.ts';

/** More problems than a person would read; beyond them they are only counted. */
const MOST_PROBLEMS = 100;
const EXCERPT = 60;

/** Collects the problems of one file and keeps their number within what a person would read. */
export function collectProblems(file: string): {
  /** The message is asked for only where the problem is kept. */
  readonly report: (line: number, severity: Problem['severity'], message: () => string) => void;
  readonly problems: () => Problem[];
} {
  const kept: Problem[] = [];
  let more = 0;
  let firstMore = 0;
  return {
    report(line, severity, message) {
      if (kept.length < MOST_PROBLEMS) kept.push({ file, line, severity, message: message() });
      else if (more++ === 0) firstMore = line;
    },
    problems() {
      if (more === 0) return kept;
      const message = `There are ${more} more problems in this file from here on. It may be of another kind than a source of papers.`;
      return [...kept, { file, line: firstMore, severity: 'warning', message }];
    },
  };
}

/** The beginning of a text, quoted for a message. */
export function excerpt(text: string): string {
  const start = text.slice(0, EXCERPT).replace(/\p{C}/gu, '�');
  return text.length > EXCERPT ? `“${start}…”` : `“${start}”`;
}
