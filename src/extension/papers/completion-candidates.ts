import { authorsYear } from '../../corpus/citation.ts';
import type { Corpus } from '../../corpus/corpus.ts';

/** Something to offer for what is being written. */
export interface Candidate {
  readonly label: string;
  /** Shown behind the label. */
  readonly description: string;
  /** What typed letters are compared with. */
  readonly filter: string;
  /** Citation key. */
  readonly paper: string;
}

const keys = new WeakMap<Corpus, readonly Candidate[]>();
const names = new WeakMap<Corpus, readonly Candidate[]>();

/** Every citation key; found by the key, by words of the title and by authors. */
export function keyCandidates(corpus: Corpus): readonly Candidate[] {
  return remembered(keys, corpus, () =>
    corpus.papers.map((paper) => {
      const named = corpus.methodOf(paper)?.names ?? [];
      return {
        label: paper.key,
        description: [authorsYear(paper), paper.title].filter((part) => part !== '').join(' · '),
        filter: [paper.key, ...named, paper.title, ...paper.authors].join(' '),
        paper: paper.key,
      };
    }),
  );
}

/** Every name of every method, as prose writes it. */
export function nameCandidates(corpus: Corpus): readonly Candidate[] {
  return remembered(names, corpus, () =>
    corpus.papers.flatMap((paper) => {
      const method = corpus.methodOf(paper);
      return (method?.names ?? []).map((name) => ({
        label: name,
        description: authorsYear(paper),
        filter: name,
        paper: paper.key,
      }));
    }),
  );
}

function remembered<T>(store: WeakMap<Corpus, T>, corpus: Corpus, compute: () => T): T {
  const known = store.get(corpus);
  if (known !== undefined) return known;
  const computed = compute();
  store.set(corpus, computed);
  return computed;
}
