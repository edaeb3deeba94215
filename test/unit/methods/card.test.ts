import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { isMap, isScalar, isSeq, parseDocument, type Document } from 'yaml';
import type { ExperimentDescription } from '../../../src/runtime/runs/record.ts';
import type { MethodVerdict } from '../../../src/corpus/method.ts';
import { cardToMethod, checkCards, readCard, type PlacedCard } from '../../../src/corpus/card.ts';

const valid = `id: rex
paper:
  title: A reflected schedule
  arxiv: '2107.04197'
  year: 2021
  authors: [Ada Lovelace, Emmy Noether]
  venue: Journal of Schedules
names:
  - REX
  - Reflected Exponential schedule
identifiers: [rex_schedule, RexLR]
ambiguous: [REX]
context: [schedule, budget]
family: optimization
kind: algorithm
summary: >-
  Decays slowly at first
  and quickly at the end.
insight: Late decay is enough.
math:
  - label: Schedule
    tex: '\\eta_t = \\eta_0 (1 - t / T)'
    where: 'eta_t: rate at step t'
  - label: Mean
    tex: '\\bar\\eta'
    where: 'mean over steps'
pitfalls:
  - Counting epochs for steps.
related: [other-method, A title of a paper]
snippet:
  prefix: rex-schedule
  signature: 'function rexSchedule(step: number): number'
  about: The rate at a step.
experiment:
  testbed: A small problem.
  scaled_down: Smaller than in the paper.
  seconds: 12.5
notes: Nothing changed.
sources: The paper.
confidence: high
`;

const place = { file: 'snippets/optimization/rex/card.yaml', family: 'optimization', id: 'rex' };
const optional = new Set(['paper.venue', 'paper.arxiv', 'notes']);

function read(text: string, where = place) {
  return readCard(text, where);
}

/** 1-based number of the only line that contains a text. */
function lineWith(text: string, part: string): number {
  const hits = text.split('\n').flatMap((line, i) => (line.includes(part) ? [i + 1] : []));
  assert.equal(hits.length, 1, `${part} stands on lines ${hits.join(', ')}`);
  return hits[0]!;
}

/** Every path of the valid card that holds a value. */
function pathsOf(document: Document): (string | number)[][] {
  const paths: (string | number)[][] = [];
  const visit = (node: unknown, path: (string | number)[]) => {
    if (path.length > 0) paths.push(path);
    if (isMap(node)) {
      for (const { key, value } of node.items) visit(value, [...path, isScalar(key) ? String(key.value) : '']);
    }
    if (isSeq(node)) node.items.forEach((item, i) => visit(item, [...path, i]));
  };
  visit(document.contents, []);
  return paths;
}

const paths = pathsOf(parseDocument(valid));

