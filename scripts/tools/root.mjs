import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The repository's folder. Looked up rather than counted in `..`, because tests bundle these modules into `out/`. */
export const root = findRoot(import.meta.dirname);

/** Where editors, their data and other downloads are kept; git ignores it. */
export const cacheFolder = join(root, '.vscode-test');

/** The cache of the product in tests, for all of them: what was set up for the person who works here stays out of it. */
export const productCache = process.env['MARGINALIA_CACHE'] ?? join(cacheFolder, 'product');

/** Where everything that a test or build run leaves behind goes; git ignores it. */
export const outFolder = join(root, 'out');

/** @param {string} from @returns {string} */
function findRoot(from) {
  const manifest = join(from, 'package.json');
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'marginalia') return from;
  const parent = dirname(from);
  if (parent === from)
    throw new Error('No folder above holds the package.json of marginalia. Run this inside the repository.');
  return findRoot(parent);
}
