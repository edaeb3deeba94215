/** A place in a file: where something was read. */
export interface Location {
  /** Path as the reader was given it (absolute in the editor, as typed in the terminal). */
  readonly file: string;
  /** 1-based line. */
  readonly line: number;
}

/** A bibliographic record. */
export interface Paper {
  /** Citation key, unique in its corpus: the method's id where the paper has a method, else made from author, year and title. */
  readonly key: string;
  readonly title: string;
  /** Other titles under which sources list it: an earlier version's, or one with a slip. */
  readonly otherTitles?: readonly string[];
  readonly abstract?: string;
  /** Full names, in order; empty where the source does not give them. */
  readonly authors: readonly string[];
  /** Number of authors where the source gives only that. */
  readonly authorCount?: number;
  /**
   * ISO date, as precise as the source: `2023-10-03`, `2023-10`, `2023`, or `--10-03` where the source gives a day and
   * no year. Shown with `displayDate`, asked for its year with `yearOf` (date.ts).
   */
  readonly date?: string;
  /** arXiv identifier without a version: `2107.04197` or `cs/0101001`. */
  readonly arxiv?: string;
  /** DOI, lower case, without a resolver's address. */
  readonly doi?: string;
  readonly venue?: string;
  /** Where the paper was read, in reading order; empty for a built-in method's own record. */
  readonly locations: readonly Location[];
  /** Id of the built-in method of this paper. */
  readonly method?: string;
}

/** Something a source could not read as it stands; reading goes on. */
export interface Problem extends Location {
  readonly severity: 'error' | 'warning';
  /** What is wrong and what to do about it. */
  readonly message: string;
}

/** A paper as one source states it, before papers are merged and given keys. */
export type SourceEntry = Omit<Paper, 'key' | 'locations' | 'method'> & { readonly location: Location };

/** What a source read from one text. Sources never throw on bad text. */
export interface SourceResult {
  readonly entries: readonly SourceEntry[];
  readonly problems: readonly Problem[];
}
