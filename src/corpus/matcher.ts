import type { Corpus } from './corpus.ts';
import { addHead, BEGINS_KEY, BEGINS_PHRASE, BEGINS_TEXT, makeHeads, type Heads } from './matching/heads.ts';
import { lettersIn } from './letters.ts';
import { countsInCode, namingsOf, type Naming } from './matching/naming.ts';
import { ENDINGS, identifierPhrase, namePhrase, type Endings } from './matching/phrase.ts';
import { buildTrie, type Entry, type Trie } from './matching/trie.ts';

/** A word whose presence is evidence, as a card spells it. */
export interface ContextWord {
  readonly spelling: string;
  readonly letters: string;
  /** Counts only as its card spells it. */
  readonly exact: boolean;
  readonly endings: Endings;
}

/** Contexts of so few letters could be anything in another case. */
const SHORT_CONTEXT = 3;

/** All ways in which text can name the papers of one corpus, compiled for scanning. */
export interface Matcher {
  readonly corpus: Corpus;
  readonly namings: Trie<Naming>;
  readonly heads: Heads;
  readonly contexts: Trie<ContextWord>;
  readonly contextHeads: Heads;
}

/** Context that is evidence for every number that looks like an arXiv id. */
export const ARXIV_CONTEXT = 'arxiv';

/** Words that introduce citation keys. */
const KEY_WORDS = ['cite', 'marginalia', 'paper'];

/** Compiles keys, titles, names and identifiers; compile once per corpus and share. */
export function compileMatcher(corpus: Corpus): Matcher {
  const namings = namingsOf(corpus);
  const contexts = contextEntries(corpus);
  const heads = makeHeads();
  for (const { phrase, meaning } of namings)
    addHead(heads, phrase, countsInCode(meaning) ? BEGINS_PHRASE : BEGINS_TEXT);
  for (const word of KEY_WORDS) addHead(heads, identifierPhrase(word), BEGINS_KEY);
  const contextHeads = makeHeads();
  for (const { phrase } of contexts) addHead(contextHeads, phrase, BEGINS_PHRASE);
  return { corpus, namings: buildTrie(namings), heads, contexts: buildTrie(contexts), contextHeads };
}

function contextEntries(corpus: Corpus): Entry<ContextWord>[] {
  const spellings = new Set([...corpus.methods.values()].flatMap((method) => method.context));
  return [...spellings, ARXIV_CONTEXT].map((spelling) => {
    const letters = lettersIn(spelling);
    const exact = letters.length <= SHORT_CONTEXT;
    return {
      phrase: namePhrase(spelling),
      meaning: { spelling, letters, exact, endings: exact ? ENDINGS.none : ENDINGS.inflected },
    };
  });
}
