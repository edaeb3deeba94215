import { citationKey, uniqueKeys } from './keys.ts';
import { mergeStatements, type Statement } from './merge.ts';
import type { Method } from './method.ts';
import type { Paper, Problem } from './paper.ts';
import type { SourceFile } from './read-sources.ts';

/** All papers of all sources and of the built-in methods, merged, with the indexes over them. */
export interface Corpus {
  /** Sorted by citation key. */
  readonly papers: readonly Paper[];
  readonly methods: ReadonlyMap<string, Method>;
  readonly problems: readonly Problem[];
  readonly paper: (key: string) => Paper | undefined;
  /** Looks a paper up by its arXiv identifier without a version, as `2107.04197` or `cs/0101001`. */
  readonly byArxiv: (id: string) => Paper | undefined;
  /** Looks a paper up by its DOI in any case, without a resolver's address. */
  readonly byDoi: (doi: string) => Paper | undefined;
  readonly methodOf: (paper: Paper) => Method | undefined;
}

/** Merges papers by arXiv id, DOI and normalised title; the result does not depend on the order of the sources. */
export function buildCorpus(methods: readonly Method[], sources: readonly SourceFile[]): Corpus {
  const entries: Statement[] = sources.flatMap(({ result }) => result.entries);
  const papers = withKeys(mergeStatements([...methods.map(methodStatement), ...entries]));
  const methodsById = new Map(methods.map((method) => [method.id, method]));
  const byKey = new Map(papers.map((paper) => [paper.key, paper]));
  const byArxiv = index(papers, (paper) => paper.arxiv);
  const byDoi = index(papers, (paper) => paper.doi);
  return {
    papers,
    methods: methodsById,
    problems: sources.flatMap(({ result }) => result.problems),
    paper: (key) => byKey.get(key),
    byArxiv: (id) => byArxiv.get(id),
    byDoi: (doi) => byDoi.get(doi.toLowerCase()),
    methodOf: (paper) => (paper.method === undefined ? undefined : methodsById.get(paper.method)),
  };
}

function methodStatement({ id, paper }: Method): Statement {
  return {
    method: id,
    title: paper.title,
    ...(paper.otherTitles !== undefined && { otherTitles: paper.otherTitles }),
    authors: paper.authors,
    date: String(paper.year),
    ...(paper.arxiv !== undefined && { arxiv: paper.arxiv }),
    ...(paper.doi !== undefined && { doi: paper.doi.toLowerCase() }),
    ...(paper.venue !== undefined && paper.venue !== '' && { venue: paper.venue }),
  };
}

function withKeys(papers: readonly Omit<Paper, 'key'>[]): Paper[] {
  const methodIds = new Set(papers.flatMap(({ method }) => method ?? []));
  const others = papers.filter(({ method }) => method === undefined);
  const keys = uniqueKeys(others.map(citationKey), methodIds);
  return [
    ...papers.flatMap((paper) => (paper.method === undefined ? [] : [{ key: paper.method, ...paper }])),
    ...others.map((paper, position) => ({ key: keys[position]!, ...paper })),
  ].sort((one, other) => (one.key < other.key ? -1 : 1));
}

function index(papers: readonly Paper[], value: (paper: Paper) => string | undefined): ReadonlyMap<string, Paper> {
  return new Map(
    papers.flatMap((paper) => {
      const indexed = value(paper);
      return indexed === undefined ? [] : [[indexed, paper] as const];
    }),
  );
}
