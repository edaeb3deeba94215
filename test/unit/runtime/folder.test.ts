import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportRun } from '../../../src/runtime/exports/export-run.ts';
import { deleteRun, listRuns, readRun } from '../../../src/runtime/runs/folder.ts';
import { followRun } from '../../../src/runtime/runs/follow.ts';
import { processSpace, writeHeartbeat } from '../../../src/runtime/runs/heartbeat.ts';
import { encodeJson } from '../../../src/runtime/runs/json.ts';
import { emptyDescription } from '../../../src/runtime/runs/provisional-record.ts';
import type { RunRecord } from '../../../src/runtime/runs/record.ts';
import { runFiles } from '../../../src/runtime/runs/run-files.ts';
import { createRunId, runName } from '../../../src/runtime/runs/run-id.ts';
import { createRunWriter } from '../../../src/runtime/runs/run-writer.ts';
import { sampleRecord } from './sample-events.ts';

/** No process has this id: it is above the highest that Linux gives. */
const nobody = 2 ** 22 + 7;

describe('the folder of all runs', () => {
  let runsFolder: string;
  beforeEach(async () => (runsFolder = await mkdtemp(join(tmpdir(), 'marginalia-'))));
  afterEach(() => rm(runsFolder, { recursive: true, force: true }));

  /** Writes a run of a process that is gone; `ended` as its process would have done it. */
  function write(id: string, ended: boolean, changes: Partial<RunRecord> = {}): string {
    const folder = join(runsFolder, id);
    const machine = { ...sampleRecord.machine, host: hostname() };
    const record = { ...sampleRecord, id, name: 'rex', machine, pid: nobody, ...changes };
    const writer = createRunWriter(folder, record);
    writer.event({ type: 'started', pid: nobody });
    writer.event({ type: 'trial-started', trial: 'fast#0', arm: 'fast', seed: 0, pid: nobody });
    writer.event({ type: 'points', trial: 'fast#0', metric: 'loss', steps: [0, 1], values: [2, 'NaN'] });
    if (ended) {
      writer.event({ type: 'trial-ended', trial: 'fast#0', outcome: 'completed', seconds: 1 });
      writer.end('failed', { kind: 'exception', message: 'no', file: '/x.ts', line: 3 });
    }
    return folder;
  }

  it('has no runs where it is missing', async () => {
    assert.deepEqual(await listRuns(join(runsFolder, 'nowhere')), []);
  });

  it('lists runs newest first with how they ended, and does not read their events', async () => {
    const older = write('20260101-000000-rex-0001', true);
    const newer = write('20260102-000000-rex-0001', false);
    await writeFile(runFiles(older).events, 'no events at all\n');
    const runs = await listRuns(runsFolder);
    assert.deepEqual(
      runs.map(({ id, folder, status, share, error, problem }) => ({ id, folder, status, share, error, problem })),
      [
        {
          id: '20260102-000000-rex-0001',
          folder: newer,
          status: 'interrupted',
          share: 0,
          error: undefined,
          problem: undefined,
        },
        {
          id: '20260101-000000-rex-0001',
          folder: older,
          status: 'failed',
          share: 1,
          error: { kind: 'exception', message: 'no', file: '/x.ts', line: 3 },
          problem: undefined,
        },
      ],
    );
  });

  it('lists a folder that is no run of ours with what is wrong, and does not open it', async () => {
    const broken: [id: string, text: string | undefined, problem: RegExp][] = [
      ['20260101-000000-a-0001', '{"version":1,"id":', /run\.json is not JSON/],
      [
        '20260101-000000-b-0001',
        encodeJson({ ...sampleRecord, version: 2 }),
        /written by a newer Marginalia \(run format 2; .*Update/,
      ],
      [
        '20260101-000000-c-0001',
        encodeJson({ ...sampleRecord, arms: 'all' }),
        /run\.json is not a run's record: arms is "all", not a list\./,
      ],
      ['20260101-000000-d-0001', 'null', /not a run's record/],
      ['something-else', undefined, /holds no run: its run\.json is missing/],
    ];
    for (const [id, text] of broken) {
      const folder = join(runsFolder, id);
      await mkdir(folder);
      if (text !== undefined) await writeFile(runFiles(folder).record, text);
      // A folder without a record is given time to get one.
      await utimes(folder, new Date(0), new Date(0));
    }
    await writeFile(join(runsFolder, 'a file'), '');
    const runs = await listRuns(runsFolder);
    assert.equal(runs.length, broken.length);
    for (const [id, , problem] of broken) {
      const run = runs.find((one) => one.id === id);
      assert.equal(run?.status, 'unreadable');
      assert.match(run.problem!, problem);
      await assert.rejects(readRun(run.folder), problem);
      if (!problem.source.includes('missing')) {
        const reason = await new Promise<string>((resolve) => {
          followRun(run.folder, { onEvents: () => undefined, onGone: resolve });
        });
        assert.match(reason, problem);
      }
    }
  });

  for (const [damage, text, problem] of [
    ['missing', undefined, /run\.json is missing\. What it said was read from events\.jsonl instead/],
    ['damaged', '{"version":1,"id":', /run\.json is not JSON\. What it said was read from events\.jsonl instead/],
  ] as const) {
    it(`shows a run whose record is ${damage}, as its first event tells it`, async () => {
      const id = '20260101-000000-rex-0001';
      const folder = join(runsFolder, id);
      const machine = { ...sampleRecord.machine, host: hostname() };
      const record = { ...sampleRecord, id, name: 'rex', machine, pid: nobody };
      const writer = createRunWriter(folder, record);
      writer.event({ type: 'started', pid: nobody, record });
      writer.event({ type: 'points', trial: 'fast#0', metric: 'loss', steps: [0, 1], values: [2, 3] });
      if (text === undefined) await rm(runFiles(folder).record);
      else await writeFile(runFiles(folder).record, text);
      const [run] = await listRuns(runsFolder);
      assert.deepEqual([run?.status, run?.name, run?.record], ['interrupted', 'rex', record]);
      assert.match(run!.problem!, problem);
      const state = await readRun(folder);
      assert.deepEqual(Array.from(state.series[0]!.values.subarray(0, 2)), [2, 3]);
      assert.match(state.warnings.join(), problem);
    });
  }

  it('has the points of a run whose record is damaged and in no event', async () => {
    const folder = write('20260101-000000-rex-0001', false);
    await writeFile(runFiles(folder).record, '{');
    await assert.rejects(readRun(folder), /run\.json is not JSON\. Restore it; .* can be exported as CSV/);
    const target = join(runsFolder, 'points.csv');
    const { problems } = await exportRun(folder, 'csv', target);
    assert.match(problems.join(), /run\.json is not JSON/);
    assert.match(await readFile(target, 'utf8'), /fast#0,fast,0,loss,0,2/);
  });

  it('shows a run whose folder is new and still empty as starting', async () => {
    await mkdir(join(runsFolder, createRunId('rex', new Date())));
    const [run] = await listRuns(runsFolder);
    assert.deepEqual([run?.status, run?.name, run?.problem], ['starting', 'rex', undefined]);
    assert.ok(Math.abs(Date.parse(run!.created) - Date.now()) < 60_000);
  });

  it('goes by the heartbeat of a process that it cannot see', async () => {
    const machine = { ...sampleRecord.machine, host: 'elsewhere' };
    const folder = write('20260101-000000-rex-0001', false, { machine });
    writeHeartbeat(folder, {
      pid: 1,
      trialProcesses: [],
      processSpace: processSpace(),
      status: 'running',
      share: 0.25,
    });
    assert.deepEqual(
      [(await listRuns(runsFolder))[0]?.status, (await listRuns(runsFolder))[0]?.share],
      ['running', 0.25],
    );
    await assert.rejects(deleteRun(folder), /still goes on. Stop it/);
    await utimes(runFiles(folder).heartbeat, new Date(0), new Date(0));
    assert.equal((await listRuns(runsFolder))[0]?.status, 'interrupted');
  });

  it('is not taken in by a process that was given the id of a dead one', async () => {
    const folder = write('20260101-000000-rex-0001', false, { pid: process.pid });
    writeHeartbeat(folder, {
      pid: process.pid,
      trialProcesses: [],
      processSpace: processSpace(),
      status: 'running',
      share: 0,
    });
    assert.equal((await listRuns(runsFolder))[0]?.status, 'interrupted');
  });

  it('reads hundreds of runs', async () => {
    for (let i = 0; i < 300; i++) write(`20260101-000000-rex-${i.toString(16).padStart(4, '0')}`, true);
    assert.equal((await listRuns(runsFolder)).length, 300);
  });

  it('reads a whole run, with a warning for each line that is broken', async () => {
    const folder = write('20260101-000000-rex-0001', false);
    await writeFile(runFiles(folder).events, 'gar\nbage\n{"at":1', { flag: 'a' });
    const state = await readRun(folder);
    assert.equal(state.status, 'interrupted');
    assert.deepEqual(Array.from(state.series[0]!.values.subarray(0, 2)), [2, NaN]);
    assert.deepEqual(
      state.warnings.map((text) => text.slice(runFiles(folder).events.length)),
      [':4 is not JSON: gar; the line is left out.', ':5 is not JSON: bage; the line is left out.'],
    );
  });

  it('keeps how a run ended whose folder takes no new files any more', async () => {
    const id = '20260101-000000-rex-0001';
    const folder = join(runsFolder, id);
    const machine = { ...sampleRecord.machine, host: hostname() };
    const writer = createRunWriter(folder, { ...sampleRecord, id, machine, pid: nobody });
    writer.event({ type: 'started', pid: nobody });
    // Folders in the places of files can be neither removed nor replaced.
    await rm(runFiles(folder).reserve);
    for (const file of [runFiles(folder).reserve, runFiles(folder).summary])
      await mkdir(join(file, 'inside'), { recursive: true });
    writer.end('completed');
    assert.equal((await readRun(folder)).status, 'completed');
    assert.equal((await listRuns(runsFolder))[0]?.status, 'completed');
  });

  it('leaves out what is of no trial and no metric of the run, and says so', async () => {
    const loss = { better: 'lower', unit: 'nats', about: '' } as const;
    const description = { ...emptyDescription, metrics: { loss } };
    const folder = write('20260101-000000-rex-0001', true, {
      experiment: { ...sampleRecord.experiment, description },
    });
    const points = { at: 1, type: 'points', trial: 'fast#0', metric: 'loss', steps: [2], values: [1] };
    const lines = [
      { ...points, trial: 'fast#7' },
      { ...points, trial: 'quick#0' },
      { ...points, metric: 'error' },
      { ...points, steps: [2, 3] },
    ];
    await writeFile(runFiles(folder).events, lines.map((line) => `${encodeJson(line)}\n`).join(''), { flag: 'a' });
    const state = await readRun(folder);
    assert.deepEqual(
      state.series.map(({ trial, metric, length }) => [trial, metric, length]),
      [['fast#0', 'loss', 2]],
    );
    assert.deepEqual(
      state.problems.map((text) => text.slice(runFiles(folder).events.length)),
      [
        ':6 is of the trial "fast#7", which this run does not have; the line is left out.',
        ':7 is of the trial "quick#0", which this run does not have; the line is left out.',
        ':8 is of the metric "error", which this experiment does not declare; the line is left out.',
        ':9 is not an event: it has 2 steps and 1 values; the line is left out.',
      ],
    );
    assert.deepEqual(state.warnings, state.problems);
  });

  it('says of a run that is over that its events are missing', async () => {
    const folder = write('20260101-000000-rex-0001', true);
    await rm(runFiles(folder).events);
    const [listed] = await listRuns(runsFolder);
    assert.equal(listed?.status, 'failed');
    assert.equal(listed.problem, `${runFiles(folder).events} is missing: nothing that the run measured is there.`);
    assert.deepEqual((await readRun(folder)).problems, [listed.problem]);
    const followed = await new Promise((resolve) => {
      const follower = followRun(folder, {
        onEvents: (_, { problems }) => {
          if (problems.length === 0) return;
          follower.dispose();
          resolve([...problems]);
        },
      });
    });
    assert.deepEqual(followed, [listed.problem]);
  });

  it('names the events where a folder is in their place', async () => {
    const folder = write('20260101-000000-rex-0001', true);
    const { events } = runFiles(folder);
    await rm(events);
    await mkdir(events);
    const problem = `${events} cannot be read: it is a folder, not a file.`;
    const isTold = (text: string | undefined) => assert.ok(text?.startsWith(problem), text);
    isTold((await listRuns(runsFolder))[0]?.problem);
    await assert.rejects(readRun(folder), (error: Error) => (isTold(error.message), true));
    isTold(
      await new Promise<string>((resolve) => {
        followRun(folder, { onEvents: () => undefined, onGone: resolve });
      }),
    );
  });

  it('deletes a run that is over', async () => {
    const folder = write('20260101-000000-rex-0001', true);
    await deleteRun(folder);
    assert.deepEqual(await listRuns(runsFolder), []);
  });
});

describe("a run's id", () => {
  it('begins with its time and names its experiment in plain letters', () => {
    const created = new Date('2026-03-14T15:09:26.535Z');
    assert.match(createRunId('rex', created), /^20260314-150926-rex-[0-9a-f]{4}$/);
    assert.match(createRunId('Étude №7 (neu)', created), /^20260314-150926-etude-no7-neu-[0-9a-f]{4}$/);
    assert.match(createRunId('実験', created), /^20260314-150926-experiment-[0-9a-f]{4}$/);
    assert.match(createRunId('x'.repeat(300), created), /^20260314-150926-x{40}-[0-9a-f]{4}$/);
  });

  it('is made from the file or the method', () => {
    assert.equal(runName('builtin:q-star-search'), 'q-star-search');
    assert.equal(runName('/papers/my.rex.ts'), 'my.rex');
  });

  it('gives an experiment of which nothing is known an empty description', () => {
    assert.deepEqual(Object.keys(emptyDescription.arms), []);
  });
});
