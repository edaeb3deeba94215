import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { listRuns, readRun } from '../../src/runtime/runs/folder.ts';
import { followRun } from '../../src/runtime/runs/follow.ts';
import { readHeartbeat } from '../../src/runtime/runs/heartbeat.ts';
import { processExists } from '../../src/runtime/runs/processes.ts';
import { continueRun, runProcessCommand } from '../../src/runtime/runs/start.ts';
import { isOver, type RunState } from '../../src/runtime/runs/state.ts';
import {
  createWorkplace,
  distribution,
  experimentSource,
  lossOf,
  waitFor,
  waitForState,
  type Workplace,
} from '../unit/runtime/built.ts';
import { rounds, times } from './times.ts';

/** A walk whose every point depends on all before; it takes about half a second and saves checkpoints. */
const walk = `
      const state = checkpoint.restore() ?? { step: 0, position: 0, rng: rng.save() };
      rng.restore(state.rng);
      for (let step = state.step; step < 100; step++) {
        state.position += rng.normal();
        log(step, { loss: state.position });
        if (step % 20 === 19) checkpoint.save({ ...state, step: step + 1, rng: rng.save() });
        await new Promise((go) => setTimeout(go, 5));
      }`;

const trials = ['fast#0', 'slow#0', 'fast#1', 'slow#1'];

describe('kill -STOP', function () {
  this.timeout(120_000);
  let place: Workplace;
  beforeEach(async () => (place = await createWorkplace()));
  afterEach(() => place.clean());

  /** Starts a run of two trials of about a second, and stops the process of the first, once it logs. */
  async function frozen(trialSeconds: number) {
    const trial =
      'for (let step = 0; step < 100; step++) { log(step, { loss: step }); await new Promise((go) => setTimeout(go, 10)); }';
    const run = await place.start(await place.write('experiment.ts', experimentSource({ trial })), {
      ...{ seeds: 1, jobs: 1, trialSeconds },
    });
    const pid = await waitFor('a trial runs', async () => {
      const state = await readRun(run.folder).catch(() => undefined);
      return (state?.series.length ?? 0) === 0 ? undefined : (await readHeartbeat(run.folder))?.trialProcesses[0];
    });
    process.kill(pid, 'SIGSTOP');
    const said = await waitForState(run.folder, 'it is said', ({ warnings }) => warnings.length > 0);
    assert.match(said.warnings.join(), new RegExp(`^fast#0: Its process \\(pid ${pid}\\) has said nothing`));
    return { run, pid };
  }

  for (const round of rounds) {
    it(`of a trial's process is said, and the trial goes on when its process does (${round + 1})`, async function () {
      if (process.platform === 'win32') this.skip(); // Windows stops no process.
      const { run, pid } = await frozen(600);
      process.kill(pid, 'SIGCONT');
      assert.equal(await run.ended, 'completed');
      const state = await readRun(run.folder);
      assert.equal(lossOf(state, 'fast#0').length, 100);
      assert.equal(state.warnings.filter((warning) => warning.includes('has said nothing')).length, 1);
    });

    it(`of a trial's process does not stop its time limit (${round + 1})`, async function () {
      if (process.platform === 'win32') this.skip(); // Windows stops no process.
      const { run, pid } = await frozen(4);
      assert.equal(await run.ended, 'failed');
      const { trials } = await readRun(run.folder);
      assert.deepEqual(
        trials.map(({ status, error }) => [status, error?.kind]),
        [
          ['failed', 'time'],
          ['completed', undefined],
        ],
      );
      await waitFor('its process is gone', () => (processExists(pid) ? undefined : true));
    });
  }
});

