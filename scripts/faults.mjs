/**
 * Causes faults again and again and looks whether anything is lost: `npm run test:faults [-- --count 20] [part of a path …]`.
 * `npm test` causes each of them once.
 */
import { parseArgs } from 'node:util';
import { ensureBuilt } from './tools/build.mjs';
import { ensureDependencies, requireNode } from './tools/dependencies.mjs';

requireNode();
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string', default: '20' } },
});
if (!/^[1-9]\d*$/.test(options.count)) {
  console.error('--count takes a whole number of at least 1.');
  process.exit(1);
}
await ensureDependencies();
await ensureBuilt();
const [{ testFiles }, { runInNode }] = await Promise.all([
  import('./testing/bundle.mjs'),
  import('./testing/node-suite.mjs'),
]);
const env = { ...process.env, MARGINALIA_FAULTS: options.count };
process.exit(await runInNode('faults', testFiles('faults', positionals), { mochaOptions: [], timeout: 120_000, env }));
