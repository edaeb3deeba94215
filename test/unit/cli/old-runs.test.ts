import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
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
});
