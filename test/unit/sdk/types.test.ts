import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import ts from 'typescript';
import { buildTypes } from '../../../scripts/build/types.mjs';

/** A folder outside of the repository, where nothing is installed. */
const workspace = mkdtempSync(join(tmpdir(), 'marginalia-types-'));
const declarations = join(workspace, 'types/marginalia.d.ts');
const reference = '/// <reference path="types/marginalia.d.ts" />\n';

const bare: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: [],
  noEmit: true,
  skipLibCheck: true,
};

/** The library's files and the declarations are the same for every program and are parsed once. */
const parsed = new Map<string, ts.SourceFile | undefined>();

function hostFor(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (file, language, ...rest) => {
    if (!file.endsWith('.d.ts')) return read(file, language, ...rest);
    const key = `${file} ${JSON.stringify(language)}`;
    if (!parsed.has(key)) parsed.set(key, read(file, language, ...rest));
    return parsed.get(key);
  };
  return host;
}
const strictest: ts.CompilerOptions = {
  ...bare,
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  isolatedModules: true,
};

/** Writes the files into the workspace and returns what the compiler says about them, `file:line: message`. */
function faults(files: Readonly<Record<string, string>>, options: ts.CompilerOptions): string[] {
  const paths = Object.entries(files).map(([name, text]) => {
    writeFileSync(join(workspace, name), text);
    return join(workspace, name);
  });
  const program = ts.createProgram(paths, options, hostFor(options));
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
    return `${basename(file?.fileName ?? '')}:${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

/** Every method's experiment, as a scaffold writes it. */
function experiments(): Record<string, string> {
  const files = readdirSync('snippets', { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    files
      .filter((file) => basename(file) === 'experiment.ts')
      .map((file) => [`${basename(dirname(file))}.ts`, reference + readFileSync(join('snippets', file), 'utf8')]),
  );
}

const script = (body: string) => `// @ts-check
${reference}import { atLeast, choice, experiment, int } from 'marginalia';

export default experiment({
  paper: 'toy',
  question: 'Does it work in JavaScript?',
  compute: 'autodiff',
  params: { steps: int(10, { min: 1, max: 100, about: 'steps' }), kind: choice('a', { choices: ['a', 'b'], about: 'x' }) },
  arms: { ours: { role: 'method', about: 'the idea' }, theirs: { role: 'baseline', about: 'without it' } },
  metrics: { loss: { better: 'lower', unit: 'nats', about: 'loss' } },
  trial({ arm, params, rng, tf, log }) {
    ${body}
  },
  claim: { statement: 'It does.', check: ({ final }) => [atLeast('gap', final('theirs', 'loss') - final('ours', 'loss'), 0)] },
});
`;

describe('the declarations of the module marginalia', function () {
  this.timeout(180_000);
  before(async () => {
    mkdirSync(workspace, { recursive: true });
    await buildTypes({ root: process.cwd(), dist: workspace });
  });
  after(() => rmSync(workspace, { recursive: true, force: true }));

  it('are right by themselves: no other file, no platform', () => {
    const alone = { 'alone.ts': `${reference}export {};\n` };
    const all = { skipLibCheck: false, skipDefaultLibCheck: true };
    assert.deepEqual(faults(alone, { ...strictest, ...all }), []);
    assert.deepEqual(faults(alone, { ...bare, ...all, lib: ['lib.esnext.full.d.ts'] }), []);
  });

  it('are small enough to be read at once', () => {
    const kilobytes = statSync(declarations).size / 1024;
    assert.ok(kilobytes > 50 && kilobytes < 400, `${kilobytes} KB`);
  });

  it('explain what they declare', () => {
    const text = readFileSync(declarations, 'utf8');
    assert.match(text, /\* Declares an experiment; the default export of its module\./);
    assert.match(text, /\* Normal with this mean and standard deviation/);
    assert.match(text, /\* Computes the dot product of two matrices/);
    assert.doesNotMatch(text, /@license|amd-module|runTrial|evaluateClaim/);
  });

  it('are all that the experiments of the methods need, at any strictness', () => {
    const files = experiments();
    assert.ok(Object.keys(files).length >= 3);
    assert.deepEqual(faults(files, strictest), []);
    assert.deepEqual(
      faults(files, {
        ...bare,
        strict: false,
        module: ts.ModuleKind.Node16,
        moduleResolution: ts.ModuleResolutionKind.Node16,
      }),
      [],
    );
  });

  it('fit the experiment in the guide', () => {
    const [, example = ''] = /```ts\n([^]*?)```/.exec(readFileSync('docs/experiments.md', 'utf8')) ?? [];
    assert.match(example, /reference path="\.\.\/\.marginalia\/types\/marginalia\.d\.ts"/);
    const here = example.replace('../.marginalia/types/marginalia.d.ts', 'types/marginalia.d.ts');
    assert.deepEqual(faults({ 'guide.ts': here }, strictest), []);
  });

  it('type JavaScript as well, where a parameter, a metric, an arm or an operation is misspelt', () => {
    const checked = (body: string) => faults({ 'toy.js': script(body) }, { ...bare, strict: true, allowJs: true });
    assert.deepEqual(
      checked(
        "const x = tf.mul(tf.scalar(params.steps), arm === 'ours' ? 1 : rng.normal()); log(0, { loss: x.dataSync()[0] });",
      ),
      [],
    );
    assert.match(checked('log(params.step, { loss: 1 });').join(), /'step' does not exist/);
    assert.match(checked('log(0, { los: 1 });').join(), /'los' does not exist/);
    assert.match(checked("if (arm === 'our') log(0, { loss: 1 });").join(), /no overlap/);
    assert.match(checked("if (params.kind === 'c') log(0, { loss: 1 });").join(), /no overlap/);
    assert.match(checked('tf.mull(tf.scalar(1), 2);').join(), /'mull' does not exist/);
  });

  it('declare only what experiments use', () => {
    const found = faults(
      { 'inside.ts': `${reference}import { runTrial, DataToGPUOptions } from 'marginalia';\nvoid runTrial;\n` },
      strictest,
    );
    assert.match(found.join(), /no exported member.*runTrial/);
    assert.match(found.join(), /DataToGPUOptions/);
  });
});
