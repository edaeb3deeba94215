import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './root.mjs';

/**
 * Keeps what takes seconds to make for as long as nothing that goes into it changes. Another build may be doing the same at
 * this moment: the file appears whole, and what is older goes.
 *
 * @param {string} name folder below `out/cache`
 * @param {string} file named after a hash of everything that goes into it
 * @param {() => Promise<string | Uint8Array>} make
 * @returns {Promise<Buffer>}
 */
export async function kept(name, file, make) {
  const folder = join(root, 'out/cache', name);
  const known = await readFile(join(folder, file)).catch(() => undefined);
  if (known) return known;
  const made = Buffer.from(await make());
  await mkdir(folder, { recursive: true });
  const older = (await readdir(folder)).filter((entry) => !entry.endsWith('.draft'));
  const draft = join(folder, `${process.pid}.draft`);
  await writeFile(draft, made);
  await rename(draft, join(folder, file));
  await Promise.all(older.map((entry) => rm(join(folder, entry), { force: true })));
  return made;
}
