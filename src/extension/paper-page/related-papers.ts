import type { Corpus } from '../../corpus/corpus.ts';
import type { Method } from '../../corpus/method.ts';
import type { RelatedPaper } from '../../webviews/messages.ts';

/** Those of a method's related works (ids of methods, or titles) that the corpus has. */
export function relatedPapers(corpus: Corpus, method: Method): RelatedPaper[] {
  return method.related.flatMap((name) => {
    const paper = corpus.paper(name) ?? corpus.papers.find((other) => sameTitle(other.title, name));
    return paper === undefined ? [] : [{ name, key: paper.key, title: paper.title }];
  });
}

function sameTitle(one: string, other: string): boolean {
  return one.localeCompare(other, 'en', { sensitivity: 'base', ignorePunctuation: true }) === 0;
}
