import { buildCorpus, type Corpus } from '../../corpus/corpus.ts';
import { compileMatcher } from '../../corpus/matcher.ts';
import type { Method } from '../../corpus/method.ts';
import type { SourceResult } from '../../corpus/paper.ts';
import { trackReferences, type ReferenceTracker } from '../../corpus/references.ts';

/** The corpus at one moment, with what is compiled from it. A change of sources makes a new one. */
export interface LibraryState {
  readonly corpus: Corpus;
  /** A tracker for one document of the language (VS Code's language id). */
  track(language: string): ReferenceTracker;
}

export function createState(
  methods: readonly Method[],
  sources: readonly { readonly file: string; readonly result: SourceResult }[],
): LibraryState {
  const corpus = buildCorpus(methods, sources);
  const matcher = compileMatcher(corpus);
  return { corpus, track: (language) => trackReferences(matcher, language) };
}
