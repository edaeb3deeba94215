import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashFiles } from './hash.mjs';
import { must } from './processes.mjs';
import { during } from './progress.mjs';
import { root } from './root.mjs';

/** Everything that `dist/` is made from. */
const inputs = [
  'esbuild.mjs',
  'package.json',
  'package-lock.json',
  'scripts/build',
  'snippets',
  'src',
  'tsconfig.json',
];

/** @returns {string} what tells one state of the inputs from another */
export function stateOfInputs() {
  return `${process.platform}-${process.arch} ${hashFiles(root, inputs)}`;
}

/** @param {string} state @returns {boolean} whether `dist/` was made from inputs in this state */
export function isBuiltFrom(state) {
  const stamp = join(root, 'dist/.inputs');
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === state;
}

/** Notes in a finished build what it was made from. @param {string} folder @param {string} state */
export function noteBuiltFrom(folder, state) {
  writeFileSync(join(folder, '.inputs'), state);
}

/** Builds `dist/` unless it was made from just these inputs. */
export async function ensureBuilt() {
  if (isBuiltFrom(stateOfInputs())) return;
  await during('Building', (detail) =>
    must(process.execPath, ['esbuild.mjs', '--if-changed'], { cwd: root, onLine: detail }),
  );
}
