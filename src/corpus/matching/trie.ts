import { CASELESS, letterAt, letterOf, MARK } from '../letters.ts';
import { Gap, type Phrase } from './phrase.ts';

/** A phrase in the trie, with what it stands for. */
export interface Entry<Meaning> {
  readonly phrase: Phrase;
  readonly meaning: Meaning;
}

/** Finds those of many phrases that may begin at a place, fast. */
export interface Trie<Meaning> {
  /** Calls back with every entry whose letters may begin at `start`; each is still to be matched in full. */
  visit(text: string, start: number, callback: (entry: Entry<Meaning>) => void): void;
}

/** A node with more entries than this that go on gets children. */
const MOST_ENTRIES = 2;
const LONGEST_GAP = 100;
const ROOT = 0;
const LETTERS_AHEAD = 4;

export function buildTrie<Meaning>(entries: readonly Entry<Meaning>[]): Trie<Meaning> {
  /** By node: the entries that end there; of a node without children, all that pass through it. */
  const entriesOf: Entry<Meaning>[][] = [[]];
  /** By node and letter, the number of the child; 0 for none. */
  let children = new Int32Array(MARK);
  /** By node: 1 where it has children, 2 more where some phrase allows a gap before its next letter. */
  let shapes = new Uint8Array(1);

  function addNode(): number {
    const node = entriesOf.push([]) - 1;
    if (node === shapes.length) {
      children = grown(children, new Int32Array(children.length * 2));
      shapes = grown(shapes, new Uint8Array(shapes.length * 2));
    }
    return node;
  }

  function insert(entry: Entry<Meaning>, from: number, fromDepth: number): void {
    const { letters, gaps } = entry.phrase;
    let node = from;
    let depth = fromDepth;
    for (; shapes[node] !== 0 && depth < letters.length; depth++) {
      if (gaps[depth] !== Gap.none) shapes[node]! |= 2;
      const slot = node * MARK + letterAt(letters, depth);
      node = children[slot]!;
      if (node === 0) {
        node = addNode();
        children[slot] = node;
      }
    }
    const held = entriesOf[node]!;
    held.push(entry);
    if (
      shapes[node] !== 0 ||
      held.length <= MOST_ENTRIES ||
      held.every(({ phrase }) => phrase.letters.length === depth)
    ) {
      return;
    }
    entriesOf[node] = [];
    shapes[node] = 1;
    for (const one of held) insert(one, node, depth);
  }

  for (const entry of entries) if (entry.phrase.letters !== '') insert(entry, ROOT, 0);

  return {
    visit(text, start, callback) {
      let node = ROOT;
      for (let at = start, depth = 0; ; at++, depth++) {
        for (const entry of entriesOf[node]!) if (goesOn(entry.phrase, depth, text, at)) callback(entry);
        const shape = shapes[node]!;
        if (shape === 0) return;
        let letter = letterAt(text, at) & CASELESS;
        if (letter === 0 || letter === MARK) {
          const limit = Math.min(text.length, at + LONGEST_GAP);
          while (at < limit && (letter === MARK || (letter === 0 && shape > 1))) {
            letter = letterAt(text, ++at) & CASELESS;
          }
          if (letter === 0 || letter === MARK) return;
        }
        node = children[node * MARK + letter]!;
        if (node === 0) return;
      }
    },
  };
}

/** Whether a phrase whose first letters are there may go on at `at`: looks only at its next few letters. */
function goesOn({ letters, gaps }: Phrase, depth: number, text: string, start: number): boolean {
  let at = start;
  const end = Math.min(letters.length, depth + LETTERS_AHEAD);
  for (let index = depth; index < end; index++, at++) {
    let letter = letterAt(text, at) & CASELESS;
    if (letter === MARK) return true;
    if (letter === 0) {
      if (gaps[index] === Gap.none) return false;
      const limit = at + LONGEST_GAP;
      while (letter === 0 && ++at < limit) letter = letterAt(text, at) & CASELESS;
      if (letter === MARK) return true;
    }
    if (letter !== letterOf(letters.charCodeAt(index))) return false;
  }
  return true;
}

function grown<Numbers extends { set(numbers: Numbers): void }>(old: Numbers, larger: Numbers): Numbers {
  larger.set(old);
  return larger;
}
