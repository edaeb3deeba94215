import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runFiles } from '../../../src/runtime/runs/run-files.ts';
import type { RunState } from '../../../src/runtime/runs/state.ts';
import { createWorkplace, distribution, experimentSource, lossOf, type Workplace } from './built.ts';

describe('a run', () => {
  let place: Workplace;
  beforeEach(async () => (place = await createWorkplace()));
  afterEach(() => place.clean());

  async function runTrial(trial: string): Promise<RunState> {
    return place.run(await place.write('experiment.ts', experimentSource({ trial })), { jobs: 1 });
  }

  /** The error of a run that failed; its place must be in the experiment, at the text `at`. */
  async function placeOf(state: RunState, file: string, at: string): Promise<void> {
    assert.equal(state.status, 'failed');
    const lines = (await readFile(file, 'utf8')).split('\n');
    const { error } = state;
    assert.equal(error?.file, file);
    const line = lines.findIndex((text) => text.includes(at));
    assert.equal(error.line, line + 1, error.message);
    assert.ok(error.column! >= 1 && error.column! <= lines[line]!.length + 1);
  }

  it('keeps points, console, source and verdict in its folder', async () => {
    const trial = `
      console.log('begins');
      for (let step = 0; step < 50; step++) log(step, { loss: (arm === 'slow' ? 2 : 1) + 0.1 * rng.uniform() });
      console.error('ends without a newline'.slice(0));
      show('picture', { title: 'A', x: { label: 'x' }, y: { label: 'y' }, layers: [{ type: 'line', label: 'l', x: [0, NaN], y: [1, 2] }] });`;
    const source = experimentSource({ trial, params: "{ steps: int(50, { min: 1, max: 100, about: 'steps' }) }" });
    const file = await place.write('my experiment.ts', source);
    const run = await place.start(file, { params: { steps: 7 }, seeds: 3 });
    assert.equal(await run.ended, 'completed');
    const state = await place.read(run.folder);
    assert.equal(state.status, 'completed');
    assert.deepEqual(
      state.trials.map(({ trial: name, status, share, attempt }) => [name, status, share, attempt]),
      ['fast#0', 'slow#0', 'fast#1', 'slow#1', 'fast#2', 'slow#2'].map((name) => [name, 'completed', 1, 1]),
    );
    assert.equal(lossOf(state, 'slow#2').length, 50);
    assert.ok(lossOf(state, 'slow#2').every((value) => value >= 2 && value < 2.1));
    assert.equal(state.verdict?.verdict, 'holds');
    assert.deepEqual(state.warnings, []);
    assert.equal(state.figures.length, 6);
    assert.deepEqual(state.figures[0]!.figure.layers[0], { type: 'line', label: 'l', x: [0, NaN], y: [1, 2] });

    const { record } = state;
    assert.equal(record.name, 'my experiment');
    assert.equal(record.experiment.file, file);
    assert.match(record.experiment.hash, /^[0-9a-f]{64}$/);
    assert.deepEqual(record.params, { steps: 7 });
    assert.deepEqual(record.seeds, [0, 1, 2]);
    assert.equal(record.backend.name, 'none');
    const files = runFiles(run.folder);
    assert.equal(await readFile(files.source, 'utf8'), source);
    const lines = (await readFile(files.console, 'utf8')).trim().split('\n').sort();
    assert.deepEqual(
      lines,
      state.trials.flatMap(({ trial: name }) => [`[${name}] begins`, `[${name}] ends without a newline`]).sort(),
    );
  });

  it('gives values that JSON does not have', async () => {
    const state = await runTrial(`
      log(0, { loss: NaN }); log(1, { loss: Infinity }); log(2, { loss: -Infinity }); log(3, { loss: 1e-300 });`);
    assert.equal(state.status, 'completed');
    assert.deepEqual(lossOf(state, 'fast#0'), [NaN, Infinity, -Infinity, 1e-300]);
    assert.equal(state.verdict?.verdict, 'holds');
  });

  it('loses none of a flood of points', async () => {
    const state = await runTrial('for (let step = 0; step < 200_000; step++) log(step, { loss: step / 7 });');
    assert.equal(state.status, 'completed');
    const values = lossOf(state, 'slow#1');
    assert.equal(values.length, 200_000);
    assert.ok(values.every((value, step) => value === step / 7));
  });

  it('keeps module state of one trial from the next', async () => {
    const source = experimentSource({ before: 'let count = 0;', trial: 'count++; log(0, { loss: count });' });
    const state = await place.run(await place.write('experiment.ts', source), { jobs: 1 });
    assert.deepEqual(
      state.trials.map(({ trial }) => lossOf(state, trial)),
      [[1], [1], [1], [1]],
    );
  });

  it('tells the line of an exception, and does the other trials all the same', async () => {
    const trial = `
      log(0, { loss: 1 });
      if (arm === 'slow' && seed === 0) {
        const nothing = undefined as unknown as { field: number };
        log(1, { loss: nothing.field });
      }
      log(2, { loss: 2 });`;
    const file = await place.write('experiment.ts', experimentSource({ trial }));
    const state = await place.run(file, { jobs: 1 });
    await placeOf(state, file, 'log(1, { loss: nothing.field })');
    assert.equal(state.error?.kind, 'exception');
    assert.match(state.error.message, /^TypeError: Cannot read properties of undefined/);
    assert.deepEqual(
      state.trials.map(({ status }) => status),
      ['completed', 'failed', 'completed', 'completed'],
    );
    assert.deepEqual(lossOf(state, 'slow#0'), [1]);
    assert.equal(state.verdict, undefined);
    assert.match(state.warnings.join(), /There is no verdict: 1 of 4 trials did not complete/);
  });

  it("tells the experiment's line of what the sdk refuses", async () => {
    const file = await place.write('experiment.ts', experimentSource({ trial: 'log(0, { los: 1 } as never);' }));
    const state = await place.run(file);
    await placeOf(state, file, 'los: 1');
    assert.match(state.error!.message, /no metric 'los'/);
  });

  it('tells the line of an error that escapes the trial', async () => {
    for (const [name, escape] of [
      [
        'a timer',
        "setTimeout(() => { throw new Error('escaped'); }); await new Promise((go) => setTimeout(go, 5000));",
      ],
      ['a promise', "void Promise.reject(new Error('escaped')); await new Promise((go) => setTimeout(go, 5000));"],
    ] as const) {
      const trial = `log(0, { loss: 1 });\n${escape}`;
      const file = await place.write(`${name}.ts`, experimentSource({ trial }));
      const state = await place.run(file, { seeds: 1, arms: ['fast'] });
      await placeOf(state, file, "'escaped'");
      assert.deepEqual(lossOf(state, 'fast#0'), [1], name);
    }
  });

  it('tells where an experiment ends its process', async () => {
    const trial = 'log(0, { loss: 1 });\nprocess.exit(3);';
    const file = await place.write('experiment.ts', experimentSource({ trial }));
    const state = await place.run(file, { jobs: 1 });
    await placeOf(state, file, 'process.exit(3)');
    assert.equal(state.error?.kind, 'exit');
    assert.match(state.error.message, /exit code 3/);
    assert.deepEqual(
      state.trials.map(({ trial: name, status }) => [status, lossOf(state, name)]),
      Array.from({ length: 4 }, () => ['failed', [1]]),
    );
  });

  it('says that a promise can never settle', async () => {
    const state = await runTrial('log(0, { loss: 1 }); await new Promise(() => undefined);');
    assert.equal(state.status, 'failed');
    assert.match(state.error!.message, /never settle/);
  });

  it('tells the line of code that cannot be compiled', async () => {
    const file = await place.write('experiment.ts', experimentSource({ trial: "  const é = 'ü'; const = 2;" }));
    const state = await place.run(file);
    await placeOf(state, file, 'const = 2');
    assert.equal(state.error?.kind, 'compile');
    assert.equal(state.error.column, "  const é = 'ü'; const = 2;".indexOf('=', 18) + 1);
    assert.equal(
      await readFile(runFiles(join(place.runsFolder, state.record.id)).source, 'utf8'),
      await readFile(file, 'utf8'),
    );
  });

  it('says what is missing where a module declares no experiment', async () => {
    const none = await place.run(await place.write('none.ts', 'export const x = 1;'));
    assert.equal(none.error?.kind, 'declaration');
    assert.match(none.error.message, /export default experiment/);
    const file = await place.write(
      'wrong.ts',
      experimentSource({ trial: '', params: "{ rate: float(5, { min: 0, max: 1, about: 'rate' }) }" }),
    );
    const wrong = await place.run(file);
    assert.equal(wrong.error?.kind, 'declaration');
    await placeOf(wrong, file, 'export default experiment');
  });

  it('refuses parameters, arms and backends that there are not, before a trial begins', async () => {
    const params = "{ steps: int(5, { min: 1, max: 10, about: 'steps' }) }";
    const file = await place.write('experiment.ts', experimentSource({ trial: 'log(0, { loss: 1 });', params }));
    const wordsOf = async (options: Parameters<Workplace['run']>[1]) => {
      const state = await place.run(file, options);
      assert.equal(state.error?.kind, 'request');
      assert.deepEqual(state.trials, []);
      return state.error.message;
    };
    assert.match(await wordsOf({ params: { steps: 11 } }), /'steps' is 11.*from 1 to 10/);
    assert.match(await wordsOf({ params: { stepz: 1 } }), /no parameter 'stepz'.*steps/);
    assert.match(await wordsOf({ arms: ['quick'] }), /no arm 'quick'.*fast, slow/);
    assert.match(await wordsOf({ seeds: 0 }), /number of seeds is 0/);
  });

  it('has no verdict, and says why, where the claim lacks arms or seeds', async () => {
    const file = await place.write('experiment.ts', experimentSource({ trial: 'log(0, { loss: 1 });' }));
    const one = await place.run(file, { seeds: 1 });
    assert.equal(one.status, 'completed');
    assert.match(one.warnings.join(), /at least 2 seeds/);
    const half = await place.run(file, { arms: ['slow'] });
    assert.equal(half.status, 'completed');
    assert.match(half.warnings.join(), /all arms, and fast did not take part/);
    assert.deepEqual([one.verdict, half.verdict], [undefined, undefined]);
  });

  it('tells the line of a claim that cannot be decided', async () => {
    const check = "({ at }) => [atLeast('late', at('fast', 'loss', 99), 0)]";
    const file = await place.write('experiment.ts', experimentSource({ trial: 'log(0, { loss: 1 });', check }));
    const state = await place.run(file);
    await placeOf(state, file, 'check:');
    assert.match(state.error!.message, /no 'loss' at step 99/);
    assert.equal(lossOf(state, 'fast#0').length, 1);
  });

  it('compiles what the experiment imports: files, packages of the workspace, Node, JSON', async () => {
    await mkdir(join(place.folder, 'node_modules', 'two'), { recursive: true });
    await writeFile(join(place.folder, 'node_modules', 'two', 'index.js'), 'module.exports = { two: 2 };');
    await place.write('helper.ts', "import data from './data.json';\nexport const base: number = data.base;");
    await place.write('data.json', '{ "base": 40 }');
    await place.write(
      'tsconfig.json',
      '{ "extends": "./nowhere.json", "compilerOptions": { "paths": { "marginalia": ["./no.ts"] } ',
    );
    const before =
      "import { readFileSync } from 'node:fs'; import { two } from 'two'; import { base } from './helper'; import { join } from 'path';";
    const trial =
      "const { base: again } = JSON.parse(readFileSync(join(import.meta.dirname, 'data.json'), 'utf8')); log(0, { loss: base + two + again });";
    const state = await place.run(await place.write('experiment.ts', experimentSource({ before, trial })));
    assert.equal(state.status, 'completed', state.error?.message);
    assert.deepEqual(lossOf(state, 'fast#0'), [82]);
  });

  it('takes experiments written in JavaScript, as modules or in CommonJS', async () => {
    const module = experimentSource({ trial: 'log(0, { loss: 1 });' });
    const common = module
      .replace(/import (.*) from 'marginalia';/, "const $1 = require('marginalia');")
      .replace('export default', 'module.exports =');
    for (const [name, text] of [
      ['module.js', module],
      ['common.js', common],
      ['module.mjs', module],
    ] as const) {
      const state = await place.run(await place.write(name, text), { seeds: 1 });
      assert.equal(state.status, 'completed', `${name}: ${state.error?.message ?? ''}`);
    }
  });

  it('cuts a console that grows without end', async () => {
    const trial =
      "const line = 'x'.repeat(9999); for (let i = 0; i < 600; i++) console.log(line); log(0, { loss: 1 });";
    const state = await place.run(await place.write('experiment.ts', experimentSource({ trial })), { jobs: 1 });
    assert.equal(state.status, 'completed');
    const text = await readFile(runFiles(join(place.runsFolder, state.record.id)).console, 'utf8');
    assert.ok(text.length < 11 * 2 ** 20);
    assert.match(text.slice(-100), /More than 10 MB were printed; the rest is left out/);
  });

  it('can be told from its folder which product ran it', async () => {
    const state = await runTrial('log(0, { loss: 1 });');
    const manifest = JSON.parse(await readFile(join(distribution(), '..', 'package.json'), 'utf8')) as {
      version: string;
    };
    assert.deepEqual(state.record.versions, { marginalia: manifest.version, node: process.versions.node });
  });
});
