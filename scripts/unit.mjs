/**
 * Bundles and runs the unit tests: `node scripts/unit.mjs [part of a path …] [-- mocha options]`.
 * Without arguments all of `test/unit`. Tests that start processes need a built `dist/`.
 */
import { testFiles } from './testing/bundle.mjs';
import { runInNode } from './testing/node-suite.mjs';

const split = process.argv.indexOf('--');
const wanted = process.argv.slice(2, split < 0 ? undefined : split);
const mochaOptions = split < 0 ? [] : process.argv.slice(split + 1);

const files = testFiles('unit', wanted);
if (files.length === 0) {
  console.error(`No unit test matches ${wanted.join(', ')}.`);
  process.exit(1);
}
process.exit(await runInNode('unit', files, { mochaOptions, timeout: 20_000 }));
