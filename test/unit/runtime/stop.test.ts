import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { requestRun, stopRun } from '../../../src/runtime/runs/control.ts';
import { listRuns } from '../../../src/runtime/runs/folder.ts';
import { readHeartbeat } from '../../../src/runtime/runs/heartbeat.ts';
import { processExists } from '../../../src/runtime/runs/processes.ts';
import { runFiles } from '../../../src/runtime/runs/run-files.ts';
import { createWorkplace, experimentSource, lossOf, waitFor, waitForState, type Workplace } from './built.ts';

/** Computes for ever; the shared memory makes the loop sleep, so that a test does not take a whole core. */
const sleepingLoop = `
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let step = 0; ; step++) { Atomics.wait(clock, 0, 0, 1); if (LOGS) log(step, { loss: step }); }`;

describe('stopping a run', () => {
  let place: Workplace;
  beforeEach(async () => (place = await createWorkplace()));
  afterEach(() => place.clean());

  /** Starts a run of endless trials and waits until it has got going; answers the ids of its processes too. */
  async function startEndless(logs: boolean) {
    const trial = `if (!${logs}) log(0, { loss: 0 });\n${sleepingLoop.replace('LOGS', String(logs))}`;
    const run = await place.start(await place.write('endless.ts', experimentSource({ trial })), { jobs: 2 });
    await waitForState(run.folder, 'both trials log', (state) =>
      ['fast#0', 'slow#0'].every((name) => lossOf(state, name).length > 0),
    );
    const pids = await waitFor('the heartbeat names both trial processes', async () => {
      const heartbeat = await readHeartbeat(run.folder);
      return heartbeat?.trialProcesses.length === 2 ? [run.pid, ...heartbeat.trialProcesses] : undefined;
    });
    return { run, pids };
  }

  function assertGone(pids: readonly number[]): void {
    assert.deepEqual(pids.filter(processExists), []);
  }

  it('lets trials leave by themselves where they log, and keeps what they logged', async () => {
    const { run, pids } = await startEndless(true);
    await requestRun(run.folder, 'stop');
    assert.equal(await run.ended, 'stopped');
    const state = await place.read(run.folder);
    assert.equal(state.status, 'stopped');
    assert.deepEqual(
      state.trials.map(({ status }) => status),
      ['stopped', 'stopped', 'stopped', 'stopped'],
    );
    assert.equal(state.verdict, undefined);
    assert.ok(lossOf(state, 'fast#0').length > 0);
    await waitFor('the processes are gone', () => (pids.some(processExists) ? undefined : true));
  });

  it('leaves nothing of a loop that never yields after 3 seconds', async () => {
    const { run, pids } = await startEndless(false);
    const began = performance.now();
    await stopRun(run.folder).done;
    const seconds = (performance.now() - began) / 1000;
    assertGone(pids);
    assert.ok(seconds < 3, `it took ${seconds} s`);
    assert.equal(await run.ended, 'stopped');
    const state = await place.read(run.folder);
    assert.equal(state.status, 'stopped');
    assert.deepEqual(lossOf(state, 'fast#0'), [0]);
  });

  it('climbs faster when it is asked again', async () => {
    const { run, pids } = await startEndless(false);
    const ladder = stopRun(run.folder);
    ladder.escalate();
    ladder.escalate();
    await ladder.done;
    assertGone(pids);
  });

  it('works on a run whose own process hangs', async () => {
    const { run, pids } = await startEndless(false);
    process.kill(run.pid, 'SIGSTOP');
    await stopRun(run.folder).done;
    assertGone(pids);
    assert.equal(await run.ended, 'stopped');
    const [summary] = await listRuns(place.runsFolder);
    assert.equal(summary?.status, 'stopped');
  });

  it('ends a run that is still being loaded', async () => {
    const file = await place.write('stuck.ts', experimentSource({ before: 'for (;;);', trial: '' }));
    const run = await place.start(file);
    await waitFor('the module is being loaded', async () => (await readHeartbeat(run.folder))?.trialProcesses[0]);
    await stopRun(run.folder).done;
    assert.equal(await run.ended, 'stopped');
    assert.equal((await place.read(run.folder)).status, 'stopped');
  });

  it('is soon done where the run has ended already', async () => {
    const run = await place.start(await place.write('short.ts', experimentSource({ trial: 'log(0, { loss: 1 });' })));
    await run.ended;
    await stopRun(run.folder).done;
    assert.equal((await place.read(run.folder)).status, 'completed');
  });

  it('kills what the experiment has started, too', async () => {
    const trial = `
      const child = spawn('sleep', ['1000'], { stdio: 'inherit' });
      console.log('child ' + child.pid);
      ${sleepingLoop.replace('LOGS', 'true')}`;
    const before = "import { spawn } from 'node:child_process';";
    const run = await place.start(await place.write('parent.ts', experimentSource({ before, trial })), { jobs: 1 });
    const pid = await waitFor('the child is named', async () => {
      const text = await readFile(runFiles(run.folder).console, 'utf8');
      return /child (\d+)/.exec(text)?.[1];
    });
    await stopRun(run.folder).done;
    await waitFor('the child is gone', () => (processExists(Number(pid)) ? undefined : true));
  });

  it('pauses and goes on in a loop that never yields', async () => {
    const { run } = await startEndless(true);
    const count = async () => lossOf(await place.read(run.folder), 'fast#0').length;
    await requestRun(run.folder, 'pause');
    await waitForState(run.folder, 'it is paused', (state) => state.status === 'paused');
    // What was on its way when the pause began arrives; then nothing does.
    let before = -1;
    await waitFor('it stands still', async () => {
      const now = await count();
      const still = now === before;
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 300));
      return still ? true : undefined;
    });
    await requestRun(run.folder, 'resume');
    await waitForState(
      run.folder,
      'it goes on',
      (state) => state.status === 'running' && lossOf(state, 'fast#0').length > before,
    );
    const values = lossOf(await place.read(run.folder), 'fast#0');
    assert.ok(values.every((value, step) => value === step));
    await requestRun(run.folder, 'pause');
    await waitForState(run.folder, 'it is paused', (state) => state.status === 'paused');
    await requestRun(run.folder, 'stop');
    assert.equal(await run.ended, 'stopped');
  });
});
