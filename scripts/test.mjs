/**
 * All tests, or some of them:
 *
 *     node scripts/test.mjs [build | lint | types | unit | editor | browser …] [--grep <text>] [--editor desktop|embedded]
 *
 * Installs what is missing first. The last line counts over everything: `N passed, N failed`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './tools/build.mjs';
import { ensureDependencies, requireNode } from './tools/dependencies.mjs';
import { run } from './tools/processes.mjs';
import { duration, during } from './tools/progress.mjs';
import { root } from './tools/root.mjs';

const parts = ['build', 'lint', 'types', 'unit', 'editor', 'browser'];

requireNode();
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { grep: { type: 'string' }, editor: { type: 'string' } },
});
for (const name of positionals) {
  if (!parts.includes(name)) stop(`There is no part "${name}" of the tests. Parts: ${parts.join(', ')}.`);
}
if (options.editor !== undefined && !['desktop', 'embedded'].includes(options.editor)) {
  stop(`--editor takes "desktop" or "embedded", not "${options.editor}".`);
}
const wanted = (/** @type {string} */ part) => positionals.length === 0 || positionals.includes(part);
const verbose = positionals.length === 1 || options.grep !== undefined;
const mocha = options.grep === undefined ? {} : { grep: options.grep };

const notBuilt = 'not run, because the build failed';
const total = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const failures = [];
/** What passed only when it was run once more. @type {string[]} */
const unsteady = [];
const started = Date.now();

await ensureDependencies();
const { testFiles } = await import('./testing/bundle.mjs');
const { resultsFile, runInNode } = await import('./testing/node-suite.mjs');

// The embedded editor's installation keeps one core busy for four minutes: it goes on beside the checks that need no editor.
const editors = wanted('editor') || wanted('browser') ? prepareEditors() : undefined;

console.log('\n[build]');
const built = await passes('build', () => ensureBuilt().then(() => undefined));
// Mostly downloads and one compiler: it goes on beside the checks that do without.
const tensorflow = built && (wanted('unit') || wanted('editor')) ? prepareTensorFlow() : undefined;
if (wanted('lint')) {
  await check('lint', () => tool('eslint/bin/eslint.js', '.'));
  await check('formatting', () => tool('prettier/bin/prettier.cjs', '--check', '.'));
}
if (wanted('types')) {
  await check('types', () => tool('typescript/bin/tsc', '-p', 'tsconfig.json'));
  for (const folder of ['src/webviews', 'test/browser', 'scripts']) {
    await check(`types in ${folder}`, () => tool('typescript/bin/tsc', '-p', `${folder}/tsconfig.json`));
  }
}
if (tensorflow) await check('native TensorFlow', () => tensorflow);
if (wanted('unit') && process.platform === 'linux') await check('graphics in software', prepareGraphics);
if (wanted('unit')) {
  await nodeSuite('unit', { timeout: 60_000 });
  await nodeSuite('faults', { timeout: 60_000 });
}
if (editors && wanted('editor')) await editorSuites(editors);
if (editors && wanted('browser')) await browserTests(editors);

console.log(`\nAll of it took ${duration(Date.now() - started)}.`);
if (unsteady.length > 0) {
  console.log(`Failed once, and passed when run once more:\n${unsteady.map((title) => `  ${title}`).join('\n')}`);
}
if (failures.length > 0) console.log(`Failed:\n${failures.map((failure) => `  ${failure}`).join('\n')}`);
console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exit(total.failed > 0 ? 1 : 0);

/** @param {string} message @returns {never} */
function stop(message) {
  console.error(message);
  process.exit(1);
}

/**
 * A check that passes or fails as a whole.
 * @param {string} name
 * @param {() => Promise<string | undefined>} step returns what is wrong
 * @returns {Promise<boolean>}
 */
function check(name, step) {
  console.log('');
  return passes(name, () => during(`[${name}]`, step));
}

/** @param {string} name @param {() => Promise<string | undefined>} step returns what is wrong @returns {Promise<boolean>} */
async function passes(name, step) {
  const problem = await step().catch((error) => String(error.message));
  if (problem === undefined) {
    total.passed += 1;
  } else {
    console.log(problem);
    total.failed += 1;
    failures.push(name);
  }
  return problem === undefined;
}

