import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { marginalia, start, withFolder } from './marginalia.ts';

const corpus = '../shared/corpus';
const samplePages = readdirSync('test/workspaces/sample/papers').map((name) =>
  join('test/workspaces/sample/papers', name),
);
const builtIn = ['alp-gmm', 'cpl', 'learning-to-relax', 'q-star-search', 'rex', 'rto'];

interface Index {
  entries: number;
  papers: number;
  methods: number;
  problems: { file: string; line: number; severity: string; message: string }[];
}

interface FoundReference {
  file: string;
  line: number;
  column: number;
  length: number;
  text: string;
  kind: string;
  paper: string | null;
}

async function json<T>(args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await marginalia([...args, '--json']);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as T;
}

describe('marginalia index', () => {
  it('counts 258 entries and 209 papers in the five real pages', async function () {
    if (!existsSync(corpus)) {
      console.log(`      not run: the real pages are not on this machine (${corpus})`);
      this.skip(); // The pages are not ours to ship.
    }
    const pages = readdirSync(corpus).map((name) => join(corpus, name));
    const counts = await json<Index>(['index', ...pages]);
    assert.equal(counts.entries, 258);
    assert.equal(counts.papers, 209);
    const methods = await json<unknown[]>(['methods']);
    assert.equal(counts.methods, methods.length);
    for (const problem of counts.problems)
      assert.ok(pages.includes(problem.file) && problem.line >= 1, problem.message);

    const { stdout } = await marginalia(['index', ...pages]);
    assert.match(stdout, /^entries +258 /m);
    assert.match(stdout, /^papers +209 /m);
  });

  it('reads the page of the sample workspace without an error', async () => {
    assert.ok(samplePages.length > 0);
    const counts = await json<Index>(['index', ...samplePages]);
    assert.ok(counts.papers > 0 && counts.entries >= counts.papers);
    assert.deepEqual(
      counts.problems.filter(({ severity }) => severity === 'error'),
      [],
    );
  });

  it('reports a file that it cannot read, with what to do, and reads the others', async () => {
    const { code, stdout } = await marginalia(['index', 'no-such-page.txt', ...samplePages, '--json']);
    const counts = JSON.parse(stdout) as Index;
    assert.equal(code, 1);
    assert.ok(counts.papers > 0);
    assert.equal(counts.problems.filter(({ file }) => file === 'no-such-page.txt').length, 1);
  });
});

describe('marginalia references', () => {
  it('gives place, kind and paper of each reference', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'train.py');
      await writeFile(file, '# a line\nrate = 1  # see arXiv:2107.04197v2\n');
      const found = await json<FoundReference[]>(['references', file]);
      assert.deepEqual(found, [
        { file, line: 2, column: 17, length: 18, text: 'arXiv:2107.04197v2', kind: 'arxiv', paper: 'rex' },
      ]);
    });
  });

  it('finds the methods that the sample workspace names, in code and in prose', async () => {
    const files = ['train.py', 'train.ts', 'notes.md'].map((name) => `test/workspaces/sample/${name}`);
    const found = await json<FoundReference[]>(['references', ...files]);
    const named = new Set(found.map(({ paper }) => paper));
    for (const id of builtIn) assert.ok(named.has(id), `${id} is not found`);
    const { stdout } = await marginalia(['references', ...files]);
    assert.equal(stdout.trimEnd().split('\n').length, found.length);
    assert.match(
      stdout,
      /^test\/workspaces\/sample\/train\.py:\d+:\d+ +identifier +rex_schedule +rex \(Chen et al\., 2021\)$/m,
    );
  });

  it('keeps an identifier that no source knows, without a paper', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'notes.md');
      await writeFile(file, 'See arXiv:1412.99999 and https://arxiv.org/abs/1412.6980.\n');
      const found = await json<FoundReference[]>(['references', file]);
      assert.ok(found.length >= 1);
      for (const { paper } of found) assert.equal(paper, null);
    });
  });

  it('goes on after a file that it cannot read, and says so', async () => {
    const { code, stdout, stderr } = await marginalia([
      'references',
      'nowhere.py',
      'test/workspaces/sample/train.py',
      '--json',
    ]);
    assert.equal(code, 1);
    assert.ok((JSON.parse(stdout) as unknown[]).length > 0);
    assert.match(stderr, /^marginalia: nowhere\.py cannot be read/);
  });
});

describe('marginalia search', () => {
  it('puts the paper that is meant first', async () => {
    const hits = await json<{ paper: string; method: string | null }[]>([
      'search',
      'reflected',
      'exponential',
      'schedule',
    ]);
    assert.equal(hits[0]?.paper, 'rex');
    assert.equal(hits[0].method, 'rex');
  });

  it('searches sources too, and shows no more than it is asked for', async () => {
    const some = await json<{ paper: string }[]>(['search', 'learning', '--papers', samplePages[0]!, '--limit', '2']);
    assert.equal(some.length, 2);
  });

  it('says that nothing matches', async () => {
    const { code, stdout } = await marginalia(['search', 'zzzzqqqq']);
    assert.equal(code, 0);
    assert.match(stdout, /^No paper of \d+ matches "zzzzqqqq"\.$/m);
  });

  it('ends without an error when its reader has enough', async () => {
    const { child, ended } = start(['methods', '--json'], process.cwd());
    child.stdout.destroy();
    const { stderr } = await ended;
    assert.equal(stderr, '');
  });
});

describe('marginalia methods', () => {
  it('lists every method with its family, time and question', async () => {
    const methods = await json<{ id: string; question: string; parameters: unknown[] }[]>(['methods']);
    const ids = methods.map(({ id }) => id);
    for (const id of builtIn) assert.ok(ids.includes(id), `${id} is missing`);
    assert.deepEqual(ids, [...ids].sort());
    const { stdout } = await marginalia(['methods']);
    assert.equal(stdout.trimEnd().split('\n').length, methods.length);
    for (const { id, question } of methods) {
      assert.ok(stdout.split('\n').some((line) => line.startsWith(id) && line.endsWith(question)));
    }
    assert.ok(stdout.split('\n').some((line) => / (holds|fails) /.test(line)));
  });
});
