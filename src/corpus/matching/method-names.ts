import { COMMON_WORDS } from './common-words.ts';
import { lettersIn } from '../letters.ts';
import type { Method } from '../method.ts';
import type { Naming } from './naming.ts';
import { ENDINGS, Gap, identifierPhrase, namePhrase, wordsOf, type Phrase } from './phrase.ts';
import { isTechnical } from './technical-words.ts';
import type { Entry } from './trie.ts';

/** One-word names of so few letters are acronyms of many things. */
const SHORT_NAME = 4;

/** All names and identifiers of a method that differ only in casing and gaps. */
interface Draft {
  phrase: Phrase;
  isName: boolean;
  readonly spellings: Set<string>;
  readonly identifiers: Set<string>;
}

/**
 * The phrases by which prose and code name methods.
 * @param contexts letters of each method's context words, by method id
 */
export function nameEntries(
  methods: readonly Method[],
  contexts: ReadonlyMap<string, readonly string[]>,
): Entry<Naming>[] {
  const drafts = methods.map((method) => ({ method, byKey: draftsOf(method) }));
  const claims = new Map<string, number>();
  for (const { byKey } of drafts) for (const key of byKey.keys()) claims.set(key, (claims.get(key) ?? 0) + 1);
  return drafts.flatMap(({ method, byKey }) => {
    const ambiguous = new Set(method.ambiguous.map(lettersIn));
    return [...byKey].map(([key, draft]) => {
      const contested = claims.get(key)! > 1;
      const { phrase, isName, spellings } = draft;
      const oneWord = !phrase.gaps.some((gap) => gap > Gap.joined);
      const technical = phrase.symbols.size === 0 && isTechnical(wordsOf(phrase));
      const meaning: Naming = {
        kind: isName ? 'name' : 'identifier',
        paper: method.id,
        ambiguous: contested || technical || ambiguous.has(phrase.letters) || (oneWord && isCommon(phrase.letters)),
        oneWord,
        exact: oneWord || (technical && [...spellings].some(hasCapitals)),
        extensible: false,
        technical,
        endings: phrase.gaps.some((gap) => gap !== Gap.none) ? ENDINGS.plural : ENDINGS.none,
        spellings,
        proper: new Set([...spellings].filter((spelling) => method.names.includes(spelling) || hasCapitals(spelling))),
        distinctive: contested || technical ? new Set() : distinctive(draft, method),
        contexts: outside(phrase.letters, contexts.get(method.id)!),
      };
      return { phrase, meaning };
    });
  });
}

/** Context words say nothing where they are part of the name itself. */
export function outside(letters: string, contexts: readonly string[]): string[] {
  return contexts.filter((context) => !letters.includes(context));
}

/** `rise` and `Rise` are words and variables, `RISE` and `RiSE` are neither. */
function hasCapitals(spelling: string): boolean {
  return /^.+\p{Lu}/u.test(spelling);
}

function isCommon(letters: string): boolean {
  return letters.length <= SHORT_NAME || COMMON_WORDS.has(letters);
}

/** Identifiers of several words: written so, also an ambiguous phrase is the method's own, unless its card says no. */
function distinctive({ phrase, identifiers }: Draft, method: Method): ReadonlySet<string> {
  if (phrase.letters.length <= SHORT_NAME) return new Set();
  return new Set(
    [...identifiers].filter(
      (spelling) => !method.ambiguous.includes(spelling) && identifierPhrase(spelling).gaps.includes(Gap.joined),
    ),
  );
}

function draftsOf(method: Method): Map<string, Draft> {
  const drafts = new Map<string, Draft>();
  for (const name of method.names) addSpelling(drafts, name, namePhrase(name)).isName = true;
  for (const identifier of method.identifiers) {
    addSpelling(drafts, identifier, identifierPhrase(identifier)).identifiers.add(identifier);
  }
  drafts.delete('');
  return drafts;
}

function addSpelling(drafts: Map<string, Draft>, spelling: string, phrase: Phrase): Draft {
  const { letters, gaps, symbols } = phrase;
  const key = symbols.size === 0 ? letters : `${letters} ${[...symbols].join(' ')}`;
  let draft = drafts.get(key);
  if (draft) {
    const known = draft.phrase.gaps;
    draft.phrase = { ...phrase, gaps: gaps.map((gap, index) => Math.max(gap, known[index]!)) };
  } else {
    draft = { phrase, isName: false, spellings: new Set(), identifiers: new Set() };
    drafts.set(key, draft);
  }
  draft.spellings.add(spelling);
  return draft;
}
