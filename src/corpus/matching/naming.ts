import type { Corpus } from '../corpus.ts';
import { lettersIn } from '../letters.ts';
import { nameEntries, outside } from './method-names.ts';
import type { Paper } from '../paper.ts';
import { ENDINGS, Gap, identifierPhrase, titlePhrase, type Endings } from './phrase.ts';
import type { Entry } from './trie.ts';

/** What a phrase stands for, and what it takes to count as a reference. */
export interface Naming {
  readonly kind: 'key' | 'title' | 'name' | 'identifier';
  /** Citation key of the paper. */
  readonly paper: string;
  /** Counts only with evidence: it means other things too. */
  readonly ambiguous: boolean;
  /** No hyphen or space stands in it. */
  readonly oneWord: boolean;
  /** Where it is ambiguous, it counts only as the card spells it. */
  readonly exact: boolean;
  /** For a title: so short that with a few more words it is another paper's. */
  readonly extensible: boolean;
  readonly endings: Endings;
  /** Consists of words that all code about learning machines shares. */
  readonly technical: boolean;
  /** How the method's card spells it. */
  readonly spellings: ReadonlySet<string>;
  /** Those of the spellings by which the paper is known: its own, and such as no ordinary word or variable has. */
  readonly proper: ReadonlySet<string>;
  /** Spellings that need no evidence although the phrase is ambiguous. */
  readonly distinctive: ReadonlySet<string>;
  /** Letters of the context words that are evidence for it. */
  readonly contexts: readonly string[];
}

const SHORT_TITLE_GAPS = 2;
const LONG_TITLE_GAPS = 7;
const FEWEST_TITLE_LETTERS = 6;
/** `chen2021rex`: nothing else looks like it, so such a key counts wherever text has it. */
const AUTHOR_YEAR_KEY = /^[a-z]+(?:19|20)\d\d[a-z]+(?:-[b-z])?$/;
const NONE: ReadonlySet<string> = new Set();

/** Whether the phrase may be a reference outside comments and strings too. */
export function countsInCode({ kind }: Naming): boolean {
  return kind === 'name' || kind === 'identifier';
}

/** All phrases that can name a paper of the corpus. */
export function namingsOf(corpus: Corpus): Entry<Naming>[] {
  const methods = corpus.papers.flatMap((paper) => corpus.methodOf(paper) ?? []);
  const contexts = new Map(methods.map(({ id, context }) => [id, context.map(lettersIn).filter(Boolean)]));
  return [
    ...nameEntries(methods, contexts),
    ...corpus.papers.flatMap((paper) => titleEntries(paper, contexts.get(paper.key) ?? [])),
    ...corpus.papers.filter(({ key }) => AUTHOR_YEAR_KEY.test(key)).map(keyEntry),
  ];
}

function titleEntries({ key, title, otherTitles = [] }: Paper, contexts: readonly string[]): Entry<Naming>[] {
  return [title, ...otherTitles].flatMap((one) => titleEntry(key, one, contexts) ?? []);
}

function titleEntry(key: string, title: string, contexts: readonly string[]): Entry<Naming> | undefined {
  const phrase = titlePhrase(title);
  if (phrase.letters.length < FEWEST_TITLE_LETTERS) return undefined;
  const gaps = phrase.gaps.filter((gap) => gap === Gap.words).length;
  return {
    phrase,
    meaning: {
      kind: 'title',
      paper: key,
      ambiguous: gaps < SHORT_TITLE_GAPS,
      oneWord: false,
      exact: false,
      extensible: gaps < LONG_TITLE_GAPS,
      technical: false,
      endings: ENDINGS.none,
      spellings: NONE,
      proper: NONE,
      distinctive: NONE,
      contexts: outside(phrase.letters, contexts),
    },
  };
}

function keyEntry({ key }: Paper): Entry<Naming> {
  return {
    phrase: identifierPhrase(key),
    meaning: {
      kind: 'key',
      paper: key,
      ambiguous: false,
      oneWord: true,
      exact: true,
      extensible: false,
      technical: false,
      endings: ENDINGS.none,
      spellings: new Set([key]),
      proper: NONE,
      distinctive: NONE,
      contexts: [],
    },
  };
}
