/**
 * Measures: `npm run bench [-- <part of a name> …] [--write]`. Runs `test/bench/*.bench.ts` one after another and prints a
 * table; `--write` also keeps it as docs/measurements.md. Timings are no tests: nothing fails here for being slow.
 */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './tools/build.mjs';
import { ensureDependencies, requireNode } from './tools/dependencies.mjs';
import { during } from './tools/progress.mjs';
import { outFolder, root } from './tools/root.mjs';

requireNode();
const { values: options, positionals } = parseArgs({ allowPositionals: true, options: { write: { type: 'boolean' } } });
const files = readdirSync(join(root, 'test/bench'))
  .filter((file) => file.endsWith('.bench.ts'))
  .filter((file) => positionals.length === 0 || positionals.some((part) => file.includes(part)))
  .sort();
if (files.length === 0) {
  console.error(`No bench matches ${positionals.join(', ')}.`);
  process.exit(1);
}
if (options.write && positionals.length > 0) {
  console.error('--write keeps the whole table: run it without naming benches.');
  process.exit(1);
}

// Node reads these at every start, which has nothing to do with what is measured and takes longer than the start itself.
delete process.env.NODE_EXTRA_CA_CERTS;

await ensureDependencies();
await ensureBuilt();
const { build } = await import('esbuild');
const { kernelPlugin } = await import('./build/kernel.mjs');
const outdir = join(outFolder, `bench-${process.pid}`);
/** @type {import('../test/bench/bench-row.ts').BenchRow[]} */
const rows = [];
try {
  await build({
    absWorkingDir: root,
    entryPoints: files.map((file) => join('test/bench', file)),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    plugins: [kernelPlugin()],
    alias: { marginalia: join(root, 'src/runtime/sdk/index.ts') },
    logLevel: 'warning',
  });
  for (const file of files) {
    const { bench } = await import(pathToFileURL(join(outdir, file.replace(/\.ts$/, '.mjs'))).href);
    rows.push(...(await during(`[${file.replace('.bench.ts', '')}]`, bench)));
  }
} finally {
  rmSync(outdir, { recursive: true, force: true });
}

const heading = ['what', 'measured', 'aim', 'beside it, in the same run', 'how'];
const table = rows.map(({ name, value, unit, aim, against, note }) => [
  name,
  `${round(value)} ${unit}`,
  aim === undefined ? '' : `under ${aim} ${unit}`,
  against ? `${against.name}: ${round(against.value)} ${unit} (ratio ${round(value / against.value)})` : '',
  note,
]);
const widths = heading.map((title, column) => Math.max(title.length, ...table.map((row) => row[column]?.length ?? 0)));
const lines = [heading, widths.map((width) => '-'.repeat(width)), ...table].map(
  (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
);
console.log(`\n${lines.join('\n')}`);

if (options.write) {
  const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform}, Node ${process.versions.node}`;
  writeFileSync(
    join(root, 'docs/measurements.md'),
    `# Measurements\n\nWritten by \`npm run bench -- --write\` on ${new Date().toISOString().slice(0, 10)}: ${machine}.\n\n${lines.join('\n')}\n`,
  );
  console.log('\nWritten to docs/measurements.md.');
}
process.exit(0);

/** @param {number} value @returns {string} three significant digits */
function round(value) {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