/** @param {string} file below node_modules @param {string[]} args */
async function tool(file, ...args) {
  const { code, output } = await run(process.execPath, [join(root, 'node_modules', file), ...args], { cwd: root });
  return code === 0 ? undefined : output.trimEnd();
}

/**
 * Starts to set up native TensorFlow, which the tests need.
 * @returns {Promise<undefined>}
 */
function prepareTensorFlow() {
  const ready = import('./tools/tensorflow.mjs').then(async ({ ensureTensorFlow }) => {
    console.log(`  Native TensorFlow: ${await ensureTensorFlow()}`);
    return undefined;
  });
  ready.catch(() => undefined); // Told where it is waited for.
  return ready;
}

/**
 * Gets what the tests of WebGPU compute on.
 * @returns {Promise<undefined>}
 */
async function prepareGraphics() {
  const { ensureSystemPackages, graphicsNeeds } = await import('./tools/system-packages.mjs');
  await ensureSystemPackages(graphicsNeeds, 'test WebGPU');
}

/**
 * Starts to get what the editor suites run in and the browser tests look at.
 * @returns {{ desktop: Promise<{ executable: string } | { reason: string }>, embedded: Promise<{ editor: import('./editor/embedded.mjs').EmbeddedEditor; browser: string }> }}
 *   `embedded` is got where there is no desktop one, or for the browser tests
 */
function prepareEditors() {
  const desktop =
    wanted('editor') && options.editor !== 'embedded'
      ? import('./editor/desktop.mjs').then(({ tryDesktopEditor }) => tryDesktopEditor())
      : Promise.resolve({ reason: 'it was asked for' });
  const embedded = desktop.then(async (found) => {
    if ('executable' in found && !wanted('browser')) throw new Error('The embedded editor is not needed.');
    if ('reason' in found && options.editor === 'desktop')
      throw new Error(`There is no desktop VS Code: ${found.reason}.`);
    const [{ ensureBrowser }, { ensureEmbeddedEditor }] = await Promise.all([
      import('./editor/browser.mjs'),
      import('./editor/embedded.mjs'),
    ]);
    const browser = await ensureBrowser();
    return { editor: await ensureEmbeddedEditor(), browser };
  });
  embedded.catch(() => undefined); // Told by the suites that wait for it.
  return { desktop, embedded };
}

/**
 * @typedef {object} Attempt
 * @property {Map<string, import('./testing/reporter.cjs').FileResults>} files what was counted, by test file
 * @property {string} [problem] why the suite did not run as it should
 */

/**
 * Runs a suite, and the files of it that failed once more: tests of many processes can miss their moment while the machine
 * is busy with something else. What passes only then is named at the end, so that it is not lost.
 *
 * @param {string} name
 * @param {readonly string[]} files
 * @param {(files: readonly string[], results: string) => Promise<string | undefined>} runFiles
 *   returns why the suite did not come to its end as it should
 */
async function suite(name, files, runFiles) {
  const first = await attempt(name, files, runFiles);
  const failing = [...first.files].filter(([, { failures }]) => failures.length > 0).map(([file]) => file);
  const again = first.problem === undefined ? failing : files;
  let { problem } = first;
  for (const counts of first.files.values()) {
    const failed = new Set(counts.failures.map(({ title }) => title));
    unsteady.push(...counts.retried.filter((title) => !failed.has(title)).map((title) => `${name}: ${title}`));
  }
  if (built && again.length > 0) {
    console.log(`\n[${name}, once more: ${first.problem ?? failing.join(', ')}]`);
    const second = await attempt(name, again, runFiles);
    problem = second.problem;
    for (const file of failing) {
      const passed = problem === undefined && second.files.get(file)?.failures.length === 0;
      if (passed) unsteady.push(...titlesOf(name, first.files.get(file)));
    }
    if (first.problem !== undefined && problem === undefined) unsteady.push(`${name}: ${first.problem}`);
    for (const [file, counts] of second.files) first.files.set(file, counts);
  }
  for (const counts of first.files.values()) {
    total.passed += counts.passed;
    total.skipped += counts.skipped;
    total.failed += counts.failures.length;
    failures.push(...titlesOf(name, counts));
  }
  if (problem !== undefined) {
    total.failed += 1;
    failures.push(`${name}: ${problem}`);
    console.log(`  ✗ ${problem}`);
  }
}

/** @param {string} name @param {import('./testing/reporter.cjs').FileResults | undefined} counts */
function titlesOf(name, counts) {
  return (counts?.failures ?? []).map(({ title }) => `${name}: ${title}`);
}

