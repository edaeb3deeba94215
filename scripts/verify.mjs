/**
 * Verifies the methods whose verdict is missing or stale, or those that are named, and writes what was found:
 * `npm run verify [-- <id> …] [-- --jobs 2]`. It can be interrupted, and goes on where it was.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt } from './tools/build.mjs';
import { ensureDependencies, requireNode } from './tools/dependencies.mjs';
import { productCache, root } from './tools/root.mjs';

requireNode();
await ensureDependencies();
await ensureBuilt();
const node = (/** @type {string[]} */ ...args) =>
  spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, MARGINALIA_CACHE: productCache },
  }).status ?? 1;
const record = join('snippets', 'verdicts.json');
const code = node('dist/cli.js', 'verify', '--sabotage', '--record', record, ...process.argv.slice(2));
// What was found is part of what is built, and of the pages.
await ensureBuilt();
process.exit(node('scripts/build/verdicts.mjs') || code);
