/** A DOI found in a text. */
export interface Doi {
  /** In lower case. */
  readonly doi: string;
  readonly end: number;
}

const LONGEST = 200;
const CLOSERS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '>': '<' };

/** Reads a DOI whose `10.` begins at `start`, without the punctuation of the sentence around it. */
export function readDoi(text: string, start: number): Doi | undefined {
  const found = /^10\.\d{4,9}(?:\.\d+)*\/[^\s"'`<>{}|\\^?#]+/.exec(text.slice(start, start + LONGEST));
  if (!found) return undefined;
  const doi = withoutTail(found[0]);
  return doi.endsWith('/') ? undefined : { doi: doi.toLowerCase(), end: start + doi.length };
}

/** Takes off what belongs to the sentence: punctuation, and brackets that close what the text did not open. */
export function withoutTail(text: string): string {
  let end = text.length;
  for (; end > 0; end--) {
    const last = text.charAt(end - 1);
    const opener = CLOSERS[last];
    if (opener ? isBalanced(text.slice(0, end), opener, last) : !'.,;:!?*_'.includes(last)) break;
  }
  return text.slice(0, end);
}

function isBalanced(text: string, opener: string, closer: string): boolean {
  return text.split(opener).length >= text.split(closer).length;
}