describe('card', () => {
  it('reads a valid card and knows the line of every fact', () => {
    const { placed, problems } = read(valid);
    assert.deepEqual(problems, []);
    assert.ok(placed);
    assert.equal(placed.card.paper.title, 'A reflected schedule');
    assert.equal(placed.card.summary, 'Decays slowly at first and quickly at the end.');
    assert.equal(placed.lineOf('math', 1, 'tex'), lineWith(valid, '\\bar\\eta'));
    assert.equal(placed.lineOf('names', 1), lineWith(valid, '- Reflected Exponential'));
    assert.equal(placed.lineOf('snippet', 'about'), lineWith(valid, 'The rate at a step.'));
  });

  it('reports a value of a wrong type at its line, whichever it is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.constantFrom('{ wrong: here }', '[[here]]', 'true'), (path, wrong) => {
        const document = parseDocument(valid);
        document.setIn(path, parseDocument(`${wrong} # here`).contents);
        const text = String(document);
        const { placed, problems } = read(text);
        assert.equal(placed, undefined);
        const reread = parseDocument(text);
        const node = reread.getIn(path, true) as { range: [number, number, number] };
        const keyLine = text.slice(0, node.range[0]).split('\n').length;
        const name = path.map((step, i) => (typeof step === 'number' ? `[${step}]` : (i ? '.' : '') + step)).join('');
        // A list written over several lines begins under its key, and the key is where one looks.
        assert.ok(
          problems.some((problem) => Math.abs(problem.line - keyLine) <= 1 && problem.message.startsWith(name)),
          `${name} = ${wrong}: ${JSON.stringify(problems)}`,
        );
      }),
    );
  });

  it('reports a missing field with its name, at the line of what it is missing in', () => {
    for (const path of paths) {
      const name = path.join('.');
      if (typeof path.at(-1) === 'number' || optional.has(name)) continue;
      const document = parseDocument(valid);
      document.deleteIn(path);
      const text = String(document);
      const { problems } = read(text);
      assert.equal(problems.length, 1, name);
      const parent = path.slice(0, -1).filter((step) => typeof step === 'string');
      const shown = path.map((step, i) => (typeof step === 'number' ? `[${step}]` : (i ? '.' : '') + step)).join('');
      assert.equal(problems[0]!.message, `${shown} is missing`);
      const line = text.split('\n')[problems[0]!.line - 1]!;
      if (parent.length === 1 && typeof path[1] !== 'number') assert.ok(line.startsWith(`${parent[0]!}:`), line);
    }
  });

  it('reports a field that no card has, at its line and in any place', () => {
    for (const part of ['year: 2021', 'label: Mean', 'about: The rate', 'seconds: 12.5', 'kind: algorithm']) {
      const lines = valid.split('\n');
      const at = lines.findIndex((line) => line.includes(part));
      const indent = /^ */.exec(lines[at]!)![0].length + (lines[at]!.trim().startsWith('- ') ? 2 : 0);
      lines.splice(at + 1, 0, `${' '.repeat(indent)}colour: blue`);
      const { problems } = read(lines.join('\n'));
      assert.equal(problems.length, 1, part);
      assert.equal(problems[0]!.line, at + 2, part);
      assert.match(problems[0]!.message, /colour is no field of a card$/);
    }
  });

  const mutations: [what: string, from: string, to: string, message: RegExp][] = [
    ['an id that is not the folder', 'id: rex', 'id: rax', /id is "rax" but the folder is "rex"/],
    ['a family that is not the folder', 'family: optimization', 'family: bandits', /folder is "optimization"/],
    ['an arXiv id with a version', "'2107.04197'", "'2107.04197v2'", /paper\.arxiv is no arXiv identifier/],
    ['an arXiv id of a 13th month', "'2107.04197'", "'2113.04197'", /paper\.arxiv is no arXiv identifier/],
    ['an arXiv id without quotes', "'2107.04197'", '2107.04197', /must be text, found 2107\.04197; put it in quotes/],
    ['a DOI with its address', 'year: 2021', 'year: 2021\n  doi: https://doi.org/10.1/x', /paper\.doi is no DOI/],
    ['a year of two digits', 'year: 2021', 'year: 21', /paper\.year must be a year/],
    ['an empty text', 'insight: Late decay is enough.', "insight: ''", /insight is empty/],
    ['an empty related entry', '[other-method,', "['',", /related\[0\] is empty/],
    ['a title that is not composed', 'A reflected', 'A refle\u0301cted', /paper\.title is not in composed form/],
    ['an unfolded text', 'summary: >-', 'summary: |', /summary has white space around it/],
    ['an unknown kind', 'kind: algorithm', 'kind: trick', /kind must be one of algorithm, .*, found "trick"/],
    ['an identifier with a space', 'RexLR]', "'Rex LR']", /identifiers must all be identifiers/],
    ['an ambiguous name that is no name', 'ambiguous: [REX]', 'ambiguous: [RAX]', /"RAX" is neither in names nor/],
    ['a name twice', '- Reflected Exponential schedule', '- REX', /names\[1\] stands twice in this list/],
    ['two equations of one label', 'label: Mean', 'label: Schedule', /math has two equations with one label/],
    ['a prefix with capitals', 'prefix: rex-schedule', 'prefix: rexSchedule', /snippet\.prefix must be words/],
    ['no time', 'seconds: 12.5', 'seconds: 0', /experiment\.seconds must be more than 0/],
    ['a field given twice', 'confidence: high', 'confidence: high\nconfidence: low', /YAML: Map keys must be unique/],
    ['broken YAML', 'kind: algorithm', 'kind: "algorithm', /YAML: /],
  ];
  for (const [what, from, to, message] of mutations) {
    it(`refuses ${what}`, () => {
      const text = valid.replace(from, to);
      assert.notEqual(text, valid);
      const { placed, problems } = read(text);
      assert.equal(placed, undefined);
      const problem = problems.find((one) => message.test(one.message));
      assert.ok(problem, JSON.stringify(problems));
      const first = valid.split('\n').findIndex((line) => line.includes(from.split('\n')[0]!)) + 1;
      const last = what === 'broken YAML' ? text.split('\n').length : first + to.split('\n').length - 1;
      const earliest = what === 'two equations of one label' ? lineWith(valid, 'math:') : first - 1;
      assert.ok(problem.line >= earliest && problem.line <= last, `${problem.line} is not in ${earliest}..${last}`);
    });
  }

  it('accepts an old arXiv id, and a DOI instead of one', () => {
    assert.deepEqual(read(valid.replace('2107.04197', 'cs/0101001')).problems, []);
    assert.deepEqual(read(valid.replace("arxiv: '2107.04197'", 'doi: 10.1145/12345.678')).problems, []);
    const neither = read(valid.replace("  arxiv: '2107.04197'\n", '')).problems;
    assert.match(neither[0]!.message, /paper needs an arXiv identifier or a DOI/);
  });

  it('answers any text with a card or with problems that have a line of the text', () => {
    const lines = valid.split('\n');
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.nat({ max: valid.length }).map((length) => valid.slice(0, length)),
      fc.shuffledSubarray(lines, { minLength: 1 }).map((some) => some.join('\n')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const { placed, problems } = read(text);
        assert.equal(placed === undefined, problems.length > 0);
        for (const { line } of problems) assert.ok(line >= 1 && line <= text.split('\n').length + 1);
      }),
    );
  });
});

