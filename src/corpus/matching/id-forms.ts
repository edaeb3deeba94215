import { parseArxivId, readNewArxivId, readOldArxivId, type ArxivId } from '../arxiv.ts';
import { readDoi, withoutTail } from '../doi.ts';
import { isDigit } from '../letters.ts';

/** An arXiv id or DOI found in a text. */
export interface IdSpan {
  readonly start: number;
  readonly end: number;
  readonly kind: 'arxiv' | 'doi';
  readonly identifier: string;
  /** Says itself what it is, by a prefix or an address; others count only in text, new-style arXiv ids only with evidence. */
  readonly explicit: boolean;
}

const LONGEST_PREFIX = 120;
const ARXIV_ADDRESS =
  /(?:https?:\/\/)?(?:(?:[\w-]+\.)*(?:arxiv\.org|alphaxiv\.org|ar5iv\.org|arxiv-vanity\.com)\/(?:[\w-]+\/)*|(?:huggingface\.co|hf\.co)\/papers\/)$/i;
const ARXIV_PREFIX = /(?<![A-Za-z0-9])(?:arxiv(?:\.org)?(?:[ \t]?[:/][ \t]?|[ _-])|abs\/)$/i;
const DOI_PREFIX = /(?:(?:https?:\/\/)?(?:dx\.|www\.)?doi\.org\/|(?<![A-Za-z0-9])doi[ \t]?[:=]?[ \t]?)$/i;
const DOT = 46;
const SLASH = 47;
const ARXIV_DOI = '10.48550/arxiv.';
/** A shorter suffix without a prefix is more likely a fraction. */
const SHORTEST_BARE_SUFFIX = 4;

/** The identifier whose digits begin at `at`, with what belongs to it on both sides. */
export function idAt(text: string, at: number): IdSpan | undefined {
  const before = codeAt(text, at - 1);
  if (codeAt(text, at + 4) === DOT) {
    const id = readNewArxivId(text, at);
    if (id && before !== DOT) return arxivSpan(text, id);
  }
  if (codeAt(text, at + 2) === DOT && before !== DOT && !isDigit(before) && text.startsWith('10.', at)) {
    return doiSpan(text, at);
  }
  if (before === SLASH && isDigit(codeAt(text, at + 6))) {
    const id = readOldArxivId(text, at);
    if (id) return arxivSpan(text, id);
  }
  return undefined;
}

/** 0 outside the text; faster than to ask the text what is not there. */
function codeAt(text: string, at: number): number {
  return at >= 0 && at < text.length ? text.charCodeAt(at) : 0;
}

function arxivSpan(text: string, { id, start, end }: ArxivId): IdSpan {
  const before = text.slice(Math.max(0, start - LONGEST_PREFIX), start);
  const address = ARXIV_ADDRESS.exec(before)?.[0];
  const prefix = address ?? ARXIV_PREFIX.exec(before)?.[0];
  return {
    start: start - (prefix?.length ?? 0),
    end: address === undefined ? end : behindAddress(text, end),
    kind: 'arxiv',
    identifier: id,
    explicit: prefix !== undefined,
  };
}

/** An address goes on with `.pdf`, a question or a fragment. */
function behindAddress(text: string, end: number): number {
  const rest = /^(?:\.pdf)?(?:[?#][^\s"'`<>()[\]{}|\\^]*)?/.exec(text.slice(end, end + LONGEST_PREFIX))![0];
  return end + withoutTail(rest).length;
}

function doiSpan(text: string, at: number): IdSpan | undefined {
  const found = readDoi(text, at);
  if (!found) return undefined;
  const prefix = DOI_PREFIX.exec(text.slice(Math.max(0, at - LONGEST_PREFIX), at))?.[0];
  const arxiv = found.doi.startsWith(ARXIV_DOI) ? parseArxivId(found.doi.slice(ARXIV_DOI.length)) : undefined;
  // What all DOIs of arXiv begin with, and no paper's.
  if (arxiv === undefined && `${found.doi}.`.startsWith(ARXIV_DOI)) return undefined;
  const explicit = prefix !== undefined || arxiv !== undefined;
  if (!explicit && found.doi.length - found.doi.indexOf('/') <= SHORTEST_BARE_SUFFIX) return undefined;
  return {
    start: at - (prefix?.length ?? 0),
    end: found.end,
    kind: arxiv === undefined ? 'doi' : 'arxiv',
    identifier: arxiv ?? found.doi,
    explicit,
  };
}
