import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { hashFiles } from './hash.mjs';
import { withLock } from './lock.mjs';
import { must } from './processes.mjs';
import { during } from './progress.mjs';
import { cacheFolder, outFolder, root } from './root.mjs';

/** What a person receives; of folders only what `ships` lets through. */
const contents = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'dist', 'media', 'snippets'];

/** @param {string} path */
function ships(path) {
  const name = basename(path);
  if (path.startsWith(join(root, 'dist'))) return !name.endsWith('.map') && name !== '.inputs';
  if (path.startsWith(join(root, 'snippets'))) return !name.includes('.') || name === 'experiment.ts';
  return true;
}

/**
 * Packages the extension for this platform, unless the package at hand is of just these files.
 * @returns {Promise<string>} path of the `.vsix`
 */
export async function packageExtension() {
  await ensureBuilt();
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const target = `${process.platform}-${process.arch}`;
  const vsix = join(outFolder, `marginalia-${version}-${target}.vsix`);
  await withLock(join(cacheFolder, 'package.lock'), 'packaging', async () => {
    const hash = hashFiles(root, contents);
    const stamp = `${vsix}.inputs`;
    if (existsSync(vsix) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
    // Packaged from a copy of what ships: the tool would otherwise walk all that lies in the repository's folder.
    const staging = join(outFolder, 'package');
    rmSync(staging, { recursive: true, force: true });
    mkdirSync(staging, { recursive: true });
    for (const path of contents) {
      if (existsSync(join(root, path)))
        cpSync(join(root, path), join(staging, path), { recursive: true, filter: ships });
    }
    await during('Packaging the extension', () =>
      must(
        process.execPath,
        [
          join(root, 'node_modules/@vscode/vsce/vsce'),
          'package',
          ...['--no-dependencies', '--no-rewrite-relative-links', '--allow-missing-repository'],
          ...['--target', target, '--out', vsix],
        ],
        { cwd: staging },
      ),
    );
    writeFileSync(stamp, hash);
  });
  return vsix;
}
