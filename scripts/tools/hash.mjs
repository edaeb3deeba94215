import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Hash over the paths and contents of files and of everything in folders.
 * @param {string} base
 * @param {readonly string[]} paths relative to `base`; what does not exist counts as empty
 * @returns {string} SHA-256, hexadecimal
 */
export function hashFiles(base, paths) {
  const hash = createHash('sha256');
  for (const path of paths) visit(path);
  return hash.digest('hex');

  /** @param {string} path */
  function visit(path) {
    const stats = statSync(join(base, path), { throwIfNoEntry: false });
    if (!stats) return;
    if (stats.isDirectory()) {
      for (const name of readdirSync(join(base, path)).sort()) visit(`${path}/${name}`);
      return;
    }
    hash.update(`${path}\0${stats.size}\0`).update(readFileSync(join(base, path)));
  }
}
