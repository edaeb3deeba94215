import fc from 'fast-check';
import assert from 'node:assert/strict';
import { readFile, utimes } from 'node:fs/promises';
import { listRuns } from '../../src/runtime/runs/folder.ts';
import { writeHeartbeat } from '../../src/runtime/runs/heartbeat.ts';
import { runFiles } from '../../src/runtime/runs/run-files.ts';
import { createRunWriter } from '../../src/runtime/runs/run-writer.ts';
import { isOver, runTiming } from '../../src/runtime/runs/state.ts';
import { sampleRecord } from '../unit/runtime/sample-events.ts';
import { createWorkplace, experimentSource, lossOf, waitFor, type Workplace } from '../unit/runtime/built.ts';
import { rounds, times } from './times.ts';

const hour = 3_600_000;

describe('a clock that jumps', function () {
  this.timeout(120_000);
  let place: Workplace;
  beforeEach(async () => (place = await createWorkplace()));
  afterEach(() => place.clean());

  for (const round of rounds) {
    it(`while a run goes on changes none of its numbers (${round + 1})`, async () => {
      // The clock of every process of the run: an hour back after a while, a day ahead later.
      const jump = await place.write(
        'jump.cjs',
        `const real = Date.now; const began = performance.now();
         Date.now = () => {
           const passed = performance.now() - began;
           return real() + (passed > ${600 + round * 50} ? 24 * ${hour} : passed > ${300 + round * 20} ? -${hour} : 0);
         };`,
      );
      const trial = `for (let step = 0; step < 100; step++) { log(step, { loss: rng.normal() }); await new Promise((go) => setTimeout(go, 5)); }`;
      const file = await place.write('experiment.ts', experimentSource({ trial }));
      const calm = await place.run(file, { jobs: 2 });
      const before = process.env.NODE_OPTIONS;
      process.env.NODE_OPTIONS = `${before ?? ''} --require "${jump.replaceAll('\\', '/')}"`;
      const run = await place.start(file, { jobs: 2, trialSeconds: 60 }).finally(() => {
        process.env.NODE_OPTIONS = before ?? '';
      });
      await run.ended;
      const state = await place.read(run.folder);
      assert.equal(state.status, 'completed', state.error?.message);
      for (const name of ['fast#0', 'slow#1']) assert.deepEqual(lossOf(state, name), lossOf(calm, name));
      assert.deepEqual(state.verdict, calm.verdict);
      const times = (await readFile(runFiles(run.folder).events, 'utf8'))
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { at: number }).at);
      assert.deepEqual(
        times,
        [...times].sort((one, other) => one - other),
        'events stay in order',
      );
    });
  }

  it('gives no negative time to a viewer, whenever and however far it jumps', () => {
    const writer = createRunWriter(`${place.folder}/run`, sampleRecord);
    writer.event({ type: 'started', pid: 1 });
    writer.event({ type: 'trial-started', trial: 'fast#0', arm: 'fast', seed: 0, pid: 1 });
    writer.event({ type: 'progress', trial: 'fast#0', share: 0.5 });
    const jump = fc.record({ by: fc.integer({ min: -1000 * hour, max: 1000 * hour }), paused: fc.boolean() });
    fc.assert(
      fc.property(jump, ({ by, paused }) => {
        writer.event({ type: paused ? 'paused' : 'resumed' });
        const { elapsedSeconds, remainingSeconds = 0 } = runTiming(writer.state, Date.now() + by);
        assert.ok(elapsedSeconds >= 0 && remainingSeconds >= 0);
      }),
      { numRuns: 100 * times },
    );
  });

  it('apart from another machine’s does not make its run look dead while it beats', async () => {
    const folder = `${place.runsFolder}/20260101-000000-rex-0001`;
    const machine = { ...sampleRecord.machine, host: 'elsewhere' };
    createRunWriter(folder, { ...sampleRecord, machine, pid: 1 }).event({ type: 'started', pid: 1 });
    const beat = async () => {
      writeHeartbeat(folder, { pid: 1, trialProcesses: [], processSpace: '', status: 'running', share: 0.5 });
      const ahead = new Date(Date.now() + hour);
      await utimes(runFiles(folder).heartbeat, ahead, ahead);
    };
    await beat();
    const beating = setInterval(() => void beat(), 1000);
    const alive = await listRuns(place.runsFolder);
    clearInterval(beating);
    assert.equal(alive[0]?.status, 'running');
    const dead = await waitFor('its silence is seen', async () => {
      const [run] = await listRuns(place.runsFolder);
      return run !== undefined && run.status !== 'unreadable' && isOver(run.status) ? run : undefined;
    });
    assert.equal(dead.status, 'interrupted');
  });
});
