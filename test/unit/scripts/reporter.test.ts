import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

interface FileResults {
  passed: number;
  skipped: number;
  failures: { title: string; message: string }[];
  retried: string[];
}

/** Runs a suite of one file under our reporter. */
function report(suite: string): FileResults & { complete: boolean } {
  const folder = mkdtempSync(join(tmpdir(), 'marginalia-reporter-'));
  try {
    const file = join(folder, 'some.test.cjs');
    const results = join(folder, 'results.json');
    writeFileSync(file, suite);
    const mocha = resolve('node_modules/mocha/bin/mocha.js');
    const reporter = ['--reporter', resolve('scripts/testing/reporter.cjs'), '--reporter-option', `results=${results}`];
    spawnSync(process.execPath, [mocha, ...reporter, file]);
    const { complete, files } = JSON.parse(readFileSync(results, 'utf8')) as {
      complete: boolean;
      files: Record<string, FileResults>;
    };
    assert.deepEqual(Object.keys(files), [file]);
    return { complete, ...files[file]! };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('the reporter that counts our suites', () => {
  it('counts what passed, what failed and what was left out', () => {
    const results = report(`
      describe('some', () => {
        it('passes', () => {});
        it('passes too', () => {});
        it('fails', () => require('node:assert').equal(1, 2));
        it('is left out', function () { this.skip(); }); // To be counted.
      });`);
    const { failures, ...counts } = results;
    assert.deepEqual(counts, { complete: true, passed: 2, skipped: 1, retried: [] });
    assert.equal(failures.length, 1);
    assert.equal(failures[0]!.title, 'some fails');
    assert.match(failures[0]!.message, /1 !== 2|1 == 2/);
  });

  it('tells what passed only at a second try', () => {
    const { passed, failures, retried } = report(`
      let tries = 0;
      describe('some', function () {
        this.retries(1);
        it('passes', () => {});
        it('passes later', () => require('node:assert').equal(++tries, 2));
        it('never passes', () => require('node:assert').equal(1, 2));
      });`);
    assert.equal(passed, 2);
    assert.deepEqual(
      failures.map(({ title }) => title),
      ['some never passes'],
    );
    assert.deepEqual(retried, ['some passes later', 'some never passes']);
  });

  it('counts a hook that fails, though mocha runs no test after it', () => {
    const { complete, passed, failures } = report(`
      describe('some', () => {
        before(() => { throw new Error('not ready'); });
        it('never runs', () => {});
      });`);
    assert.deepEqual({ complete, passed }, { complete: true, passed: 0 });
    assert.match(failures[0]!.title, /"before all" hook/);
  });

  it('tells a suite that came to its end from one that was cut off', () => {
    const { complete, passed } = report(`
      describe('some', () => {
        it('passes', () => {});
        it('ends the process', () => process.exit(0));
        it('never runs', () => {});
      });`);
    assert.deepEqual({ complete, passed }, { complete: false, passed: 1 });
  });
});
