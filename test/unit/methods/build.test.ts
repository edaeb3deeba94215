import { transform } from 'esbuild';
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { buildMethods } from '../../../scripts/build/methods.mjs';
import type { Method } from '../../../src/corpus/method.ts';

const root = process.cwd();

interface EditorSnippet {
  readonly scope: string;
  readonly prefix: string;
  readonly body: readonly string[];
  readonly description: string;
}

async function readJson<T>(...path: string[]): Promise<T> {
  return JSON.parse(await readFile(join(...path), 'utf8')) as T;
}

describe('methods build', function () {
  this.timeout(120_000);
  let work: string;
  before(async () => {
    work = await mkdtemp(join(tmpdir(), 'marginalia-methods-'));
  });
  after(async () => rm(work, { recursive: true, force: true }));

  describe('of the methods that ship', () => {
    let dist: string;
    let methods: readonly Method[];
    before(async () => {
      dist = join(work, 'dist');
      await buildMethods({ root, dist });
      ({ methods } = await readJson<{ methods: Method[] }>(dist, 'methods.json'));
    });

    it('has one method for each folder, sorted by id', async () => {
      const entries = await readdir(join(root, 'snippets'), { withFileTypes: true });
      const families = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
      const folders = await Promise.all(families.map(async (family) => readdir(join(root, 'snippets', family))));
      assert.deepEqual(
        methods.map(({ id }) => id),
        folders.flat().sort(),
      );
      for (const { family, id } of methods) assert.ok(families.includes(family), id);
    });

    it('has a picture for every equation of every method', async () => {
      const equations = await readJson<Record<string, string[]>>(dist, 'equations.json');
      assert.deepEqual(
        Object.keys(equations),
        methods.map(({ id }) => id),
      );
      for (const { id, equations: declared } of methods) {
        assert.equal(equations[id]?.length, declared.length);
        for (const picture of equations[id]) assert.match(picture, /^<svg [^>]*currentColor.*<\/svg>$/s);
      }
    });

    it('has what every experiment declares', () => {
      for (const { id, experiment } of methods) {
        assert.ok(
          experiment.arms.some(({ role }) => role === 'method'),
          id,
        );
        assert.ok(experiment.question.length > 0 && experiment.statement.length > 0, id);
        assert.ok(experiment.parameters.length > 0 && experiment.metrics.length > 0, id);
      }
    });

    it('has editor snippets that compile alone, in TypeScript and in JavaScript', async () => {
      const snippets = Object.values(await readJson<Record<string, EditorSnippet>>(dist, 'marginalia.code-snippets'));
      assert.equal(snippets.length, 2 * methods.length);
      const faults: string[] = [];
      for (const { scope, prefix, body, description } of snippets) {
        assert.ok(methods.some(({ snippet }) => snippet.prefix === prefix && description.startsWith(snippet.about)));
        const code = body.join('\n').replace(/\\([\\$}])/g, '$1');
        if (scope.startsWith('javascript')) await transform(code, { loader: 'js', logLevel: 'silent' });
        else faults.push(...typeErrors(code).map((fault) => `${prefix}: ${fault}`));
      }
      assert.deepEqual(faults, []);
    });
  });

  describe('of broken folders', () => {
    const rto = 'snippets/preference-learning/rto';
    let number = 0;

    /** Builds a copy of one good method that something was done to; the message of the failure. */
    async function failureAfter(breakIt: (folder: string) => Promise<void>): Promise<string> {
      const snippets = join(work, `broken-${++number}`);
      const folder = join(snippets, 'preference-learning/rto');
      await mkdir(folder, { recursive: true });
      await cp(join(root, rto), folder, { recursive: true });
      await breakIt(folder);
      const dist = join(work, 'unwritten');
      let message = '';
      try {
        await buildMethods({ root, dist, snippets });
      } catch (error) {
        message = (error as Error).message;
      }
      await assert.rejects(readdir(dist), 'nothing may be written');
      return message;
    }

    async function edit(file: string, from: string | RegExp, to: string): Promise<void> {
      const text = await readFile(file, 'utf8');
      const edited = text.replace(from, to);
      assert.notEqual(edited, text);
      await writeFile(file, edited);
    }

    async function lineOf(file: string, part: string): Promise<number> {
      const lines = (await readFile(join(root, file), 'utf8')).split('\n');
      return lines.findIndex((line) => line.includes(part)) + 1;
    }

    it('lists every fault, each with file and line', async () => {
      const message = await failureAfter(async (folder) => {
        await edit(join(folder, 'card.yaml'), 'kind: algorithm', 'kind: recipe');
        await edit(join(folder, 'card.yaml'), 'confidence: high', 'confidence: sure');
        await writeFile(join(folder, 'notes.txt'), '');
        await mkdir(join(folder, '../empty'));
      });
      const lines = message.split('\n');
      assert.equal(lines.length, 5, message);
      assert.match(lines[0]!, /empty\/card\.yaml:1: is missing$/);
      assert.match(lines[1]!, /empty\/experiment\.ts:1: is missing$/);
      const kind = await lineOf(`${rto}/card.yaml`, 'kind: algorithm');
      assert.match(lines[2]!, new RegExp(`rto/card\\.yaml:${kind}: kind must be one of`));
      assert.match(lines[3]!, /rto\/card\.yaml:\d+: confidence must be one of/);
      assert.match(lines[4]!, /rto\/notes\.txt:1: does not belong here/);
    });

    it('points at the equation that does not typeset', async () => {
      const message = await failureAfter(async (folder) =>
        edit(join(folder, 'card.yaml'), '\\mathcal{L}_{DPO}', '\\mathcal{L}_{DPO'),
      );
      const line = await lineOf(`${rto}/card.yaml`, '\\mathcal{L}_{DPO}');
      assert.match(
        message,
        new RegExp(`rto/card\\.yaml:${line}: math\\[2\\]\\.tex: Extra open brace or missing close brace`),
      );
    });

    it('points at the line of an experiment that does not compile', async () => {
      const message = await failureAfter(async (folder) =>
        edit(join(folder, 'experiment.ts'), 'const clip = 0.2;', 'const clip = ;'),
      );
      const line = await lineOf(`${rto}/experiment.ts`, 'const clip = 0.2;');
      assert.match(message, new RegExp(`rto/experiment\\.ts:${line}: Unexpected ";"`));
    });

    it('points at the line of an experiment that throws when it is loaded', async () => {
      const message = await failureAfter(async (folder) =>
        edit(join(folder, 'experiment.ts'), 'const clip = 0.2;', "throw new Error('not today');"),
      );
      const line = await lineOf(`${rto}/experiment.ts`, 'const clip = 0.2;');
      assert.match(message, new RegExp(`rto/experiment\\.ts:${line}: not today`));
    });

    const others: [what: string, file: string, from: string | RegExp, to: string, message: RegExp][] = [
      ['a wrong declaration', 'experiment.ts', "unit: 'nats'", "unit: ''", /metrics\.kl\.unit is ""/],
      ['another paper', 'experiment.ts', "paper: 'rto'", "paper: 'cpl'", /declares the paper "cpl", but the card's id/],
      ['no experiment', 'experiment.ts', 'export default experiment(', 'experiment(', /not made by experiment\(\)/],
      ['another first line', 'experiment.ts', /^/, '\n', /experiment\.ts:1: must begin with "import/],
      ['no region', 'experiment.ts', 'snippet rto-reward', 'snippet rto', /has no "\/\/ #region snippet rto-reward"/],
      [
        'another signature',
        'experiment.ts',
        'logpDpo: number[]',
        'logpDpo: Float64Array',
        /signature differs from that/,
      ],
      [
        'another function',
        'experiment.ts',
        'function rtoTokenRewards',
        'function rtoRewards',
        /declares function rtoTok/,
      ],
    ];
    for (const [what, file, from, to, expected] of others) {
      it(`refuses ${what}`, async () => {
        const message = await failureAfter(async (folder) => edit(join(folder, file), from, to));
        assert.match(message, expected);
        for (const line of message.split('\n')) assert.match(line, /rto\/(card\.yaml|experiment\.ts):\d+: /);
      });
    }
  });
});

/** What the compiler says of code that stands alone in a strict project with nothing but the language's own library. */
function typeErrors(code: string): string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts'],
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const fromDisk = host.getSourceFile.bind(host);
  const file = 'snippet.ts';
  host.getSourceFile = (name, version) =>
    name === file ? ts.createSourceFile(name, code, version) : fromDisk(name, version);
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