describe('cards together', () => {
  const other = valid
    .replace('id: rex', 'id: ray')
    .replace('A reflected schedule', 'Another schedule')
    .replace('2107.04197', '2107.04198')
    .replace('- REX', '- RAY')
    .replace('[REX]', '[RAY]')
    .replace('Reflected Exponential schedule', 'Ray schedule')
    .replace('[rex_schedule, RexLR]', '[ray_schedule, RayLR]')
    .replace('prefix: rex-schedule', 'prefix: ray-schedule');

  function both(second: string): PlacedCard[] {
    return [
      { text: valid, where: place },
      { text: second, where: { file: 'snippets/optimization/ray/card.yaml', family: 'optimization', id: 'ray' } },
    ].map(({ text, where }) => {
      const { placed, problems } = read(text, where);
      assert.ok(placed, JSON.stringify(problems));
      return placed;
    });
  }

  it('has nothing to say of two different cards', () => {
    assert.deepEqual(checkCards(both(other)), []);
  });

  const shared: [what: string, from: string, to: string, line: string][] = [
    ['arXiv identifier', '2107.04198', '2107.04197', 'arxiv'],
    ['title, in other spelling', 'Another schedule', 'A Reflected Schedule', 'title'],
    ['snippet prefix', 'ray-schedule', 'rex-schedule', 'prefix'],
    ['identifier', 'RayLR', 'RexLR', 'identifiers'],
    ['identifier in another casing', 'ray_schedule,', 'rexSchedule,', 'identifiers'],
    ['name that is an identifier of the other', '- Ray schedule', '- Rex Schedule', '- Rex Schedule'],
  ];
  for (const [what, from, to, line] of shared) {
    it(`reports a shared ${what} in both cards`, () => {
      const second = other.replace(from, to);
      assert.notEqual(second, other);
      const problems = checkCards(both(second));
      assert.deepEqual(
        problems.map(({ file }) => file),
        ['snippets/optimization/rex/card.yaml', 'snippets/optimization/ray/card.yaml'],
      );
      assert.equal(problems[1]!.line, lineWith(second, line.startsWith('-') ? line : `${line}:`));
      assert.ok(problems[0]!.message.includes('ray/card.yaml') && problems[1]!.message.includes('rex/card.yaml'));
    });
  }

  it('accepts a shared name that both cards call ambiguous, not one that only one does', () => {
    const alsoRex = other.replace('- RAY', '- REX').replace('[RAY]', '[REX]');
    assert.deepEqual(checkCards(both(alsoRex)), []);
    const certain = other.replace('- RAY', '- REX').replace('[RAY]', '[]');
    const problems = checkCards(both(certain));
    assert.equal(problems.length, 1);
    assert.equal(problems[0]!.file, 'snippets/optimization/ray/card.yaml');
    assert.equal(problems[0]!.line, lineWith(certain, '- REX'));
  });
});

