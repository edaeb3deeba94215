import { lineEnd, type Hit, type Line, type TextDocument } from './document.ts';
import type { Matcher } from './matcher.ts';
import type { Reference } from './reference.ts';
import { contextsOn } from './scanner.ts';

/** How many lines away a context word is evidence. */
export const NEARBY_LINES = 20;
/** How many characters away it is, on the same line and on others. */
const NEARBY_ON_LINE = 300;
const NEARBY_ON_OTHERS = 1000;
/** Evidence of a paper that the file names beyond doubt; more than any number of context words. */
const NAMED_IN_FILE = 1_000_000;

interface Candidate {
  readonly start: number;
  readonly end: number;
  readonly hit: Hit;
  readonly evidence: number;
}

/**
 * Weighs the hits of a document. A hit in doubt counts where a context word stands nearby or the file names the same
 * paper beyond doubt. Of those that overlap the longer counts, and of several papers for the same words the one with
 * the most evidence, or none where they are even.
 */
export function resolveHits(matcher: Matcher, document: TextDocument): Reference[] {
  const sure = withoutOverlaps(candidates(document, (hit) => (hit.contexts ? 0 : NAMED_IN_FILE)));
  const named = new Set(sure.map(({ hit }) => hit.paper));
  named.delete(undefined);
  const all = candidates(document, (hit, index) => {
    if (!hit.contexts || named.has(hit.paper)) return NAMED_IN_FILE;
    return (hit.nearby ??= countNearby(matcher, document, index, hit, hit.contexts));
  });
  return withoutOverlaps(all).map(({ start, end, hit: { kind, paper, identifier } }) => ({
    start,
    end,
    kind,
    paper,
    ...(identifier !== undefined && { identifier }),
  }));
}

/** Hits with evidence, by start. */
function candidates(document: TextDocument, evidenceFor: (hit: Hit, line: number) => number): Candidate[] {
  const found: Candidate[] = [];
  for (let index = 0; index < document.lines.length; index++) {
    const { hits, start } = document.lines[index]!;
    for (const hit of hits) {
      const evidence = evidenceFor(hit, index);
      if (evidence > 0) found.push({ start: start + hit.start, end: start + hit.end, hit, evidence });
    }
  }
  return found;
}

/** Takes candidates in order of their starts, of which longer ones come first. */
function withoutOverlaps(candidates: readonly Candidate[]): Candidate[] {
  const kept: Candidate[] = [];
  for (let index = 0; index < candidates.length;) {
    const { start, end } = candidates[index]!;
    let behind = index + 1;
    while (behind < candidates.length && candidates[behind]!.start === start && candidates[behind]!.end === end)
      behind++;
    const best = bestOf(candidates.slice(index, behind));
    index = behind;
    const last = kept.at(-1);
    if (!best) continue;
    if (!last || last.end <= start) kept.push(best);
    else if (end - start > last.end - last.start) kept[kept.length - 1] = best;
  }
  return kept;
}

/** The one meaning of the same words that has more evidence than those of other papers. */
function bestOf(meanings: readonly Candidate[]): Candidate | undefined {
  const best = meanings.reduce((one, other) => (other.evidence > one.evidence ? other : one));
  const even = meanings.some(({ evidence, hit }) => evidence === best.evidence && hit.paper !== best.hit.paper);
  return even ? undefined : best;
}

/** How many of the contexts stand near a hit. */
function countNearby(
  matcher: Matcher,
  document: TextDocument,
  index: number,
  hit: Hit,
  contexts: readonly string[],
): number {
  const { lines } = document;
  const start = lines[index]!.start + hit.start;
  const end = lines[index]!.start + hit.end;
  const found = new Set<string>();
  const look = (at: number): void => {
    const line = lines[at]!;
    line.contexts ??= contextsOn(matcher, document, at);
    const reach = at === index ? NEARBY_ON_LINE : NEARBY_ON_OTHERS;
    for (const { start: from, end: to, context } of line.contexts) {
      const distance = Math.max(line.start + from - end, start - line.start - to);
      if (distance >= 0 && distance <= reach && contexts.includes(context)) found.add(context);
    }
  };
  for (let at = index; at >= 0 && at >= index - NEARBY_LINES && start - lineEnd(document, at) <= NEARBY_ON_OTHERS; at--)
    look(at);
  for (
    let at = index + 1;
    at < lines.length && at <= index + NEARBY_LINES && lines[at]!.start - end <= NEARBY_ON_OTHERS;
    at++
  )
    look(at);
  return found.size;
}

/** Forgets what was counted for the hits of a line. */
export function forgetNearby({ hits }: Line): void {
  for (const hit of hits) if (hit.nearby !== undefined) delete hit.nearby;
}
