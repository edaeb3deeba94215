/**
 * The facts of one method as `snippets/<family>/<id>/card.yaml` states them, checked, with each fault at its line.
 * What the experiment declares (question, parameters, arms, metrics, claim) is not repeated in the card: it is read from
 * the experiment itself and joined with the card by `cardToMethod`. Used by the build only.
 */
import * as v from 'valibot';
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import type { ExperimentDescription } from '../runtime/runs/record.ts';
import type { Parameter } from '../runtime/sdk/parameters.ts';
import type { Method, ParameterDeclaration } from './method.ts';
import type { Problem } from './paper.ts';
import { plainSymbols } from './plain-symbols.ts';

const slug = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const newArxivId = /^\d{2}(0[1-9]|1[0-2])\.\d{4,5}$/;
const oldArxivId = /^[a-z-]+(\.[A-Z]{2})?\/\d{2}(0[1-9]|1[0-2])\d{3}$/;

/** Text as cards hold it: not empty, composed characters, nothing around it. */
const text = v.pipe(
  v.string(
    ({ input }) => `must be text, found ${found(input)}${typeof input === 'number' ? '; put it in quotes' : ''}`,
  ),
  v.check((value) => value.trim() !== '', 'is empty; write it or leave the field out'),
  v.check((value) => value === value.trim(), 'has white space around it; fold long text with ">-", not ">" or "|"'),
  v.check((value) => value === value.normalize('NFC'), 'is not in composed form (NFC); retype its accented letters'),
);

const slugText = v.pipe(text, v.regex(slug, 'must be words of a-z and 0-9 joined by "-"'));

function listOf<T extends v.GenericSchema>(item: T) {
  return v.array(item, ({ input }) => `must be a list, found ${found(input)}`);
}

const texts = v.pipe(
  listOf(text),
  v.checkItems((item, index, all) => all.indexOf(item) === index, 'stands twice in this list'),
);

const someTexts = v.pipe(texts, v.minLength(1, 'needs at least one entry'));

function oneOf<const T extends readonly string[]>(options: T) {
  return v.picklist(options, ({ input }) => `must be one of ${options.join(', ')}, found ${found(input)}`);
}

const cardSchema = v.strictObject({
  id: slugText,
  paper: v.pipe(
    v.strictObject({
      title: text,
      other_titles: v.optional(someTexts),
      arxiv: v.optional(
        v.pipe(
          text,
          v.check(
            (id) => newArxivId.test(id) || oldArxivId.test(id),
            'is no arXiv identifier; write it like "2107.04197" or "cs/0101001", without a version',
          ),
        ),
      ),
      doi: v.optional(
        v.pipe(text, v.regex(/^10\.\d{4,9}\/[^\sA-Z]+$/, 'is no DOI; write it like "10.1000/182", in lower case')),
      ),
      year: v.pipe(
        v.number(({ input }) => `must be a year, found ${found(input)}`),
        v.check((year) => Number.isInteger(year) && year >= 1900 && year <= 2100, 'must be a year of four digits'),
      ),
      authors: texts,
      venue: v.optional(text),
    }),
    v.check(({ arxiv, doi }) => arxiv !== undefined || doi !== undefined, 'needs an arXiv identifier or a DOI'),
  ),
  names: someTexts,
  identifiers: v.pipe(
    someTexts,
    v.everyItem((name) => /^[A-Za-z_$][\w$]*$/.test(name), 'must all be identifiers: letters, digits, "_" and "$"'),
  ),
  ambiguous: texts,
  context: texts,
  family: slugText,
  kind: oneOf(['algorithm', 'theory', 'benchmark', 'survey', 'system']),
  summary: text,
  insight: text,
  math: v.pipe(
    listOf(v.strictObject({ label: text, tex: text, where: text })),
    v.minLength(1, 'needs at least one equation'),
    v.check(
      (equations) => new Set(equations.map(({ label }) => label)).size === equations.length,
      'has two equations with one label',
    ),
  ),
  pitfalls: someTexts,
  related: texts,
  snippet: v.strictObject({ prefix: slugText, signature: text, about: text }),
  experiment: v.strictObject({
    testbed: text,
    scaled_down: text,
    seconds: v.pipe(
      v.number(({ input }) => `must be a number of seconds, found ${found(input)}`),
      v.check((seconds) => Number.isFinite(seconds) && seconds > 0, 'must be more than 0 seconds'),
    ),
    short: v.optional(
      v.record(
        text,
        v.union(
          [v.number(), v.string(), v.boolean()],
          ({ input }) => `must be a value of a parameter, found ${found(input)}`,
        ),
        ({ input }) => `must name parameters of the experiment, each with a value, found ${found(input)}`,
      ),
    ),
  }),
  notes: v.optional(text),
  sources: text,
  confidence: oneOf(['high', 'medium', 'low']),
});

