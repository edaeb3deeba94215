import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { withLock } from '../../../scripts/tools/lock.mjs';

describe('the lock of the build scripts', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'marginalia-lock-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('lets one process after another in', async () => {
    const journal = join(folder, 'journal');
    const script = `
      import { appendFileSync } from 'node:fs';
      import { setTimeout as wait } from 'node:timers/promises';
      const { withLock } = await import(process.argv[1]);
      await withLock(process.argv[2], 'testing', async () => {
        appendFileSync(process.argv[3], 'in\\n');
        await wait(100);
        appendFileSync(process.argv[3], 'out\\n');
      });`;
    const module = resolve('scripts/tools/lock.mjs');
    const codes = await Promise.all(
      [1, 2, 3].map(
        () =>
          new Promise((settle) =>
            spawn(process.execPath, ['--input-type=module', '-e', script, module, join(folder, 'lock'), journal]).once(
              'exit',
              settle,
            ),
          ),
      ),
    );
    assert.deepEqual(codes, [0, 0, 0]);
    assert.equal(readFileSync(journal, 'utf8'), 'in\nout\n'.repeat(3));
  });

  it('does not wait for a process that died with the lock', async () => {
    const file = join(folder, 'lock');
    const dead = spawn(process.execPath, ['-e', '0']);
    await new Promise((settle) => dead.once('exit', settle));
    writeFileSync(file, String(dead.pid));
    assert.equal(await withLock(file, 'testing', () => Promise.resolve('done')), 'done');
    assert.ok(!existsSync(file));
  });

  it('is free again after a step that failed', async () => {
    const file = join(folder, 'lock');
    await assert.rejects(
      withLock(file, 'testing', () => Promise.reject(new Error('no'))),
      /^Error: no$/,
    );
    assert.ok(!existsSync(file));
  });
});
