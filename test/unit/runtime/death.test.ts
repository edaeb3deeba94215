import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { listRuns } from '../../../src/runtime/runs/folder.ts';
import { readHeartbeat } from '../../../src/runtime/runs/heartbeat.ts';
import { processExists } from '../../../src/runtime/runs/processes.ts';
import { runFiles } from '../../../src/runtime/runs/run-files.ts';
import { runProcessCommand } from '../../../src/runtime/runs/start.ts';
import { stopRun } from '../../../src/runtime/runs/control.ts';
import type { RunState } from '../../../src/runtime/runs/state.ts';
import {
  createWorkplace,
  distribution,
  experimentSource,
  lossOf,
  waitFor,
  waitForState,
  type Workplace,
} from './built.ts';

const sleepUntilStopped = `
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let step = 0; ; step++) { Atomics.wait(clock, 0, 0, 2); log(step, { loss: step }); }`;

describe('when something dies', () => {
  let place: Workplace;
  beforeEach(async () => (place = await createWorkplace()));
  afterEach(() => place.clean());

  async function lineOf(state: RunState, text: string): Promise<void> {
    const { error } = state;
    const lines = (await readFile(error!.file!, 'utf8')).split('\n');
    assert.match(lines[error!.line! - 1] ?? '', new RegExp(text), JSON.stringify(error));
  }

  /** Waits for a trial process that the events name, and that has logged. */
  async function trialProcess(folder: string): Promise<number> {
    await waitForState(folder, 'the trial logs', (state) => lossOf(state, 'fast#0').length > 2);
    const heartbeat = await waitFor('the heartbeat names it', async () => {
      const beat = await readHeartbeat(folder);
      return beat?.trialProcesses.length === 1 ? beat : undefined;
    });
    return heartbeat.trialProcesses[0]!;
  }

  it('begins a trial afresh whose process was killed, and gives it up the second time', async () => {
    const trial = `
      if (arm === 'slow') { log(0, { loss: 1 }); return; }
      ${sleepUntilStopped}`;
    const file = await place.write('experiment.ts', experimentSource({ trial }));
    const run = await place.start(file, { seeds: 1, jobs: 1 });
    const first = await trialProcess(run.folder);
    process.kill(first, 'SIGKILL');
    await waitForState(run.folder, 'it is begun afresh', (state) => state.trials[0]!.attempt === 2);
    const second = await waitFor('another process logs', async () => {
      const [pid] = (await readHeartbeat(run.folder))?.trialProcesses ?? [];
      return pid !== undefined && pid !== first && lossOf(await place.read(run.folder), 'fast#0').length > 2
        ? pid
        : undefined;
    });
    process.kill(second, 'SIGKILL');
    assert.equal(await run.ended, 'failed');
    const state = await place.read(run.folder);
    assert.equal(state.error?.kind, 'killed');
    assert.equal(state.error.file, file);
    assert.match(state.warnings[0]!, /fast#0: .*SIGKILL.*begun afresh/);
    const values = lossOf(state, 'fast#0');
    assert.ok(values.length > 2 && values.every((value, step) => value === step), 'only the second attempt counts');
    assert.deepEqual(
      state.trials.map(({ status }) => status),
      ['failed', 'completed'],
    );
  });

  it('completes where the second attempt does', async () => {
    const marker = join(place.folder, 'died');
    const trial = `
      log(0, { loss: 7 });
      if (arm === 'fast' && seed === 1 && !existsSync(${JSON.stringify(marker)})) {
        writeFileSync(${JSON.stringify(marker)}, '');
        process.kill(process.pid, 'SIGKILL');
      }
      log(1, { loss: 8 });`;
    const before = "import { existsSync, writeFileSync } from 'node:fs';";
    const state = await place.run(await place.write('experiment.ts', experimentSource({ before, trial })));
    assert.equal(state.status, 'completed');
    assert.deepEqual(lossOf(state, 'fast#1'), [7, 8]);
    assert.equal(state.verdict?.verdict, 'holds');
  });

  it('ends a trial that takes too much memory, at its line', async () => {
    const trial = `
      log(0, { loss: 1 });
      const kept: Uint8Array[] = [];
      for (;;) kept.push(new Uint8Array(1 << 20).fill(1)); // hog`;
    const file = await place.write('experiment.ts', experimentSource({ trial }));
    const state = await place.run(file, { seeds: 1, arms: ['fast'], memoryMegabytes: 300 });
    assert.equal(state.error?.kind, 'memory');
    assert.match(state.error.message, /the limit is 300 MB\. .* marginalia\.run\.memory, or --memory /);
    await lineOf(state, 'hog');
    assert.deepEqual(lossOf(state, 'fast#0'), [1]);
    assert.equal(state.trials[0]!.attempt, 1);
  });

  it('tells of a limit that was passed outside of a trial, at its line', async () => {
    const check = `() => {
      const kept: Uint8Array[] = [];
      for (;;) kept.push(new Uint8Array(1 << 20).fill(1)); // hog
    }`;
    const file = await place.write('experiment.ts', experimentSource({ trial: 'log(0, { loss: 1 });', check }));
    const state = await place.run(file, { memoryMegabytes: 300 });
    assert.equal(state.error?.kind, 'memory', state.error?.message);
    assert.match(state.error.message, /the limit is 300 MB/);
    await lineOf(state, 'hog');
    assert.deepEqual(lossOf(state, 'fast#0'), [1]);
  });

  it('takes the end that an experiment gives its process for nobody else’s', async () => {
    const trial = `log(0, { loss: 1 });
      if (seed % 2 === 0) process.exit(3); // ends
      setTimeout(() => { throw new Error('late'); });
      await new Promise(() => undefined);`;
    const file = await place.write('experiment.ts', experimentSource({ trial }));
    const state = await place.run(file, { seeds: 6 });
    assert.deepEqual(
      state.warnings.filter((warning) => warning.includes('begun afresh')),
      [],
    );
    assert.deepEqual(
      state.trials.map(({ attempt, error }) => [attempt, error?.kind]),
      state.trials.map(({ seed }) => [1, seed % 2 === 0 ? 'exit' : 'exception']),
    );
  });

  it("tells of JavaScript's own limit of memory", async () => {
    // Most of it in one instant, so that V8 gives up before anybody can look.
    const trial =
      'log(0, { loss: 1 }); await new Promise((go) => setTimeout(go, 200)); const all = []; for (;;) all.push(new Array(3e7).fill(1.5));';
    const file = await place.write('experiment.ts', experimentSource({ trial }));
    const state = await place.run(file, { seeds: 1, arms: ['fast'], memoryMegabytes: 60_000 / 100 });
    assert.equal(state.status, 'failed');
    assert.equal(state.error?.kind, 'memory', state.error?.message);
    assert.deepEqual(lossOf(state, 'fast#0'), [1]);
  });

  it('ends a trial that takes too long, at its line, and does the next', async () => {
    const trial = `
      log(0, { loss: 1 });
      const clock = new Int32Array(new SharedArrayBuffer(4));
      while (arm === 'fast') {
        for (let i = 0; i < 1e5; i++) clock[0] = i; // slow part
      }`;
    const file = await place.write('experiment.ts', experimentSource({ trial }));
    const state = await place.run(file, { seeds: 1, trialSeconds: 1, jobs: 1 });
    assert.equal(state.error?.kind, 'time');
    await lineOf(state, 'slow part|while');
    assert.deepEqual(
      state.trials.map(({ status }) => status),
      ['failed', 'completed'],
    );
  });

  it("leaves no process 5 seconds after the run's own is killed, loses nothing and is interrupted", async () => {
    const file = await place.write('experiment.ts', experimentSource({ trial: sleepUntilStopped }));
    const run = await place.start(file, { jobs: 2 });
    const before = await waitForState(run.folder, 'both trials log', (state) =>
      ['fast#0', 'slow#0'].every((name) => lossOf(state, name).length > 10),
    );
    const heartbeat = await waitFor('the heartbeat names both', async () => {
      const beat = await readHeartbeat(run.folder);
      return beat?.trialProcesses.length === 2 ? beat : undefined;
    });
    process.kill(run.pid, 'SIGKILL');
    const killed = performance.now();
    await waitFor('the trial processes are gone', () =>
      heartbeat.trialProcesses.some(processExists) ? undefined : true,
    );
    assert.ok(performance.now() - killed < 5000);
    assert.equal(await run.ended, 'failed');
    const state = await waitFor('the death is seen', async () => {
      const now = await place.read(run.folder);
      return now.status === 'interrupted' ? now : undefined;
    });
    for (const name of ['fast#0', 'slow#0']) {
      const values = lossOf(state, name);
      assert.ok(values.length >= lossOf(before, name).length);
      assert.ok(values.every((value, step) => value === step));
    }
    assert.equal((await listRuns(place.runsFolder))[0]?.status, 'interrupted');
    await stopRun(run.folder).done;
  });

  /** Starts a run from a process of its own and kills that process; answers the run's folder. */
  async function startFromAnotherProcess(whenStarterExits: 'continue' | 'stop'): Promise<string> {
    const file = await place.write('experiment.ts', experimentSource({ trial: sleepUntilStopped }));
    const command = runProcessCommand({
      distribution: distribution(),
      file,
      runsFolder: place.runsFolder,
      whenStarterExits,
    });
    const request = JSON.stringify({ ...(JSON.parse(command.args[0]!) as object), starterSign: 'input' });
    const code = `
      const { spawn } = require('node:child_process');
      spawn(process.execPath, ${JSON.stringify([command.program, request])}, { detached: true, stdio: ['${whenStarterExits === 'stop' ? 'pipe' : 'ignore'}', 'ignore', 'ignore'] });
      setInterval(() => undefined, 1000);`;
    const starter = spawn(process.execPath, ['-e', code], { stdio: 'inherit' });
    await waitForState(command.folder, 'the trial logs', (state) => lossOf(state, 'fast#0').length > 0);
    starter.kill('SIGKILL');
    return command.folder;
  }

  it('stops a run whose starter is gone, where that was wished', async () => {
    const folder = await startFromAnotherProcess('stop');
    const { record } = await waitForState(folder, 'it has stopped', (state) => state.status === 'stopped');
    await waitFor('its process is gone', () => (processExists(record.pid) ? undefined : true));
  });

  it('lets a run go on in the background, where that was wished, and can stop it from elsewhere', async () => {
    const folder = await startFromAnotherProcess('continue');
    const count = lossOf(await place.read(folder), 'fast#0').length;
    await waitForState(folder, 'it has gone on', (state) => lossOf(state, 'fast#0').length > count + 100);
    const [listed] = await listRuns(place.runsFolder);
    assert.equal(listed?.id, basename(folder));
    assert.equal(listed.status, 'running');
    await stopRun(folder).done;
    assert.equal((await place.read(folder)).status, 'stopped');
    assert.ok(!processExists(listed.record!.pid));
    assert.equal((await readFile(runFiles(folder).console, 'utf8')).length, 0);
  });
});