/** @param {Parameters<typeof suite>} args @returns {Promise<Attempt>} */
async function attempt(...[name, files, runFiles]) {
  const results = resultsFile(name);
  const told = await runFiles(files, results).catch((error) => String(error.message));
  /** @type {import('./testing/reporter.cjs').SuiteResults} */
  const counted = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : { complete: false, files: {} };
  const byFile = new Map(Object.entries(counted.files).map(([path, counts]) => [testFileOf(path, files), counts]));
  // Tests that fail are counted by themselves: what a runner says of them beside that is no news.
  const someFailed = [...byFile.values()].some((counts) => counts.failures.length > 0);
  const problem = counted.complete ? (someFailed ? undefined : told) : (told ?? 'it did not come to its end');
  return { files: byFile, ...(problem === undefined ? {} : { problem }) };
}

/** The test file that was bundled to a path. @param {string} path @param {readonly string[]} files */
function testFileOf(path, files) {
  const stem = path.replaceAll('\\', '/').replace(/\.\w+$/, '');
  return files.find((file) => stem.endsWith(`/${file.replace(/\.ts$/, '')}`)) ?? path;
}

/**
 * A suite of `test/<name>` in Node.
 * @param {string} name
 * @param {{ timeout: number; env?: NodeJS.ProcessEnv; retries?: number }} settings
 *   `retries`: how often a test that fails is tried again at once
 */
async function nodeSuite(name, { retries, ...settings }) {
  console.log(`\n[${name}]`);
  const more = [
    ...(retries === undefined ? [] : ['--retries', String(retries)]),
    ...(verbose ? ['--reporter-option', 'verbose=true'] : []),
    ...(options.grep ? ['--grep', options.grep] : []),
  ];
  await suite(name, testFiles(name), async (files, results) => {
    if (!built) return notBuilt;
    const reporter = ['--reporter', join(root, 'scripts/testing/reporter.cjs')];
    const mochaOptions = [...reporter, '--reporter-option', `results=${results}`, ...more];
    const code = await runInNode(name, files, { mochaOptions, ...settings });
    return code === 0 ? undefined : `mocha ended with code ${code}`;
  });
}

/** @param {NonNullable<typeof editors>} prepared */
async function editorSuites({ desktop, embedded }) {
  const { runInEditor } = await import('./testing/editor-suite.mjs');
  const { embeddedVersion } = await import('./editor/embedded.mjs');
  const files = testFiles('editor');
  const restricted = files.filter((file) => file.startsWith('restricted/'));
  const suites = [
    { name: 'editor', trusted: true, files: files.filter((file) => !restricted.includes(file)) },
    { name: 'editor-restricted', trusted: false, files: restricted },
  ];
  for (const { name, trusted, files } of suites.filter((each) => each.files.length > 0)) {
    console.log(`\n[${name}]`);
    await suite(name, files, async (some, results) => {
      if (!built) return notBuilt;
      const found = await desktop;
      const told =
        'executable' in found
          ? `desktop VS Code, downloaded by @vscode/test-electron (${found.executable})`
          : `the embedded VS Code ${embeddedVersion}, because ${found.reason}`;
      const editor =
        'executable' in found
          ? /** @type {const} */ ({ kind: 'desktop', executable: found.executable })
          : /** @type {const} */ ({ kind: 'embedded', ...(await embedded) });
      console.log(`  in ${told}`);
      return runInEditor(editor, { name, trusted, files: some, folder: 'editor', ...mocha, results, verbose });
    });
  }
}

/** @param {NonNullable<typeof editors>} prepared */
async function browserTests({ embedded }) {
  const { packageExtension } = await import('./tools/vsix.mjs');
  const env = await (async () => {
    if (!built) throw new Error(notBuilt);
    const { browser } = await embedded;
    return { ...process.env, MARGINALIA_BROWSER: browser, MARGINALIA_VSIX: await packageExtension() };
  })().catch((error) => String(error.message));
  if (typeof env === 'string') {
    console.log('\n[browser]');
    total.failed += 1;
    failures.push(`browser: ${env}`);
    console.log(`  ✗ ${env}`);
  } else {
    // A window misses a key or a click where the machine halts for a moment, which is the machine's doing and is told.
    await nodeSuite('browser', { timeout: 120_000, env, retries: 1 });
  }
}
