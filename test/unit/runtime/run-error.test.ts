import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { causeOfDeath } from '../../../src/runtime/runs/trial-process.ts';
import { parseFrame, toRunError } from '../../../src/runtime/trial/run-error.ts';

const thrown = (name: string, message: string, ...frames: string[]): Error => {
  const error = new Error(message);
  error.name = name;
  error.stack = `${name}: ${message}\n${frames.map((frame) => `    at ${frame}`).join('\n')}`;
  return error;
};

describe('an error of an experiment', () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'my (old) papers '))));
  after(() => rm(folder, { recursive: true }));

  it("has the innermost place in the user's own code, and a stack without ours", async () => {
    const file = join(folder, 'ex: 1.ts');
    await writeFile(file, '');
    const error = thrown(
      'TypeError',
      'no',
      'matMul (/opt/marginalia/dist/backends.cjs:1:200)',
      'solve (/u/node_modules/solver/index.js:10:3)',
      // Where a package's source map says that its source would be.
      'multiply (/u/solver/src/multiply.ts:4:5)',
      `async Object.trial (${file}:12:34)`,
      'node:internal/process/task_queues:95:5',
      'perform (/opt/marginalia/dist/trial.cjs:9:9)',
    );
    assert.deepEqual(toRunError(error, 'exception', '/opt/marginalia/dist'), {
      kind: 'exception',
      message: 'TypeError: no',
      stack: [
        '    at solve (/u/node_modules/solver/index.js:10:3)',
        '    at multiply (/u/solver/src/multiply.ts:4:5)',
        `    at async Object.trial (${file}:12:34)`,
      ].join('\n'),
      file,
      line: 12,
      column: 34,
    });
  });

  it('has no place where nothing is known', () => {
    assert.deepEqual(toRunError(thrown('Error', 'lost'), 'exception', '/dist'), { kind: 'exception', message: 'lost' });
    assert.deepEqual(toRunError({ code: 7 }, 'exception', '/dist'), {
      kind: 'exception',
      message: 'A value that is not an Error was thrown: { code: 7 }',
    });
  });

  it('is found in every form of a frame', () => {
    const place = { file: '/a b/c.ts', line: 3, column: 7 };
    for (const frame of [
      'f (/a b/c.ts:3:7)',
      '/a b/c.ts:3:7',
      'async /a b/c.ts:3:7',
      'new X (file:///a%20b/c.ts:3:7)',
      'async Promise.all (index 0)',
    ]) {
      assert.deepEqual(parseFrame(`    at ${frame}`), frame.includes('index') ? undefined : place, frame);
    }
    assert.equal(parseFrame('TypeError: no'), undefined);
  });
});

describe('the end of a trial process', () => {
  it('is told apart by its last words', () => {
    const abort =
      'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n----- Native stack trace -----';
    assert.deepEqual(
      [causeOfDeath(null, 'SIGABRT', abort)[0].kind, causeOfDeath(null, 'SIGABRT', abort)[1]],
      ['memory', false],
    );
    const [killed, mayRetry] = causeOfDeath(null, 'SIGKILL', '');
    assert.equal(mayRetry, true);
    assert.equal(killed.kind, 'killed');
    assert.match(killed.message, /SIGKILL/);
    assert.match(causeOfDeath(139, null, '')[0].message, /exit code 139/);
  });
});