describe('method of a card', () => {
  it('joins the facts of the card with what the experiment declares', () => {
    const { card } = read(valid).placed!;
    const declared = {
      paper: 'rex',
      question: 'Is it so?',
      statement: 'It is so.',
      compute: 'autodiff',
      seeds: 5,
      params: {
        steps: { type: 'int', default: 10, min: 1, max: 20, about: 'steps' },
        optimiser: { type: 'choice', default: 'adam', choices: ['adam', 'sgd'], about: 'optimiser' },
        shuffle: { type: 'flag', default: true, about: 'shuffles' },
      },
      arms: { rex: { role: 'method', about: 'the schedule' }, linear: { role: 'baseline', about: 'linear decay' } },
      metrics: { loss: { better: 'lower', unit: 'nats', about: 'loss' } },
    } satisfies ExperimentDescription;
    const method = cardToMethod(card, declared, { hash: 'of the folder' });
    assert.equal(method.id, 'rex');
    assert.equal(method.hash, 'of the folder');
    assert.ok(!('verdict' in method));
    assert.deepEqual(method.paper.authors, ['Ada Lovelace', 'Emmy Noether']);
    assert.equal(method.equations.length, 2);
    assert.deepEqual(method.experiment, {
      question: 'Is it so?',
      statement: 'It is so.',
      seconds: 12.5,
      compute: 'autodiff',
      scaledDown: 'Smaller than in the paper.',
      parameters: [
        { name: 'steps', type: 'int', default: 10, min: 1, max: 20, about: 'steps' },
        { name: 'optimiser', type: 'choice', default: 'adam', choices: ['adam', 'sgd'], about: 'optimiser' },
        { name: 'shuffle', type: 'flag', default: true, about: 'shuffles' },
      ],
      arms: [
        { name: 'rex', role: 'method' },
        { name: 'linear', role: 'baseline' },
      ],
      metrics: ['loss'],
    });
    assert.equal(method.notes, 'Nothing changed.');
    assert.ok(!('doi' in method.paper));

    const verdict: MethodVerdict = {
      verdict: 'holds',
      effect: { label: 'lower', value: 0.2, interval: [0.1, 0.3], relation: 'at least', bound: 0 },
      ...{ conditions: 1, seeds: 5, seconds: 31.5, engine: 'none', sabotage: {} },
    };
    const verified = cardToMethod(card, declared, { hash: 'of the folder', verdict });
    assert.equal(verified.experiment.seconds, 31.5);
  });
});
