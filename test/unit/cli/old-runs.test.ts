import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, realpath, rename, rm, utimes, writeFile } from 'node:fs/promises';
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

  it('are compared with a word about what could not be read, and by the names of their folders', () =>
    withRuns(async (folder, runs) => {
      await appendFile(join(runs, 'first', 'events.jsonl'), 'gibberish\n');
      await rename(join(runs, 'second'), join(runs, 'moved'));
      const { stdout, stderr, code } = await marginalia(['compare', 'first', 'moved'], folder);
      assert.equal(code, 0);
      assert.match(stderr, /first\/events\.jsonl:\d+ is not JSON: gibberish; the line is left out\./);
      assert.match(stdout, /^run +first +moved$/m);
    }));

  it('are listed with what is wrong with them', () =>
    withRuns(async (folder, runs) => {
      await rm(join(runs, 'first', 'events.jsonl'));
      const { stdout } = await marginalia(['runs'], folder);
      assert.match(stdout, /^first .*events\.jsonl is missing/m);
    }));

  it('are deleted only where somebody agrees, and then go to the trash', () =>
    withRuns(async (folder, runs) => {
      const { code, stderr } = await marginalia(['delete', 'first'], folder);
      assert.equal(code, 2);
      assert.match(stderr, /--yes deletes without asking/);
      assert.ok(existsSync(join(runs, 'first')));

      // A disk has its own trash, so that of this test lies beside the runs.
      const env = { ...process.env, XDG_DATA_HOME: join(folder, 'data') };
      const trash = join(folder, 'data', 'Trash');
      await mkdir(join(trash, 'info'), { recursive: true });
      await writeFile(join(trash, 'info', 'first.trashinfo'), 'of another run of this name');
      const trashed = await marginalia(['delete', 'first', 'second', '--yes'], folder, env);
      if (process.platform === 'win32' || process.platform === 'darwin') {
        assert.equal(trashed.code, 1);
        assert.match(trashed.stderr, /--force deletes it for good/);
        return;
      }
      assert.equal(trashed.code, 0, trashed.stderr);
      assert.match(trashed.stdout, /^Moved second to the trash\.$/m);
      assert.ok(!existsSync(join(runs, 'first')) && !existsSync(join(runs, 'second')));
      assert.ok(existsSync(join(trash, 'files', 'second', 'run.json')));
      assert.ok(existsSync(join(trash, 'files', 'first.2', 'run.json')));
      const note = await readFile(join(trash, 'info', 'first.2.trashinfo'), 'utf8');
      const [heading, path, date] = note.split('\n');
      assert.equal(heading, '[Trash Info]');
      assert.equal(decodeURIComponent(path!), `Path=${await realpath(runs)}/first`);
      assert.match(date!, /^DeletionDate=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    }));

  it('stay where they are where there is no trash, unless they are to be deleted for good', () =>
    withRuns(async (folder, runs) => {
      await writeFile(join(folder, 'data'), 'a file where the trash would lie');
      const env = { ...process.env, XDG_DATA_HOME: join(folder, 'data') };
      const kept = await marginalia(['delete', 'first', '--yes'], folder, env);
      assert.equal(kept.code, 1);
      assert.match(kept.stderr, /--force deletes it for good/);
      assert.ok(existsSync(join(runs, 'first', 'run.json')));
      const gone = await marginalia(['delete', 'first', '--yes', '--force'], folder, env);
      assert.equal(gone.stdout, 'Deleted first for good.\n');
      assert.ok(!existsSync(join(runs, 'first')));
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
