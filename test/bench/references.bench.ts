import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildCorpus } from '../../src/corpus/corpus.ts';
import { loadMethods } from '../../src/corpus/load-methods.ts';
import { compileMatcher } from '../../src/corpus/matcher.ts';
import { readSources } from '../../src/corpus/read-sources.ts';
import { findReferences, trackReferences } from '../../src/corpus/references.ts';
import type { BenchRow } from './bench-row.ts';

const lines = 10_000;
const rounds = 25;
const edits = 200;

/** How fast references are found in a long file, at once and while somebody types. */
export async function bench(): Promise<BenchRow[]> {
  const pages = resolve('../shared/corpus');
  const files = existsSync(pages) ? readdirSync(pages).map((name) => join(pages, name)) : [];
  const methods = await loadMethods(process.env.MARGINALIA_DIST ?? join(process.cwd(), 'dist'));
  const corpus = buildCorpus(methods, await readSources(files, {}));
  const matcher = compileMatcher(corpus);
  const text = longFile();
  const words = new Map(methods.flatMap(({ id, identifiers }) => identifiers.map((identifier) => [identifier, id])));
  const input = `${lines} lines of Python, ${Math.round(text.length / 1000)} kB; ${corpus.papers.length} papers, ${methods.length} methods`;

  const walks: number[] = [];
  const scans: number[] = [];
  let found = 0;
  for (let round = 0; round < rounds; round++) {
    walks.push(processorTime(() => lookUpEveryWord(text, words)));
    scans.push(processorTime(() => (found = findReferences(matcher, text, 'python').length)));
  }

  const tracker = trackReferences(matcher, 'python');
  const slices: number[] = [];
  for (let round = 0; round < 5; round++) slices.push(await longestSlice(() => tracker.scan(text)));
  const typed: number[] = [];
  for (let edit = 0; edit < edits; edit++) {
    const start = text.indexOf('\n', Math.floor((text.length * (edit + 0.5)) / edits));
    typed.push(
      processorTime(() => {
        tracker.edit([{ start, removed: 0, inserted: 'x' }]);
        return tracker.references;
      }),
    );
    tracker.edit([{ start, removed: 1, inserted: '' }]);
  }
  const walk = { name: 'every word of the file looked up in a map', value: median(walks) };
  return [
    {
      name: `references in ${lines.toLocaleString('en')} lines, from scratch`,
      value: median(scans),
      unit: 'ms',
      aim: 15,
      against: walk,
      note: `processor time, median of ${rounds}; ${found} references in ${input}`,
    },
    {
      name: 'the same after a keystroke',
      value: median(typed),
      unit: 'ms',
      aim: 1,
      against: walk,
      note: `processor time, median of ${edits} places; 95 % under ${quantile(typed, 0.95).toFixed(2)} ms`,
    },
    {
      name: 'longest pause of the editor while a file is read',
      value: median(slices),
      unit: 'ms',
      aim: 8,
      note: 'time between two turns of the event loop, median of 5 readings',
    },
  ];
}

/** The least that anything must do that looks names up: find the words of a text and ask a map for each. */
function lookUpEveryWord(text: string, words: ReadonlyMap<string, string>): number {
  let count = 0;
  for (const [word] of text.matchAll(/[A-Za-z_][A-Za-z_0-9]*/g)) if (words.has(word)) count++;
  return count;
}

/** Longest time in milliseconds for which the event loop waits while the work goes on. */
async function longestSlice(work: () => Promise<void>): Promise<number> {
  let longest = 0;
  let before = performance.now();
  let working = true;
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - before);
    before = now;
    if (working) setImmediate(look);
  };
  setImmediate(look);
  await work();
  working = false;
  look();
  return longest;
}

/** Processor time of this process in milliseconds: other work on the machine does not count. */
function processorTime(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * share)]!;
}

/** A file as people write them: functions with comments, a few of which name papers. The same every time. */
function longFile(): string {
  let state = 12345;
  const below = (count: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % count;
  };
  const pick = (choices: readonly string[]): string => choices[below(choices.length)]!;
  const name = (): string => `${pick(VERBS)}_${pick(NOUNS)}${below(3) === 0 ? `_${pick(NOUNS)}` : ''}`;
  const written: string[] = ['import numpy as np', 'import torch', ''];
  while (written.length < lines) {
    written.push(`def ${name()}(${pick(NOUNS)}, ${pick(NOUNS)}=None):`);
    if (below(3) === 0) {
      const paper = below(5) === 0 ? ` ${pick(PAPERS)}` : '';
      written.push(`    """${pick(SENTENCES)}${paper}`, '', `    :param ${pick(NOUNS)}: ${pick(SENTENCES)}`, '    """');
    }
    for (let body = 4 + below(8); body > 0; body--) {
      const line = `    ${pick(NOUNS)} = self.${name()}(${pick(NOUNS)}.${pick(VERBS)}, ${below(1000) / 8}, '${pick(NOUNS)}')`;
      written.push(below(5) === 0 ? `${line}  # ${pick(SENTENCES)}` : line);
      if (below(12) === 0) written.push(`    # ${pick(SENTENCES)} ${below(8) === 0 ? pick(PAPERS) : ''}`.trimEnd());
    }
    written.push(`    return ${pick(NOUNS)}`, '', '');
  }
  return written.slice(0, lines).join('\n');
}

const VERBS =
  'make compute update sample reset train evaluate collect build load store merge split encode decode'.split(' ');
const NOUNS = (
  'state action reward policy value batch model optimizer learning_rate schedule buffer loss gradient weights ' +
  'observation advantage critic token logits mask step index result config params dataset teacher task'
).split(' ');
const SENTENCES = [
  'Keeps what the optimizer needs for the next step.',
  'The learning rate falls while the reward rises.',
  'Shapes are batch, time and features, in this order.',
  'Returns the value of each state under the current policy.',
  'Nothing is sampled twice within a task.',
  'See the appendix for the constants.',
];
const PAPERS = [
  'REX, arXiv:2107.04197.',
  'Contrastive Preference Learning (CPL) scores segments.',
  'ALP-GMM as the teacher.',
  'Solver tuned as in \\cite{learning-to-relax}.',
  'A* Search Without Expansions: Learning Heuristic Functions with Deep Q-Networks',
  'https://doi.org/10.1145/3290605.3300233',
];
