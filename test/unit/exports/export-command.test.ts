import assert from 'node:assert/strict';
import { mkdir, readFile, rename } from 'node:fs/promises';
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