describe('kill -9', function () {
  this.timeout(60_000 * times + 60_000);
  let place: Workplace;
  let file: string;
  let calm: RunState;
  before(async () => {
    place = await createWorkplace();
    file = await place.write('experiment.ts', experimentSource({ trial: walk }));
    calm = await place.run(file, { jobs: 2 });
    assert.equal(calm.status, 'completed', calm.error?.message);
  });
  after(() => place.clean());

  /** The moment of a round: spread over the time that the run takes. */
  const moment = (round: number) => 30 + ((round * 137) % 900);

  /** Everything that the run had on the disk at some time is still what it says, and it comes out as without the fault. */
  function assertSame(state: RunState): void {
    assert.equal(state.status, 'completed', state.error?.message);
    for (const trial of trials) assert.deepEqual(lossOf(state, trial), lossOf(calm, trial), trial);
    assert.deepEqual(state.verdict, calm.verdict);
  }

  for (const round of rounds) {
    it(`of a trial's process loses nothing, and the run goes on (${round + 1})`, async () => {
      const run = await place.start(file, { jobs: 2 });
      const pid = await waitFor('a trial runs', async () => {
        const state = await readRun(run.folder).catch(() => undefined);
        return state?.series.length === 0 ? undefined : (await readHeartbeat(run.folder))?.trialProcesses[0];
      });
      await sleep(moment(round));
      const before = await readRun(run.folder);
      if (processExists(pid)) process.kill(-pid, 'SIGKILL');
      await run.ended;
      const state = await readRun(run.folder);
      assertSame(state);
      for (const trial of trials) assert.ok(lossOf(state, trial).length >= lossOf(before, trial).length);
      const again = state.trials.filter(({ attempt }) => attempt > 1);
      for (const { trial } of again) assert.ok(state.warnings.some((warning) => warning.startsWith(`${trial}: `)));
    });

    it(`of the run's process loses nothing, viewers say so, and it can be resumed (${round + 1})`, async () => {
      const run = await place.start(file, { jobs: 2 });
      const said: string[] = [];
      const viewers = [0, 1].map(() =>
        followRun(run.folder, {
          onEvents: (_, { status }) => {
            if (isOver(status)) said.push(status);
          },
        }),
      );
      await waitForState(run.folder, 'it logs', ({ series }) => series.length > 0);
      await sleep(moment(round));
      const before = await readRun(run.folder);
      if (processExists(run.pid)) process.kill(run.pid, 'SIGKILL');
      await run.ended;
      if (before.status !== 'completed') {
        await waitFor('both viewers have said how it ended', () => (said.length >= 2 ? true : undefined));
        const after = await readRun(run.folder);
        for (const trial of trials) {
          const kept = lossOf(before, trial);
          assert.deepEqual(lossOf(after, trial).slice(0, kept.length), kept);
        }
        if (after.status !== 'completed') {
          assert.equal(after.status, 'interrupted');
          assert.ok(said.includes('interrupted'));
          const listed = (await listRuns(place.runsFolder)).find(({ id }) => id === run.id);
          assert.equal(listed?.status, 'interrupted');
          const { trialProcesses = [] } = (await readHeartbeat(run.folder)) ?? {};
          await waitFor('its trials are gone', () => (trialProcesses.some(processExists) ? undefined : true));
          await (
            await continueRun({ distribution: distribution(), folder: run.folder })
          ).ended;
        }
      }
      for (const viewer of viewers) viewer.dispose();
      assertSame(await readRun(run.folder));
    });

    it(`of the terminal's own program stops its run, which loses nothing and can be resumed (${round + 1})`, async () => {
      const known = new Set((await listRuns(place.runsFolder)).map(({ id }) => id));
      const args = [join(distribution(), 'cli.js'), 'run', file, '--jobs', '2'];
      const starter = spawn(process.execPath, args, { cwd: place.folder, stdio: 'ignore' });
      const { folder } = await waitFor('there is a run', async () =>
        (await listRuns(place.runsFolder)).find(({ id, record }) => !known.has(id) && record !== undefined),
      );
      const { record } = await waitForState(folder, 'it logs', ({ series }) => series.length > 0);
      await sleep(moment(round));
      const before = await readRun(folder);
      starter.kill('SIGKILL');
      const after = await waitFor('it has ended', async () => {
        const now = await readRun(folder);
        return isOver(now.status) && !processExists(record.pid) ? now : undefined;
      });
      for (const trial of trials) {
        const kept = lossOf(before, trial);
        assert.deepEqual(lossOf(after, trial).slice(0, kept.length), kept);
      }
      if (after.status !== 'completed') {
        assert.equal(after.status, 'stopped');
        await (
          await continueRun({ distribution: distribution(), folder })
        ).ended;
      }
      assertSame(await readRun(folder));
    });

    it(`of whoever started it, such as an editor, loses nothing (${round + 1})`, async () => {
      const options = { distribution: distribution(), file, runsFolder: place.runsFolder };
      const { program, args, folder } = runProcessCommand({ ...options, whenStarterExits: 'continue' });
      const code = `require('node:child_process').spawn(process.execPath, ${JSON.stringify([program, ...args])},
        { detached: true, stdio: 'ignore' }); setInterval(() => undefined, 1000);`;
      const starter = spawn(process.execPath, ['-e', code], { stdio: 'inherit' });
      await waitForState(folder, 'it logs', ({ series }) => series.length > 0);
      await sleep(moment(round));
      starter.kill('SIGKILL');
      const state = await waitFor('it has ended', async () => {
        const now = await readRun(folder);
        return isOver(now.status) ? now : undefined;
      });
      assertSame(state);
    });
  }
});
