import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportFormats, exportRun } from '../../../src/runtime/exports/export-run.ts';
import { TargetExistsError } from '../../../src/runtime/exports/files/target-exists.ts';
import type { ExportedRun } from '../../../src/runtime/exports/json/run-json.ts';
import type { RunEvent } from '../../../src/runtime/runs/events.ts';
import { processSpace, writeHeartbeat } from '../../../src/runtime/runs/heartbeat.ts';
import { readCsv } from './read-csv.ts';
import { sampleEvents, sampleRecord, sampleStart, writeSampleRun } from './sample-run.ts';

describe('exporting a run', () => {
  let home: string, run: string, out: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'marginalia-export-'));
    run = join(home, 'run');
    out = join(home, 'out');
    await writeSampleRun(run);
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  const csvOf = async () => {
    await exportRun(run, 'csv', join(out, 'run.csv'), { overwrite: true });
    return readCsv(await readFile(join(out, 'run.csv'), 'utf8'));
  };
  const jsonOf = async () => {
    await exportRun(run, 'json', join(out, 'run.json'), { overwrite: true });
    return JSON.parse(await readFile(join(out, 'run.json'), 'utf8')) as ExportedRun;
  };

  it('as CSV has every point', async () => {
    const rows = await csvOf();
    const expected: string[][] = [['trial', 'arm', 'seed', 'metric', 'step', 'value']];
    for (const event of sampleEvents()) {
      if (event.type !== 'points') continue;
      const [arm, seed] = event.trial.split('#') as [string, string];
      event.steps.forEach((step, index) => {
        expected.push([event.trial, arm, seed, event.metric, String(step), String(event.values[index])]);
      });
    }
    assert.equal(rows.length, 25 * (500 + 20 + 500) + 1);
    assert.deepEqual(rows, expected);
  });

  it('as JSON has everything that the run folder tells', async () => {
    const json = await jsonOf();
    assert.equal(json.format, 'marginalia-run');
    assert.equal(json.version, 1);
    assert.deepEqual(json.record, sampleRecord);
    assert.equal(json.status, 'completed');
    assert.equal(json.share, 1);
    assert.equal(json.elapsedSeconds, 67.5);
    assert.equal(json.verdict?.conditions.length, 2);
    assert.deepEqual(json.warnings, ['constant#3: 12 values of test_loss were not finite.']);
    assert.equal(json.trials.length, 25);
    assert.equal(json.series.length, 75);
    assert.equal(json.figures.length, 40);
    const events = sampleEvents();
    for (const { trial, metric, steps, values } of json.series) {
      const points = events.find(
        (event) => event.type === 'points' && event.trial === trial && event.metric === metric,
      );
      assert.ok(points?.type === 'points');
      assert.deepEqual([steps, values], [points.steps, points.values]);
    }
    const odd = json.series.find(({ trial, metric }) => trial === 'constant#3' && metric === 'test_loss')!;
    assert.equal(odd.seed, 3);
    assert.deepEqual(odd.values.slice(303, 306), ['NaN', 'Infinity', 'NaN']);
    const [layer] = json.figures.find(({ name }) => name === 'surface')!.figure.layers;
    assert.ok(layer?.type === 'heatmap');
    assert.deepEqual(layer.values[20]!.slice(-2), ['NaN', 'NaN']);
  });

  it('as HTML is one page with the code that ran', async () => {
    const { files } = await exportRun(run, 'html', join(out, 'run.html'));
    assert.deepEqual(files, [join(out, 'run.html')]);
    const text = await readFile(files[0]!, 'utf8');
    assert.match(text, /^<!doctype html>.*<\/html>\n$/s);
    assert.match(text, /&lt;sample&gt; &amp; more/);
  });

  it('as HTML needs no code', async () => {
    await rm(join(run, 'experiment.ts'));
    await exportRun(run, 'html', join(out, 'run.html'));
    assert.doesNotMatch(await readFile(join(out, 'run.html'), 'utf8'), /id="code"/);
  });

  it('for TensorBoard names the files of all trials', async () => {
    const { files } = await exportRun(run, 'tensorboard', join(out, 'board'));
    assert.equal(files.length, 25);
    const name = `events.out.tfevents.${sampleStart / 1000}.some-host`;
    assert.ok(files.includes(join(out, 'board', 'oracle', 'seed-4', name)));
    for (const file of files) assert.ok((await readFile(file)).length > 10_000);
  });

  for (const format of exportFormats) {
    it(`as ${format} leaves an existing target as it is, unless it may be replaced`, async () => {
      const target = join(out, 'target');
      await exportRun(run, format, target);
      const before = await readdir(out, { recursive: true });
      await writeSampleRun(run, sampleEvents().slice(0, 30));
      await assert.rejects(exportRun(run, format, target), TargetExistsError);
      assert.deepEqual(await readdir(out, { recursive: true }), before);
      await exportRun(run, format, target, { overwrite: true });
      assert.deepEqual(await readdir(out), ['target']);
      if (format === 'tensorboard') assert.ok((await readdir(out, { recursive: true })).length < before.length);
    });

    it(`as ${format} leaves nothing behind when it is stopped`, async () => {
      const stop = new AbortController();
      const done = exportRun(run, format, join(out, 'target'), { signal: stop.signal });
      stop.abort(new Error('enough'));
      await assert.rejects(done, /enough/);
      assert.deepEqual(await readdir(out).catch(() => []), []);
    });

    it(`as ${format} of a folder that is no run says so and writes nothing`, async () => {
      await assert.rejects(exportRun(join(home, 'nothing'), format, join(out, 'target')), /nothing.*run\.json/s);
      assert.deepEqual(await readdir(out).catch(() => []), []);
    });
  }

  it('never replaces a folder in which there is anything else', async () => {
    const target = join(out, 'board');
    await exportRun(run, 'tensorboard', target);
    await writeFile(join(target, 'rex', 'thesis.tex'), 'precious');
    await assert.rejects(exportRun(run, 'tensorboard', target, { overwrite: true }), /thesis\.tex.*not replaced/);
    assert.equal(await readFile(join(target, 'rex', 'thesis.tex'), 'utf8'), 'precious');
    assert.deepEqual(await readdir(out), ['board']);
  });

  it('never replaces a folder that a link leads out of', async () => {
    const target = join(out, 'board');
    await exportRun(run, 'tensorboard', target);
    await mkdir(join(home, 'elsewhere'));
    await symlink(join(home, 'elsewhere'), join(target, 'events.out.tfevents.1.link'));
    await assert.rejects(exportRun(run, 'tensorboard', target, { overwrite: true }), /not replaced/);
  });

  it('fills an empty folder', async () => {
    await mkdir(join(out, 'board'), { recursive: true });
    const { files } = await exportRun(run, 'tensorboard', join(out, 'board'));
    assert.equal(files.length, 25);
  });

  it('does not put a file in the place of a folder', async () => {
    await mkdir(join(out, 'run.csv'), { recursive: true });
    await assert.rejects(exportRun(run, 'csv', join(out, 'run.csv'), { overwrite: true }));
    assert.deepEqual(await readdir(out), ['run.csv']);
  });

  it('counts only the last attempt of a trial that began afresh', async () => {
    const points = (at: number, values: number[]): RunEvent => ({
      at,
      type: 'points',
      trial: 'rex#0',
      metric: 'test_loss',
      steps: values.map((_, index) => index),
      values,
    });
    const started = (at: number): RunEvent => ({
      at,
      type: 'trial-started',
      trial: 'rex#0',
      arm: 'rex',
      seed: 0,
      pid: 1,
    });
    await writeSampleRun(run, [
      { at: 1, type: 'started', pid: 1 },
      started(2),
      points(3, [9, 9, 9]),
      started(4),
      points(5, [1, 2]),
      { at: 6, type: 'warning', message: 'About "trial-started": nothing.' },
      { at: 7, type: 'ended', outcome: 'completed', seconds: 1 },
    ]);
    assert.deepEqual(
      (await csvOf()).slice(1).map((row) => row.at(-1)),
      ['1', '2'],
    );
    assert.deepEqual((await jsonOf()).series[0]?.values, [1, 2]);
  });

  it('counts what a trial recorded before the checkpoint that it went on from', async () => {
    const own = { trial: 'rex#0', metric: 'test_loss' } as const;
    const start = { type: 'trial-started', trial: 'rex#0', arm: 'rex', seed: 0, pid: 1 } as const;
    await writeSampleRun(run, [
      { at: 1, type: 'started', pid: 1 },
      { at: 2, ...start },
      { at: 3, type: 'points', ...own, steps: [0, 1], values: [1, 2] },
      { at: 4, type: 'checkpoint', trial: 'rex#0', number: 1 },
      { at: 5, type: 'points', ...own, steps: [2], values: [9] },
      { at: 6, ...start, checkpoint: 1 },
      { at: 7, type: 'points', ...own, steps: [2, 3], values: [3, 4] },
      { at: 8, type: 'checkpoint', trial: 'rex#0', number: 2 },
      { at: 9, ...start, checkpoint: 2 },
      { at: 10, type: 'points', ...own, steps: [4], values: [5] },
      { at: 11, type: 'ended', outcome: 'completed', seconds: 1 },
    ]);
    assert.deepEqual(
      (await csvOf()).slice(1).map((row) => row.at(-1)),
      ['1', '2', '3', '4', '5'],
    );
    assert.deepEqual((await jsonOf()).series[0]?.values, [1, 2, 3, 4, 5]);
  });

  it('takes what is whole of a torn file, and tells which lines it left out', async () => {
    const lines = sampleEvents()
      .slice(0, 5)
      .map((event) => JSON.stringify(event));
    await writeFile(
      join(run, 'events.jsonl'),
      `${[lines[0], lines[1], '{"broken', lines[2]].join('\n')}\n${lines[3]!.slice(0, 100)}`,
    );
    const { problems } = await exportRun(run, 'csv', join(out, 'torn.csv'));
    assert.equal(problems.length, 1);
    assert.match(problems[0]!, /events\.jsonl:3 .*left out/);
    assert.equal(readCsv(await readFile(join(out, 'torn.csv'), 'utf8')).length, 501);
  });

  it('of a run without events yet has no points, and of one that has lost them is refused', async () => {
    await rm(join(run, 'events.jsonl'));
    const lost = /events\.jsonl is missing: .*no points to export/;
    await assert.rejects(csvOf(), lost);
    await assert.rejects(exportRun(run, 'tensorboard', join(out, 'board')), lost);
    writeHeartbeat(run, { pid: 1, trialProcesses: [], processSpace: processSpace(), status: 'starting', share: 0 });
    assert.equal((await csvOf()).length, 1);
    const { files } = await exportRun(run, 'tensorboard', join(out, 'board'));
    assert.deepEqual(files, []);
  });

  it('keeps text with separators of lines that only Unicode knows', async () => {
    await appendFile(
      join(run, 'events.jsonl'),
      `${JSON.stringify({ at: 1, type: 'warning', message: 'one\u2028two\u2029three' })}\n`,
    );
    assert.ok((await jsonOf()).warnings.includes('one\u2028two\u2029three'));
  });
});
