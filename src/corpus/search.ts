import MiniSearch from 'minisearch';
import { parseArxivId } from './arxiv.ts';
import type { Corpus } from './corpus.ts';
import { lettersIn } from './letters.ts';
import type { Paper } from './paper.ts';

export interface SearchHit {
  readonly paper: Paper;
  /** Higher is better; comparable within one search only. */
  readonly score: number;
}

export interface Search {
  /** Best first; nothing for an empty query. An arXiv id or DOI finds its one paper. */
  search(query: string, limit?: number): readonly SearchHit[];
}

const BOOST = { key: 4, names: 4, title: 3, authors: 2, abstract: 1 };
const FIELDS = Object.keys(BOOST);
/** Typing errors forgiven: one in five letters, and none in words of up to three. */
const ERRORS_A_LETTER = 0.2;
const SHORT_WORD = 3;
const USUAL_LIMIT = 50;

/**
 * Search over titles, names, authors, abstracts and keys, forgiving about accents, word ends and typing errors. The
 * index is built on the first search.
 */
export function createSearch(corpus: Corpus): Search {
  let index: MiniSearch | undefined;
  return {
    search(query, limit = USUAL_LIMIT) {
      const id = parseArxivId(query);
      const identified = id === undefined ? corpus.byDoi(query.trim()) : corpus.byArxiv(id);
      if (identified) return [{ paper: identified, score: 1 }];
      index ??= buildIndex(corpus);
      // Papers with all the words, or where there are none, with some.
      const all = index.search(query, { combineWith: 'AND' });
      return (all.length > 0 ? all : index.search(query))
        .slice(0, limit)
        .map(({ id: key, score }) => ({ paper: corpus.paper(key as string)!, score }));
    },
  };
}

function buildIndex(corpus: Corpus): MiniSearch {
  const index = new MiniSearch({
    fields: FIELDS,
    idField: 'key',
    processTerm: (term) => lettersIn(term) || null,
    searchOptions: {
      boost: BOOST,
      prefix: true,
      fuzzy: (term) => (term.length > SHORT_WORD ? ERRORS_A_LETTER : false),
    },
  });
  index.addAll(
    corpus.papers.map((paper) => {
      const method = corpus.methodOf(paper);
      return {
        key: paper.key,
        title: paper.title,
        abstract: paper.abstract ?? '',
        authors: paper.authors.join(' '),
        names: [...(method?.names ?? []), ...(method?.identifiers ?? [])].join(' '),
      };
    }),
  );
  return index;
}
