/** Runs a suite inside the extension host of a real VS Code, downloaded or embedded. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { launchBrowser } from '../editor/browser.mjs';
import { serveEditor } from '../editor/server.mjs';
import { endMarkedProcesses } from '../tools/processes.mjs';
import { outFolder, productCache, root } from '../tools/root.mjs';
import { bundleTests } from './bundle.mjs';

/**
 * @typedef {object} Plan what `host-entry.cjs` is to do
 * @property {readonly string[]} files bundles
 * @property {string} results file for the counts
 * @property {string} log file for the lines that a person reads
 * @property {number} timeout milliseconds that one test may take
 * @property {boolean} verbose
 * @property {string} [grep]
 */

/**
 * @typedef {{ kind: 'embedded'; editor: import('../editor/embedded.mjs').EmbeddedEditor; browser: string }
 *   | { kind: 'desktop'; executable: string }} TestEditor
 */

/** Longest that a whole suite may take. */
const limit = 15 * 60_000;
const entry = join(root, 'scripts/testing/host-entry.cjs');

/**
 * @param {TestEditor} testEditor
 * @param {object} suite
 * @param {string} suite.name
 * @param {'editor' | 'bench'} suite.folder below `test/`
 * @param {readonly string[]} suite.files relative to the folder
 * @param {boolean} suite.trusted
 * @param {string} suite.results
 * @param {boolean} suite.verbose
 * @param {string} [suite.grep]
 * @param {string} [suite.extension] folder of the extension; default: this project's
 * @returns {Promise<string | undefined>} why the suite did not come to its end, where it did not
 */
export async function runInEditor(testEditor, suite) {
  const folder = join(outFolder, 'editor', suite.name);
  rmSync(folder, { recursive: true, force: true });
  const workspace = join(folder, 'workspace');
  cpSync(join(root, 'test/workspaces/sample'), workspace, { recursive: true });
  const bundles = await bundleTests(suite.folder, suite.files, { name: `editor/${suite.name}/tests`, format: 'cjs' });
  const planFile = join(folder, 'plan.json');
  /** @type {Plan} */
  const plan = {
    files: bundles.files,
    results: suite.results,
    log: join(folder, 'tests.log'),
    timeout: 60_000,
    verbose: suite.verbose,
    ...(suite.grep ? { grep: suite.grep } : {}),
  };
  writeFileSync(planFile, JSON.stringify(plan));
  writeFileSync(plan.log, '');
  const env = { ...process.env, MARGINALIA_CACHE: productCache, MARGINALIA_TEST_PLAN: planFile };
  const stopShowing = showGrowth(plan.log);
  try {
    return testEditor.kind === 'desktop'
      ? await runOnDesktop(testEditor.executable, {
          folder,
          workspace,
          env,
          trusted: suite.trusted,
          extension: suite.extension ?? root,
        })
      : await runEmbedded(testEditor, {
          folder,
          workspace,
          env,
          trusted: suite.trusted,
          extension: suite.extension ?? root,
        });
  } finally {
    stopShowing();
    const left = endMarkedProcesses(`MARGINALIA_TEST_PLAN=${planFile}`);
    if (left.length > 0) console.log(`  Left running by the suite, ended now:\n    ${left.join('\n    ')}`);
  }
}

/**
 * @typedef {{ folder: string; workspace: string; env: NodeJS.ProcessEnv; trusted: boolean; extension: string }} Window
 */

/** @param {string} executable @param {Window} window */
async function runOnDesktop(executable, { folder, workspace, env, trusted, extension }) {
  const { runTests } = await import('@vscode/test-electron');
  try {
    const code = await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: extension,
      extensionTestsPath: entry,
      extensionTestsEnv: env,
      launchArgs: [
        workspace,
        '--disable-extensions',
        '--disable-gpu',
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        ...(trusted ? ['--disable-workspace-trust'] : []),
        ...['--user-data-dir', join(folder, 'data'), '--extensions-dir', join(folder, 'extensions')],
      ],
    });
    return code === 0 ? undefined : `the editor ended with code ${code}`;
  } catch (error) {
    return `the editor ended: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * @param {Extract<TestEditor, { kind: 'embedded' }>} testEditor
 * @param {Window} window
 */
async function runEmbedded({ editor, browser: program }, { folder, workspace, env, trusted, extension }) {
  const served = await serveEditor(editor, { folder, trusted, development: true, env });
  const browser = await launchBrowser(program);
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    /** @type {string[]} */
    const consoleLines = [];
    page.on('console', (message) => consoleLines.push(`${message.type()}: ${message.text()}`));
    const ended = new Promise((resolve) => {
      void page.exposeFunction('codeAutomationExit', (/** @type {number} */ code) => resolve(code));
      page.on('crash', () => resolve('the window crashed'));
      void served.ended.then(() => resolve('the editor server ended'));
    });
    await page.exposeFunction('codeAutomationLog', (/** @type {string} */ type, /** @type {unknown[]} */ args) => {
      consoleLines.push(`${type}: ${args.map(String).join(' ')}`);
    });
    const uri = (/** @type {string} */ path) => `vscode-remote://127.0.0.1:${served.port}${path}`;
    const payload = [
      ['extensionDevelopmentPath', uri(extension)],
      ['extensionTestsPath', uri(entry)],
      ['skipWelcome', 'true'],
    ];
    const address = new URL(served.address);
    address.searchParams.set('folder', workspace);
    address.searchParams.set('payload', JSON.stringify(payload));
    await page.goto(address.href);
    const outcome = await Promise.race([ended, wait(limit, `no end after ${limit / 60_000} minutes`, { ref: false })]);
    if (outcome !== 0) await page.screenshot({ path: join(folder, 'at-the-end.png') }).catch(() => undefined);
    writeFileSync(join(folder, 'window.log'), consoleLines.join('\n'));
    if (outcome === 0) return undefined;
    return typeof outcome === 'number' ? `the editor ended with code ${outcome}` : String(outcome);
  } finally {
    await browser.close();
    await served.stop();
    collectLogs(join(folder, 'data/data/logs'), join(folder, 'logs'));
  }
}

/** Prints what is added to a file. @param {string} file @returns {() => void} */
function showGrowth(file) {
  let shown = 0;
  const show = () => {
    const text = readFileSync(file, 'utf8');
    if (text.length > shown) process.stdout.write(text.slice(shown));
    shown = text.length;
  };
  const timer = setInterval(show, 200);
  return () => {
    clearInterval(timer);
    show();
  };
}

/** Copies the editor's own logs, whose folder names hold the time, to where a person looks. @param {string} from @param {string} to */
function collectLogs(from, to) {
  if (!existsSync(from)) return;
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from, { recursive: true }).map(String)) {
    const path = join(from, name);
    if (statSync(path).isFile() && statSync(path).size > 0) {
      cpSync(path, join(to, name.replaceAll(/[\\/]/g, '-').replace(/^\d{8}T\d{6}-/, '')));
    }
  }
}
