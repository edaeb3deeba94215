import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { during } from './progress.mjs';
import { must } from './processes.mjs';
import { root } from './root.mjs';

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

/** Says what to do where Node is too old for the scripts and the product. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(
    `Marginalia needs Node 20.19 or newer; this is ${process.version}. Install a newer one and run the command again.`,
  );
  process.exit(1);
}

/** Installs what package-lock.json says where node_modules is missing or says something else. */
export async function ensureDependencies() {
  const reason = whyInstall();
  if (!reason) return;
  await during(`Installing packages (${reason})`, (detail) => must(npm, ['ci'], { cwd: root, onLine: detail }));
}

/** @returns {string | undefined} */
function whyInstall() {
  const installedFile = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installedFile)) return 'node_modules is missing';
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '' || entry.optional || entry.link || entry.peer) continue;
    if (installed[path]?.version !== entry.version)
      return `${path.replace(/^node_modules\//, '')} ${entry.version} is not there`;
  }
  return undefined;
}
