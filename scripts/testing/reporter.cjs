/**
 * Mocha reporter of all our suites: one line a test file while it runs, failures in full, and at the end a file with the
 * counts. Written as it goes, so that a suite that is killed still tells how far it came.
 *
 * Options: `results` (file to write), `verbose` (`true`: one line a test), `log` (function that prints a line).
 */
'use strict';
const { writeFileSync } = require('node:fs');
const { basename } = require('node:path');

/**
 * @typedef {object} FileResults
 * @property {number} passed
 * @property {number} skipped
 * @property {{ title: string; message: string }[]} failures
 * @property {string[]} retried titles of tests that failed and were tried again at once
 */

/**
 * @typedef {object} SuiteResults
 * @property {boolean} complete whether the suite came to its end
 * @property {Record<string, FileResults>} files by the path of the file as it was run
 */

module.exports = class Reporter {
  /**
   * @param {import('mocha').Runner} runner
   * @param {import('mocha').MochaOptions} options
   */
  constructor(runner, { reporterOptions }) {
    const { results: file, verbose, log = console.log } = reporterOptions;
    /** @type {SuiteResults} */
    const results = { complete: false, files: {} };
    const write = () => writeFileSync(file, JSON.stringify(results));
    write();

    let current = { name: '', passed: 0, failed: 0, started: 0 };
    const close = () => {
      if (!current.name) return;
      const seconds = ((Date.now() - current.started) / 1000).toFixed(1);
      const failed = current.failed > 0 ? `, ${current.failed} failed` : '';
      log(`  ${current.failed > 0 ? '✗' : '✓'} ${current.name}: ${current.passed} passed${failed} (${seconds} s)`);
    };
    const enter = (/** @type {import('mocha').Runnable} */ test) => {
      const file = test.file ?? 'tests';
      const name = basename(file).replace(/\.test\.\w+$/, '');
      if (name !== current.name) {
        close();
        current = { name, passed: 0, failed: 0, started: Date.now() };
      }
      return (results.files[file] ??= { passed: 0, skipped: 0, failures: [], retried: [] });
    };

    runner.on('test', enter);
    runner.on('pass', (test) => {
      enter(test).passed += 1;
      current.passed += 1;
      if (verbose) log(`    ✓ ${test.fullTitle()} (${test.duration} ms)`);
      write();
    });
    runner.on('pending', (test) => {
      enter(test).skipped += 1;
      log(`    – ${test.fullTitle()}: not run`);
      write();
    });
    runner.on('retry', (test, error) => {
      enter(test).retried.push(test.fullTitle());
      log(
        `    ↻ ${test.fullTitle()}: tried again after\n${String(error.stack || error.message).replace(/^/gm, '        ')}`,
      );
      write();
    });
    // Also hooks that fail: mocha does not count those as tests, and leaves out the tests they stand before.
    runner.on('fail', (test, /** @type {Partial<Error> & { actual?: unknown; expected?: unknown }} */ error) => {
      const counts = enter(test);
      current.failed += 1;
      const message = String(error.stack || error.message || error);
      const difference = error.actual !== undefined && error.expected !== undefined && !message.includes('+ actual');
      const values = difference ? `\nexpected: ${show(error.expected)}\nactual:   ${show(error.actual)}` : '';
      counts.failures.push({ title: test.fullTitle(), message: message + values });
      log(`    ✗ ${test.fullTitle()}\n${(message + values).replace(/^/gm, '        ')}`);
      write();
    });
    runner.on('end', () => {
      close();
      results.complete = true;
      write();
    });
  }
};

/** @param {unknown} value @returns {string} */
function show(value) {
  try {
    return JSON.stringify(value)?.slice(0, 500) ?? String(value);
  } catch {
    return String(value);
  }
}