/** The facts of one method. */
export type Card = v.InferOutput<typeof cardSchema>;

/** A card with the place of each of its facts. */
export interface PlacedCard {
  readonly card: Card;
  /** As it was given to `readCard`. */
  readonly file: string;
  /** 1-based line where the value at this path begins, or where the nearest thing around it does. */
  lineOf(...path: readonly (string | number)[]): number;
}

/**
 * Reads one card.
 *
 * @param place the card's file, as problems name it, and the folders it lies in: `snippets/<family>/<id>/card.yaml`.
 * @returns the card, or `undefined` and every problem found. Never throws on bad text.
 */
export function readCard(
  source: string,
  place: { readonly file: string; readonly family: string; readonly id: string },
): { readonly placed: PlacedCard | undefined; readonly problems: readonly Problem[] } {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  const at = (line: number, message: string): Problem => ({ file: place.file, line, severity: 'error', message });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    const problems = faults.map(({ pos, message }) => at(lines.linePos(pos[0]).line, `YAML: ${firstLine(message)}`));
    return { placed: undefined, problems };
  }

  const lineOf = (...path: readonly (string | number)[]) => lines.linePos(offsetOf(document, path)).line;
  const result = v.safeParse(cardSchema, document.toJS());
  if (!result.success) {
    const problems = result.issues.map((issue) => {
      const path = (issue.path ?? []).map(({ key }) => key as string | number);
      return at(lineOf(...path), faultOf(issue, path));
    });
    return { placed: undefined, problems };
  }

  const card = result.output;
  const problems: Problem[] = [];
  if (card.id !== place.id) problems.push(at(lineOf('id'), `id is "${card.id}" but the folder is "${place.id}"`));
  if (card.family !== place.family) {
    problems.push(at(lineOf('family'), `family is "${card.family}" but the folder is "${place.family}"`));
  }
  card.ambiguous.forEach((name, i) => {
    if (card.names.includes(name) || card.identifiers.includes(name)) return;
    problems.push(at(lineOf('ambiguous', i), `ambiguous: "${name}" is neither in names nor in identifiers`));
  });
  return { placed: problems.length === 0 ? { card, file: place.file, lineOf } : undefined, problems };
}

/**
 * Checks what only all cards together show: what must be unique, and names that two methods share without saying so.
 * Each problem is reported in both cards.
 */
export function checkCards(placed: readonly PlacedCard[]): Problem[] {
  const problems: Problem[] = [];
  unique(placed, problems, ['id'], ({ card }) => card.id);
  unique(placed, problems, ['paper', 'title'], ({ card }) => nameKey(card.paper.title));
  unique(placed, problems, ['paper', 'arxiv'], ({ card }) => card.paper.arxiv);
  unique(placed, problems, ['paper', 'doi'], ({ card }) => card.paper.doi);
  unique(placed, problems, ['snippet', 'prefix'], ({ card }) => card.snippet.prefix);

  const owners = new Map<string, { placed: PlacedCard; path: [string, number]; name: string }[]>();
  for (const one of placed) {
    for (const list of ['names', 'identifiers'] as const) {
      one.card[list].forEach((name, i) => {
        const key = nameKey(name);
        owners.set(key, [...(owners.get(key) ?? []), { placed: one, path: [list, i], name }]);
      });
    }
  }
  for (const uses of owners.values()) {
    if (new Set(uses.map((use) => use.placed)).size < 2) continue;
    for (const use of uses) {
      if (use.placed.card.ambiguous.includes(use.name)) continue;
      const others = uses.filter((other) => other.placed !== use.placed).map((other) => other.placed.file);
      problems.push({
        file: use.placed.file,
        line: use.placed.lineOf(...use.path),
        severity: 'error',
        message:
          `${use.path[0]}: "${use.name}" also names the method of ${[...new Set(others)].join(', ')}; ` +
          'list it as ambiguous in each, or drop it from one',
      });
    }
  }
  return problems;
}

