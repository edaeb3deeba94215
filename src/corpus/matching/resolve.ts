import { lineEnd, type ContextHit, type Hit, type Line, type TextDocument } from './document.ts';
import { EVERYDAY_CONTEXTS } from './everyday-contexts.ts';
import type { Matcher } from '../matcher.ts';
import type { Reference } from '../reference.ts';
import { contextsOn } from './scanner.ts';

/** How many lines away a context word is evidence. */
export const NEARBY_LINES = 20;
/** How many characters away it is, on the same line and on others. */
const NEARBY_ON_LINE = 300;
const NEARBY_ON_OTHERS = 1000;
const LONGEST_CONTEXT = 200;
/** So many different everyday words together are evidence. */
const FEWEST_EVERYDAY = 3;
/** Evidence of a paper that the file names beyond doubt; more than any number of context words. */
const NAMED_IN_FILE = 1_000_000;

/** A hit at its place in the document. */
interface Candidate {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly hit: Hit;
  /** How much speaks for it; 0 where it does not count. */
  evidence: number;
}

/**
 * Weighs the hits of a document. A hit in doubt counts where a context word stands nearby or the file names the same
 * paper beyond doubt. Of those that overlap the longer counts, and of several papers for the same words the one with
 * the most evidence, or none where they are even.
 */
export function resolveHits(matcher: Matcher, document: TextDocument): Reference[] {
  const candidates = candidatesIn(document);
  const named = new Set(withoutOverlaps(candidates).flatMap(({ hit }) => hit.paper ?? []));
  for (const candidate of candidates) {
    const { hit } = candidate;
    if (!hit.contexts) continue;
    if (hit.paper !== undefined && named.has(hit.paper)) candidate.evidence = NAMED_IN_FILE;
    else candidate.evidence = hit.nearby ??= countNearby(matcher, document, candidate, hit.contexts);
  }
  return withoutOverlaps(candidates).map(({ start, end, hit: { kind, paper, identifier } }) =>
    identifier === undefined ? { start, end, kind, paper } : { start, end, kind, paper, identifier },
  );
}

/** All hits in order of their starts, of which longer ones come first; those in doubt still without evidence. */
function candidatesIn({ lines }: TextDocument): Candidate[] {
  const candidates: Candidate[] = [];
  for (let line = 0; line < lines.length; line++) {
    const { hits, start } = lines[line]!;
    for (const hit of hits) {
      const evidence = hit.contexts ? 0 : NAMED_IN_FILE;
      candidates.push({ start: start + hit.start, end: start + hit.end, line, hit, evidence });
    }
  }
  return candidates;
}

/** Of the candidates with evidence, those that remain when each place of the text may count for one paper only. */
function withoutOverlaps(candidates: readonly Candidate[]): Candidate[] {
  const kept: Candidate[] = [];
  for (let index = 0; index < candidates.length;) {
    const { start, end } = candidates[index]!;
    const first = index;
    while (index < candidates.length && candidates[index]!.start === start && candidates[index]!.end === end) index++;
    const best = bestOf(candidates, first, index);
    const last = kept.at(-1);
    if (!best) continue;
    if (!last || last.end <= start) kept.push(best);
    else if (end - start > last.end - last.start) kept[kept.length - 1] = best;
  }
  return kept;
}

/** Of meanings of the same words, the one that has evidence and more of it than those of other papers. */
function bestOf(candidates: readonly Candidate[], first: number, behind: number): Candidate | undefined {
  let best = candidates[first]!;
  let even = false;
  for (let index = first + 1; index < behind; index++) {
    const other = candidates[index]!;
    if (other.evidence > best.evidence) {
      best = other;
      even = false;
    } else if (other.evidence === best.evidence && other.hit.paper !== best.hit.paper) {
      even = true;
    }
  }
  return even || best.evidence === 0 ? undefined : best;
}

/** How many of the contexts stand near a hit; 0 where those are everyday words and too few of them. */
function countNearby(
  matcher: Matcher,
  document: TextDocument,
  { line: index, start, end }: Candidate,
  contexts: readonly string[],
): number {
  if (contexts.length === 0) return 0;
  const { lines } = document;
  const found = new Set<string>();
  const last = Math.min(index + NEARBY_LINES, lines.length - 1);
  for (let at = Math.max(0, index - NEARBY_LINES); at <= last; at++) {
    const line = lines[at]!;
    const reach = at === index ? NEARBY_ON_LINE : NEARBY_ON_OTHERS;
    if (start - lineEnd(document, at) > reach || line.start - end > reach) continue;
    line.contexts ??= contextsOn(matcher, document, at);
    const first = firstContext(line.contexts, start - line.start - reach - LONGEST_CONTEXT);
    for (let position = first; position < line.contexts.length; position++) {
      const { start: from, end: to, context } = line.contexts[position]!;
      const distance = Math.max(line.start + from - end, start - line.start - to);
      if (line.start + from - end > reach) break;
      if (distance >= 0 && distance <= reach && contexts.includes(context)) found.add(context);
    }
  }
  const everyday = found.size < FEWEST_EVERYDAY && [...found].every((context) => EVERYDAY_CONTEXTS.has(context));
  return everyday ? 0 : found.size;
}

/** Number of the first context that begins at the offset or behind it. */
function firstContext(contexts: readonly ContextHit[], offset: number): number {
  let low = 0;
  let high = contexts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (contexts[middle]!.start < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Forgets what was counted for the hits of a line. */
export function forgetNearby({ hits }: Line): void {
  for (const hit of hits) hit.nearby = undefined;
}
