import { arxivMonth } from './arxiv.ts';
import { betterDate, monthOf, yearOf } from './date.ts';
import type { Location, Paper, SourceEntry } from './paper.ts';
import { normalTitle } from './title.ts';

/** What one source states about a paper, a built-in method's own record included (which has no location). */
export type Statement = Omit<SourceEntry, 'location'> & { readonly location?: Location; readonly method?: string };

/**
 * Groups statements about the same paper: same arXiv id, same DOI, or same normalised title unless their arXiv ids say
 * otherwise; then makes one paper of each group. The papers do not depend on the order of the statements; they come
 * sorted by title.
 */
export function mergeStatements(statements: readonly Statement[]): Omit<Paper, 'key'>[] {
  const parent = statements.map((_, index) => index);
  const root = (index: number): number => {
    let at = index;
    while (parent[at] !== at) at = parent[at] = parent[parent[at]!]!;
    return at;
  };
  const join = (one: number, other: number): void => void (parent[root(other)] = root(one));

  joinEqual(
    statements.map(({ arxiv }) => arxiv),
    join,
  );
  joinEqual(
    statements.map(({ doi }) => doi),
    join,
  );

  const arxivOf = new Map<number, string>();
  for (const [index, { arxiv }] of statements.entries()) {
    const known = arxivOf.get(root(index));
    if (arxiv !== undefined && (known === undefined || arxiv < known)) arxivOf.set(root(index), arxiv);
  }
  joinTitles(statements, (index) => arxivOf.get(root(index)), join);

  const groups = new Map<number, Statement[]>();
  for (const [index, statement] of statements.entries()) {
    const group = groups.get(root(index));
    if (group) group.push(statement);
    else groups.set(root(index), [statement]);
  }
  return [...groups.values()].map(mergeGroup).sort(byTitle);
}

function joinEqual(values: readonly (string | undefined)[], join: (one: number, other: number) => void): void {
  const first = new Map<string, number>();
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue;
    const known = first.get(value);
    if (known === undefined) first.set(value, index);
    else join(known, index);
  }
}

/** Two works of one title and different arXiv ids stay two; what names no id goes with the lowest id. */
function joinTitles(
  statements: readonly Statement[],
  arxivOf: (index: number) => string | undefined,
  join: (one: number, other: number) => void,
): void {
  const titled = new Map<string, number[]>();
  for (const [index, { title, otherTitles = [] }] of statements.entries()) {
    for (const normal of new Set([title, ...otherTitles].map(normalTitle))) {
      const same = titled.get(normal);
      if (same) same.push(index);
      else if (normal !== '') titled.set(normal, [index]);
    }
  }
  // In the order of titles, so that a chain of equal titles and ids joins the same way whatever came first.
  for (const [, same] of [...titled].sort(([one], [other]) => byText(one, other))) {
    const ids = same.map(arxivOf);
    const lowest = ids.filter((id) => id !== undefined).sort()[0];
    const target = same[ids.indexOf(lowest)]!;
    for (const [position, index] of same.entries()) {
      if (ids[position] === undefined || ids[position] === lowest) join(target, index);
    }
  }
}

function mergeGroup(statements: readonly Statement[]): Omit<Paper, 'key'> {
  const ranked = [...statements].sort(byAuthority);
  const first = <Value>(read: (statement: Statement) => Value | undefined): Value | undefined =>
    ranked.map(read).find((value) => value !== undefined);
  const authors = ranked.find((statement) => statement.authors.length > 0)?.authors ?? [];
  const authorCount = authors.length > 0 ? undefined : first((statement) => statement.authorCount);
  const abstract = ranked
    .map((statement) => statement.abstract)
    .reduce(
      (best, text) => (best === undefined || (text !== undefined && text.length > best.length) ? text : best),
      undefined,
    );
  const arxiv = first((statement) => statement.arxiv);
  const date = ranked.map((statement) => withYear(statement.date, arxiv)).reduce(betterDate, undefined);
  const doi = first((statement) => statement.doi);
  const venue = first((statement) => statement.venue);
  const method = first((statement) => statement.method);
  const otherTitles = first((statement) => statement.otherTitles);
  return {
    title: ranked[0]!.title,
    ...(otherTitles !== undefined && { otherTitles }),
    authors,
    locations: ranked.flatMap(({ location }) => location ?? []).sort(byLocation),
    ...(abstract !== undefined && { abstract }),
    ...(authorCount !== undefined && { authorCount }),
    ...(date !== undefined && { date }),
    ...(arxiv !== undefined && { arxiv }),
    ...(doi !== undefined && { doi }),
    ...(venue !== undefined && { venue }),
    ...(method !== undefined && { method }),
  };
}

/**
 * Gives a day without a year the year of the arXiv identifier, which tells the month of submission: only where the day
 * is in that month or the one before (a paper may wait over the turn of a month).
 */
function withYear(date: string | undefined, arxiv: string | undefined): string | undefined {
  const submitted = arxiv === undefined ? undefined : arxivMonth(arxiv);
  if (date === undefined || yearOf(date) !== undefined || !submitted) return date;
  const months = submitted.month - monthOf(date)!;
  if (months !== 0 && months !== 1 && months !== -11) return date;
  return `${submitted.year - (months === -11 ? 1 : 0)}${date.slice(1)}`;
}

/** The built-in method's record first, then what says most; ends in an order that no two different statements share. */
function byAuthority(one: Statement, other: Statement): number {
  return (
    Number(other.method !== undefined) - Number(one.method !== undefined) ||
    other.authors.length - one.authors.length ||
    byText(statementText(one), statementText(other))
  );
}

function statementText({ location, ...facts }: Statement): string {
  return JSON.stringify([
    facts.title,
    facts.method,
    facts.abstract,
    facts.authorCount,
    facts.date,
    facts.authors,
    facts.venue,
    location,
  ]);
}

function byTitle(one: Omit<Paper, 'key'>, other: Omit<Paper, 'key'>): number {
  return byText(normalTitle(one.title), normalTitle(other.title)) || byText(JSON.stringify(one), JSON.stringify(other));
}

function byLocation(one: Location, other: Location): number {
  return byText(one.file, other.file) || one.line - other.line;
}

function byText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
