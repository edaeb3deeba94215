/** How a document names a paper. */
export type ReferenceKind = 'key' | 'arxiv' | 'doi' | 'title' | 'name' | 'identifier';

/** A place in a document that refers to a paper. */
export interface Reference {
  /** 0-based offset of the first character in the document, in UTF-16 units. */
  readonly start: number;
  /** 0-based offset behind the last character. */
  readonly end: number;
  readonly kind: ReferenceKind;
  /** Citation key of the paper; `undefined` where an identifier (arXiv, DOI) is well formed but not in the corpus. */
  readonly paper: string | undefined;
  /** Normalised identifier for `arxiv` and `doi` references. */
  readonly identifier?: string;
}
