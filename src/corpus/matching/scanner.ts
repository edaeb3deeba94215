import { lineEnd, regionsFrom, type ContextHit, type Hit, type TextDocument } from './document.ts';
import { BEGINS_KEY, BEGINS_NUMBER, BEGINS_PHRASE, BEGINS_TEXT } from './heads.ts';
import { idAt, type IdSpan } from './id-forms.ts';
import { judge } from './judge.ts';
import { keysAt } from './key-forms.ts';
import { lettersIn } from '../letters.ts';
import { ARXIV_CONTEXT, type Matcher } from '../matcher.ts';
import type { Naming } from './naming.ts';
import { matchPhrase, type Regions } from './phrase.ts';
import type { Entry } from './trie.ts';
import { walk, type Starts } from './walk.ts';

/** How many lines a reference may stand on. */
export const MOST_LINES = 8;

const NO_HITS: readonly Hit[] = [];
const NO_CONTEXTS: readonly ContextHit[] = [];
const NO_EVIDENCE: readonly string[] = [];
const EVERYWHERE: Regions = { isText: () => true };

/**
 * Makes a function that finds what on one line of the document may refer to a paper. A hit begins on the line and may
 * end some lines below.
 * @param bareKeys whether `paper: rex` needs no quotes, as in YAML
 */
export function hitScanner(
  matcher: Matcher,
  document: TextDocument,
  bareKeys: boolean,
): (index: number) => readonly Hit[] {
  const { corpus, namings, heads } = matcher;
  const regions = regionsFrom(document);
  const starts: Starts = { offsets: [], flags: [] };
  let hits: Hit[] = [];
  let phraseStart = 0;
  let lineStart = 0;
  let limit = 0;

  function add(start: number, end: number, hit: Omit<Hit, 'start' | 'end'>): void {
    if (start >= lineStart && end <= limit) hits.push({ start: start - lineStart, end: end - lineStart, ...hit });
  }

  function tryPhrase({ phrase, meaning }: Entry<Naming>): void {
    const { text } = document;
    const end = matchPhrase(phrase, text, phraseStart, regions, meaning.endings);
    const judgement = end < 0 ? 'no' : judge(meaning, text, phraseStart, end, regions);
    if (judgement === 'no') return;
    const kind = meaning.kind === 'name' && !regions.isText(phraseStart) ? 'identifier' : meaning.kind;
    const contexts = judgement === 'sure' ? undefined : judgement === 'doubtful' ? meaning.contexts : NO_EVIDENCE;
    add(phraseStart, end, { kind, paper: meaning.paper, ...(contexts && { contexts }) });
  }

  function tryNumber(at: number): void {
    const id = idAt(document.text, at);
    if (!id || (!id.explicit && !regions.isText(at))) return;
    const paper = id.kind === 'arxiv' ? corpus.byArxiv(id.identifier) : corpus.byDoi(id.identifier);
    const contexts = isDoubtful(id)
      ? [ARXIV_CONTEXT, ...((paper && corpus.methodOf(paper))?.context ?? []).map(lettersIn)]
      : undefined;
    add(id.start, id.end, {
      kind: id.kind,
      paper: paper?.key,
      identifier: id.identifier,
      ...(contexts && { contexts }),
    });
  }

  function tryKeys(at: number): void {
    for (const { start, key } of keysAt(document.text, at, limit, bareKeys)) {
      if (corpus.paper(key) && regions.isText(start)) add(start, start + key.length, { kind: 'key', paper: key });
    }
  }

  function tryPlace(at: number, flags: number): void {
    if ((flags & BEGINS_PHRASE) !== 0 || ((flags & BEGINS_TEXT) !== 0 && regions.isText(at))) {
      phraseStart = at;
      namings.visit(document.text, at, tryPhrase);
    }
    if ((flags & BEGINS_KEY) !== 0) tryKeys(at);
    if ((flags & BEGINS_NUMBER) !== 0) tryNumber(at);
  }

  return (index) => {
    lineStart = document.lines[index]!.start;
    limit = lineEnd(document, Math.min(index + MOST_LINES, document.lines.length) - 1);
    regions.line = index;
    const count = walk(document.text, lineStart, lineEnd(document, index), heads, starts);
    for (let place = 0; place < count; place++) tryPlace(starts.offsets[place]!, starts.flags[place]!);
    if (hits.length === 0) return NO_HITS;
    const found = hits.sort((one, other) => one.start - other.start || other.end - one.end);
    hits = [];
    return found;
  };
}

/** A number of the form of an arXiv id that says nowhere that it is one. */
function isDoubtful(id: IdSpan): boolean {
  return !id.explicit && id.kind === 'arxiv' && !id.identifier.includes('/');
}

/** Finds the context words on one line of the document; a context never goes beyond its line. */
export function contextsOn(matcher: Matcher, document: TextDocument, index: number): readonly ContextHit[] {
  const { text } = document;
  const { start } = document.lines[index]!;
  const end = lineEnd(document, index);
  const starts: Starts = { offsets: [], flags: [] };
  let found: ContextHit[] | undefined;
  let at = start;
  const count = walk(text, start, end, matcher.contextHeads, starts);
  for (let place = 0; place < count; place++) {
    if ((starts.flags[place]! & BEGINS_PHRASE) === 0) continue;
    at = starts.offsets[place]!;
    matcher.contexts.visit(text, at, ({ phrase, meaning: { letters, spelling, exact, endings } }) => {
      const contextEnd = matchPhrase(phrase, text, at, EVERYWHERE, endings);
      if (contextEnd < 0 || contextEnd > end || (exact && text.slice(at, contextEnd) !== spelling)) return;
      (found ??= []).push({ start: at - start, end: contextEnd - start, context: letters });
    });
  }
  return found ?? NO_CONTEXTS;
}
