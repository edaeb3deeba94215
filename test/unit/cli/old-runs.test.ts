import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRunWriter } from '../../../src/runtime/runs/run-writer.ts';
import { sampleRecord } from '../runtime/sample-events.ts';
import { marginalia, withFolder } from './marginalia.ts';

/** A workspace with two runs that ended, `first` and `second`. */
function withRuns(use: (folder: string, runs: string) => Promise<void>): Promise<void> {
  return withFolder(async (folder) => {
    const runs = join(folder, '.marginalia', 'runs');
    for (const [id, rate] of [
      ['first', 1],
      ['second', 2],
    ] as const) {
      const writer = createRunWriter(join(runs, id), { ...sampleRecord, id, name: 'rex', params: { rate } });
      writer.event({ type: 'started', pid: 1 });
      writer.end('completed');
    }
    await use(folder, runs);
  });
}

describe('old runs in a terminal', () => {
  it('are named, tagged and noted on, and found by their tags', () =>
    withRuns(async (folder) => {
      const args = ['label', 'first', '--name', 'the good one', '--tag', 'keep', '--tag', 'x', '--note', 'why'];
      assert.equal((await marginalia(args, folder)).code, 0);
      const { stdout } = await marginalia(['label', 'first', '--untag', 'x', '--json'], folder);
      assert.deepEqual(JSON.parse(stdout), { name: 'the good one', tags: ['keep'], note: 'why' });
      const listed = await marginalia(['runs', '--tag', 'keep', '--json'], folder);
      const runs = JSON.parse(listed.stdout) as { id: string; name: string; tags: string[]; note: string }[];
      assert.deepEqual(
        runs.map(({ id, name, tags, note }) => ({ id, name, tags, note })),
        [{ id: 'first', name: 'the good one', tags: ['keep'], note: 'why' }],
      );
      assert.match((await marginalia(['runs'], folder)).stdout, /^first .*the good one.*#keep$/m);
      assert.match((await marginalia(['runs', '--tag', 'lose'], folder)).stdout, /no run tagged lose/);
    }));

  it('are compared', () =>
    withRuns(async (folder) => {
      const { stdout, code } = await marginalia(['compare', 'first', 'second', '--json'], folder);
      assert.equal(code, 0);
      const { differences } = JSON.parse(stdout) as { differences: unknown };
      assert.deepEqual(differences, [{ name: 'rate', values: ['1', '2'] }]);
      assert.match((await marginalia(['compare', 'first', 'second'], folder)).stdout, /^rate +1 +2$/m);
      assert.equal((await marginalia(['compare', 'first'], folder)).code, 2);
    }));

  it('are deleted only where somebody agrees', () =>
    withRuns(async (folder, runs) => {
      const { code, stderr } = await marginalia(['delete', 'first'], folder);
      assert.equal(code, 2);
      assert.match(stderr, /--yes deletes without asking/);
      assert.ok(existsSync(join(runs, 'first')));
      assert.equal((await marginalia(['delete', 'first', 'second', '--yes'], folder)).code, 0);
      assert.ok(!existsSync(join(runs, 'first')) && !existsSync(join(runs, 'second')));
    }));

  it('of which the record is gone are deleted, and everything else says what is wrong', () =>
    withRuns(async (folder, runs) => {
      await rm(join(runs, 'first', 'run.json'));
      for (const args of [
        ['label', 'first', '--tag', 'keep'],
        ['compare', 'first', 'second'],
        ['export', 'first'],
        ['resume', 'first'],
      ]) {
        const { code, stderr } = await marginalia(args, folder);
        assert.notEqual(code, 0, args.join(' '));
        assert.match(stderr, /first holds no run: its run\.json is missing/, args.join(' '));
      }
      // A folder whose record is missing may be a run that is about to begin.
      await utimes(join(runs, 'first'), new Date(0), new Date(0));
      assert.equal((await marginalia(['delete', 'first', '--yes'], folder)).code, 0);
      assert.ok(!existsSync(join(runs, 'first')));
    }));

  it('that are complete have nothing to resume', () =>
    withRuns(async (folder) => {
      const { code, stderr } = await marginalia(['resume', 'first'], folder);
      assert.equal(code, 1);
      assert.match(stderr, /The run first is complete: there is nothing to resume/);
    }));

  it('are no other folders than those of runs', () =>
    withRuns(async (folder, runs) => {
      for (const name of ['.', '..', runs, 'nowhere', '']) {
        const { code, stderr } = await marginalia(['delete', name, '--yes'], folder);
        assert.equal(code, 2);
        assert.match(stderr, /there is no run/);
      }
      assert.ok(existsSync(join(runs, 'first')));
    }));

  it('of a newer version are left alone', () =>
    withRuns(async (folder, runs) => {
      await writeFile(join(runs, 'first', 'run.json'), JSON.stringify({ version: 2 }));
      const before = await readdir(join(runs, 'first'));
      for (const args of [
        ['label', 'first', '--tag', 'keep'],
        ['export', 'first', '-f', 'csv'],
        ['resume', 'first'],
      ]) {
        const { code, stderr } = await marginalia(args, folder);
        assert.notEqual(code, 0, args.join(' '));
        assert.match(stderr, /written by a newer Marginalia/, args.join(' '));
      }
      assert.deepEqual(await readdir(join(runs, 'first')), before);
    }));
});
