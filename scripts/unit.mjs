/**
 * Bundles and runs the unit tests: `node scripts/unit.mjs [part of a path …] [-- mocha options]`.
 * Without arguments all of `test/unit`. Tests that start processes need a built `dist/`.
 */
import * as esbuild from 'esbuild';
import { spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const split = process.argv.indexOf('--');
const wanted = process.argv.slice(2, split < 0 ? undefined : split);
const mochaOptions = split < 0 ? [] : process.argv.slice(split + 1);

const files = readdirSync(join(root, 'test/unit'), { recursive: true })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.test.ts') && (wanted.length === 0 || wanted.some((part) => file.includes(part))))
  .sort();
if (files.length === 0) {
  console.error(`No unit test matches ${wanted.join(', ')}.`);
  process.exit(1);
}

// A run of its own folder, so that two runs side by side do not disturb each other.
const outdir = join(root, 'out', `unit-${process.pid}`);
await esbuild.build({
  absWorkingDir: root,
  entryPoints: files.map((file) => join('test/unit', file)),
  outbase: 'test/unit',
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: 'linked',
  packages: 'external',
  alias: { marginalia: join(root, 'src/runtime/sdk/index.ts') },
  logLevel: 'warning',
});
const mocha = spawn(
  process.execPath,
  [
    '--enable-source-maps',
    join(root, 'node_modules/mocha/bin/mocha.js'),
    '--timeout',
    '20000',
    ...mochaOptions,
    ...files.map((file) => join(outdir, file.replace(/\.ts$/, '.mjs'))),
  ],
  { cwd: root, stdio: 'inherit' },
);
mocha.on('exit', (code, signal) => {
  rmSync(outdir, { recursive: true, force: true });
  process.exit(signal ? 1 : (code ?? 1));
});