/** The method that a card and its experiment together describe, with the verdict on its claim. */
export function cardToMethod(
  card: Card,
  description: ExperimentDescription,
  { hash, verdict }: Pick<Method, 'hash' | 'verdict'>,
): Method {
  const { arxiv, doi, venue, title, other_titles: otherTitles, authors, year } = card.paper;
  return {
    id: card.id,
    family: card.family,
    kind: card.kind,
    paper: {
      ...{ title, authors, year },
      ...(otherTitles && { otherTitles }),
      ...(arxiv && { arxiv }),
      ...(doi && { doi }),
      ...(venue && { venue }),
    },
    names: card.names,
    identifiers: card.identifiers,
    ambiguous: card.ambiguous,
    context: card.context,
    summary: card.summary,
    insight: card.insight,
    equations: card.math.map(({ label, tex, where }) => ({ label, tex, where: plainSymbols(where) })),
    pitfalls: card.pitfalls,
    related: card.related,
    snippet: card.snippet,
    experiment: {
      question: description.question,
      statement: description.statement,
      // What a run took says more than what the card expects.
      seconds: verdict?.seconds ?? card.experiment.seconds,
      compute: description.compute,
      scaledDown: card.experiment.scaled_down,
      parameters: Object.entries(description.params).map(([name, parameter]) => declared(name, parameter)),
      arms: Object.entries(description.arms).map(([name, { role }]) => ({ name, role })),
      metrics: Object.keys(description.metrics),
    },
    hash,
    ...(verdict && { verdict }),
    ...(card.notes && { notes: card.notes }),
    sources: card.sources,
    confidence: card.confidence,
  };
}

function declared(name: string, parameter: Parameter): ParameterDeclaration {
  const { type, about } = parameter;
  if (type === 'int' || type === 'float') {
    return { name, type, default: parameter.default, min: parameter.min, max: parameter.max, about };
  }
  if (type === 'choice') return { name, type, default: parameter.default, choices: parameter.choices, about };
  return { name, type, default: parameter.default, about };
}

/** What two spellings of one name have in common: `cpl_loss`, `cplLoss`, `CPL loss` and `CPL-loss` are one name. */
function nameKey(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_-]+/g, '');
}

function unique(
  placed: readonly PlacedCard[],
  problems: Problem[],
  path: readonly string[],
  valueOf: (placed: PlacedCard) => string | undefined,
): void {
  const owners = new Map<string, PlacedCard[]>();
  for (const one of placed) {
    const value = valueOf(one);
    if (value !== undefined) owners.set(value, [...(owners.get(value) ?? []), one]);
  }
  for (const sharing of owners.values()) {
    if (sharing.length < 2) continue;
    for (const one of sharing) {
      const others = sharing.filter((other) => other !== one).map(({ file }) => file);
      const message = `${path.join('.')} is the same as in ${others.join(', ')}`;
      problems.push({ file: one.file, line: one.lineOf(...path), severity: 'error', message });
    }
  }
}

/** The offset of the key or list item at a path; where the path leads nowhere, of the last thing on the way there. */
function offsetOf(document: Document, path: readonly (string | number)[]): number {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
      if (!pair) break;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value as Node | null;
    } else if (isSeq(node) && typeof step === 'number') {
      const item = node.items[step] as Node | undefined;
      if (!item) break;
      offset = item.range?.[0] ?? offset;
      node = item;
    } else break;
  }
  return offset;
}

/** What is wrong, in a sentence that begins with the path: `paper.arxiv is no arXiv identifier; …`. */
function faultOf(issue: v.BaseIssue<unknown>, path: readonly (string | number)[]): string {
  const name = path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('');
  if (issue.type === 'strict_object' && issue.expected === 'never') return `${name} is no field of a card`;
  if (issue.type === 'strict_object' && issue.expected !== 'Object') return `${name} is missing`;
  if (issue.type === 'strict_object')
    return `${name || 'the card'} must hold named fields, found ${found(issue.input)}`;
  return `${name} ${issue.message}`;
}

function found(input: unknown): string {
  if (input === undefined) return 'nothing';
  const json = JSON.stringify(input);
  return json.length > 60 ? `${json.slice(0, 57)}…` : json;
}

function firstLine(message: string): string {
  return message.split('\n')[0]!.replace(/:$/, '');
}
