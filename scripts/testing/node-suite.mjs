import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { start } from '../tools/processes.mjs';
import { outFolder, productCache, root } from '../tools/root.mjs';
import { bundleTests } from './bundle.mjs';

/**
 * Runs test files with mocha in a Node process of their own.
 * @param {string} folder below `test/`
 * @param {readonly string[]} files relative to it
 * @param {{ mochaOptions: readonly string[]; timeout: number; env?: NodeJS.ProcessEnv }} options
 *   `timeout`: milliseconds that one test may take
 * @returns {Promise<number>} mocha's exit code
 */
export async function runInNode(folder, files, { mochaOptions, timeout, env }) {
  // A folder of its own, so that two rounds side by side do not disturb each other.
  const bundles = await bundleTests(folder, files, { name: `${folder}-${process.pid}`, format: 'esm' });
  try {
    const mocha = start(
      process.execPath,
      [
        '--enable-source-maps',
        join(root, 'node_modules/mocha/bin/mocha.js'),
        ...['--timeout', String(timeout)],
        ...mochaOptions,
        ...bundles.files,
      ],
      {
        cwd: root,
        env: { ...(env ?? process.env), MARGINALIA_CACHE: productCache },
        stdio: ['ignore', 'inherit', 'inherit'],
      },
    );
    return await new Promise((resolve, reject) => {
      mocha.once('error', reject);
      mocha.once('exit', (code, signal) => resolve(signal ? 1 : (code ?? 1)));
    });
  } finally {
    bundles.remove();
  }
}

/** @param {string} suite @returns {string} the file that our reporter writes a suite's results to; gone until it does */
export function resultsFile(suite) {
  const file = join(outFolder, 'results', `${suite}.json`);
  mkdirSync(join(outFolder, 'results'), { recursive: true });
  rmSync(file, { force: true });
  return file;
}
