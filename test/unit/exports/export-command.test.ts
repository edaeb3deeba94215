import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { marginalia, withFolder } from '../cli/marginalia.ts';
import { sampleRecord, writeSampleRun } from './sample-run.ts';

describe('marginalia export', function () {
  this.timeout(60_000);
  const { id } = sampleRecord;

  const withRun = (use: (folder: string) => Promise<void>) =>
    withFolder(async (folder) => {
      await writeSampleRun(join(folder, '.marginalia', 'runs', id));
      await use(folder);
    });

  it('writes a report of a run of this workspace', () =>
    withRun(async (folder) => {
      const { code, stdout, stderr } = await marginalia(['export', id], folder);
      assert.equal(code, 0, stderr);
      assert.equal(stdout, `Wrote ${id}.html.\n`);
      assert.match(await readFile(join(folder, `${id}.html`), 'utf8'), /^<!doctype html>/);
    }));

  it("takes the format from the output's ending, and a run's folder for its id", () =>
    withRun(async (folder) => {
      await mkdir(join(folder, 'kept'));
      await mkdir(join(folder, 'data'));
      await rename(join(folder, '.marginalia', 'runs', id), join(folder, 'kept', 'run'));
      const { code, stdout, stderr } = await marginalia(
        ['export', 'kept/run', '-o', 'data/points.csv', '--json'],
        folder,
      );
      assert.equal(code, 0, stderr);
      const { format, files, problems } = JSON.parse(stdout) as { format: string; files: string[]; problems: string[] };
      assert.deepEqual([format, problems], ['csv', []]);
      assert.match(await readFile(files[0]!, 'utf8'), /^trial,arm,seed,metric,step,value\r\n/);
    }));

  it('leaves what is there, unless told to replace it', () =>
    withRun(async (folder) => {
      const args = ['export', id, '--format', 'tensorboard'];
      assert.match((await marginalia(args, folder)).stdout, /-tensorboard \(25 files\)\.$/m);
      const again = await marginalia(args, folder);
      assert.equal(again.code, 1);
      assert.match(again.stderr, /exists and is left as it is/);
      assert.equal((await marginalia([...args, '--overwrite'], folder)).code, 0);
    }));

  for (const format of ['html', 'json', 'csv']) {
    it(`says what of a run could not be read and is left out (${format})`, () =>
      withRun(async (folder) => {
        const events = join(folder, '.marginalia', 'runs', id, 'events.jsonl');
        await appendFile(events, '{"broken\n');
        const broken = await marginalia(['export', id, '-f', format], folder);
        assert.equal(broken.code, 0);
        assert.match(broken.stderr, /events\.jsonl:\d+ is not JSON: \{"broken; the line is left out\./);

        await rm(events);
        const missing = await marginalia(['export', id, '-f', format, '--overwrite'], folder);
        assert.match(missing.stderr, /events\.jsonl is missing: nothing that the run measured is there\./);
        // Points without points would look like a run that logged none.
        assert.equal(missing.code, format === 'csv' ? 1 : 0);
        assert.equal(missing.stdout, format === 'csv' ? '' : `Wrote ${id}.${format}.\n`);
      }));
  }

  it('makes no folder that nobody has asked for', () =>
    withRun(async (folder) => {
      const { code, stderr } = await marginalia(['export', id, '-o', 'dtaa/points.csv'], folder);
      assert.equal(code, 2);
      assert.match(stderr, /there is no folder dtaa/);
      assert.ok(!existsSync(join(folder, 'dtaa')));
    }));

  it('takes a run that there is not, and an unknown format, as wrong use', () =>
    withRun(async (folder) => {
      const missing = await marginalia(['export', 'nothing'], folder);
      assert.equal(missing.code, 2);
      assert.match(missing.stderr, /there is no run "nothing"/);
      const unknown = await marginalia(['export', id, '--format', 'pdf'], folder);
      assert.equal(unknown.code, 2);
      assert.match(unknown.stderr, /html, csv, json, tensorboard/);
    }));
});
