import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { followRun } from '../../../src/runtime/runs/follow.ts';
import { listRuns } from '../../../src/runtime/runs/folder.ts';
import { readHeartbeat } from '../../../src/runtime/runs/heartbeat.ts';
import { processExists } from '../../../src/runtime/runs/processes.ts';
import { runFiles } from '../../../src/runtime/runs/run-files.ts';
import { continueRun } from '../../../src/runtime/runs/start.ts';
import { isOver, type RunState } from '../../../src/runtime/runs/state.ts';
import { stopRun } from '../../../src/runtime/runs/control.ts';
import {
  createWorkplace,
  distribution,
  experimentSource,
  lossOf,
  waitFor,
  waitForState,
  type Workplace,
} from './built.ts';

/** Draws numbers that depend on all that were drawn before; waits at a step for as long as a file is there. */
const walk = (checkpoints: boolean) => `
      const state = checkpoint.restore({ step: 0, position: 0, rng: rng.save() });
      rng.restore(state.rng);
      for (let step = state.step; step < 60; step++) {
        state.position += rng.normal();
        log(step, { loss: state.position });
        if (${checkpoints} && step % 10 === 9) checkpoint.save({ ...state, step: step + 1, rng: rng.save() });
        while (step === 35 && existsSync(process.cwd() + '/hold')) log(step, { loss: state.position });
      }`;
const before = "import { existsSync } from 'node:fs';";

describe('a run that was interrupted', () => {
  let place: Workplace;
  beforeEach(async () => (place = await createWorkplace()));
  afterEach(() => place.clean());

  const continued = async (folder: string) => {
    const run = await continueRun({ distribution: distribution(), folder });
    return { run, outcome: await run.ended, state: await place.read(folder) };
  };

  /** Curves as an uninterrupted run has them. */
  async function undisturbed(checkpoints: boolean): Promise<RunState> {
    return place.run(await place.write('calm.ts', experimentSource({ before, trial: walk(checkpoints) })));
  }

  /** Starts a run, waits until both of its first trials stand at step 35, and kills its process. */
  async function interrupted(checkpoints: boolean): Promise<string> {
    const hold = await place.write('hold', '');
    const file = await place.write('walk.ts', experimentSource({ before, trial: walk(checkpoints) }));
    const run = await place.start(file, { jobs: 2 });
    await waitForState(run.folder, 'both trials hold', (state) =>
      ['fast#0', 'slow#0'].every((trial) => lossOf(state, trial).length > 40),
    );
    const { trialProcesses = [] } = (await readHeartbeat(run.folder)) ?? {};
    process.kill(run.pid, 'SIGKILL');
    await run.ended;
    await waitFor('its trials are gone', () => (trialProcesses.some(processExists) ? undefined : true));
    await rm(hold);
    await waitFor('it counts as interrupted', async () =>
      (await listRuns(place.runsFolder))[0]?.status === 'interrupted' ? true : undefined,
    );
    return run.folder;
  }

  function assertSameCurves(state: RunState, expected: RunState): void {
    for (const { trial } of expected.trials) assert.deepEqual(lossOf(state, trial), lossOf(expected, trial), trial);
  }

  for (const checkpoints of [true, false]) {
    it(`goes on to the same numbers, ${checkpoints ? 'from its checkpoints' : 'its trials begun afresh'}`, async () => {
      const expected = await undisturbed(checkpoints);
      const folder = await interrupted(checkpoints);
      const { outcome, state } = await continued(folder);
      assert.equal(outcome, 'completed');
      assertSameCurves(state, expected);
      assert.deepEqual(state.verdict?.conditions, expected.verdict?.conditions);
      const events = await readFile(runFiles(folder).events, 'utf8');
      assert.equal(events.includes('"checkpoint":3'), checkpoints);
      // A checkpoint that nobody can need any more takes no room.
      assert.deepEqual(await readdir(runFiles(folder).checkpoints).catch(() => []), []);
    });
  }

  it('loses nothing to a line that was torn', async () => {
    const expected = await undisturbed(true);
    const folder = await interrupted(true);
    await appendFile(runFiles(folder).events, '{"at":1,"type":"points","trial":"fast#0","metr');
    const { state } = await continued(folder);
    assertSameCurves(state, expected);
    assert.deepEqual(state.warnings, []);
  });

  it('keeps the trials that were completed', async () => {
    const expected = await undisturbed(true);
    const folder = await interrupted(true);
    const text = await readFile(runFiles(folder).events, 'utf8');
    const { state } = await continued(folder);
    assertSameCurves(state, expected);
    const again = await readFile(runFiles(folder).events, 'utf8');
    assert.ok(again.startsWith(text.slice(0, text.lastIndexOf('\n') + 1)));
    assert.ok(state.trials.every(({ status }) => status === 'completed'));
    await assert.rejects(continued(folder), /is complete: there is nothing to resume/);
  });

  it('is seen to go on by whoever watched it end', async () => {
    const folder = await interrupted(true);
    const statuses: string[] = [];
    /** Process that goes on with the run, and what is told of the run once the follower knows it. */
    let second: number | undefined;
    const heard: string[] = [];
    const follower = followRun(folder, {
      onEvents: (_events, { status, record }) => {
        if (statuses.at(-1) !== status) statuses.push(status);
        if (record.pid === second) heard.push(status);
      },
    });
    try {
      await waitFor('the follower sees it interrupted', () => (statuses.at(-1) === 'interrupted' ? true : undefined));
      // Longer than a follower takes to look whether the process lives.
      const hold = await place.write('hold', '');
      const run = await continueRun({ distribution: distribution(), folder });
      second = run.pid;
      await waitFor('the follower sees it go on', () => (statuses.at(-1) === 'running' ? true : undefined));
      await new Promise((resolve) => setTimeout(resolve, 2500));
      assert.equal(statuses.at(-1), 'running');
      await rm(hold);
      assert.equal(await run.ended, 'completed');
      await waitFor('the follower sees its end', () => (statuses.at(-1) === 'completed' ? true : undefined));
      assertSameCurves(follower.state, await place.read(folder));
      assert.equal(heard[0], 'running', 'it was told to have ended of a process that had just begun');
    } finally {
      follower.dispose();
    }
  });

  it('between its verdict and its end is given its end, and the verdict stands', async () => {
    const file = await place.write('calm.ts', experimentSource({ before, trial: walk(false) }));
    const run = await place.start(file);
    assert.equal(await run.ended, 'completed');
    const files = runFiles(run.folder);
    const whole = await readFile(files.events, 'utf8');
    const expected = await place.read(run.folder);
    const lines = whole.split('\n');
    assert.match(lines.at(-2)!, /"ended"/);
    await writeFile(files.events, `${lines.slice(0, -2).join('\n')}\n`);
    await rm(files.summary);
    assert.equal((await listRuns(place.runsFolder))[0]?.status, 'interrupted');
    const { outcome, state } = await continued(run.folder);
    assert.equal(outcome, 'completed');
    assertSameCurves(state, expected);
    assert.deepEqual([state.status, state.verdict], ['completed', expected.verdict]);
    assert.equal((await listRuns(place.runsFolder))[0]?.status, 'completed');
  });

  it('after its last event is listed as that says, without its summary', async () => {
    const run = await place.start(await place.write('calm.ts', experimentSource({ before, trial: walk(false) })));
    await run.ended;
    const [expected] = await listRuns(place.runsFolder);
    await rm(runFiles(run.folder).summary);
    assert.deepEqual(await listRuns(place.runsFolder), [expected]);
    await assert.rejects(continued(run.folder), /is complete: there is nothing to resume/);
  });

  for (const [damage, problem] of [
    ['overwritten', /it is not what was written/],
    ['cut short', /it is not what was written/],
    ['changed in one byte', /it is not what was written/],
    ['missing', /it is missing/],
  ] as const) {
    it(`begins trials afresh whose checkpoint is ${damage}, and names the file`, async () => {
      const expected = await undisturbed(true);
      const folder = await interrupted(true);
      const { checkpoints } = runFiles(folder);
      for (const name of await readdir(checkpoints)) {
        const file = join(checkpoints, name);
        const bytes = await readFile(file);
        if (damage === 'overwritten') await writeFile(file, 'garbage');
        else if (damage === 'cut short') await writeFile(file, bytes.subarray(0, -9));
        else if (damage === 'missing') await rm(file);
        else await writeFile(file, bytes.with(bytes.length - 12, bytes.at(-12)! ^ 1));
      }
      const { outcome, state } = await continued(folder);
      assert.equal(outcome, 'completed');
      assertSameCurves(state, expected);
      assert.equal(state.warnings.length, 2);
      for (const warning of state.warnings) {
        assert.ok(warning.includes(checkpoints), warning);
        assert.match(warning, problem);
        assert.match(warning, /begun afresh/);
      }
    });
  }

  it('does not go on with a bundle that is damaged, and says so', async () => {
    const folder = await interrupted(false);
    const { bundle } = runFiles(folder);
    await writeFile(bundle, (await readFile(bundle)).subarray(0, -100));
    await assert.rejects(
      continued(folder),
      /experiment\.cjs is not what the run .* began with: it was damaged or changed/,
    );
  });

  it('goes on whatever lies among its claims', async () => {
    const folder = await interrupted(false);
    await mkdir(join(folder, 'claims'));
    for (const [index, text] of ['', 'garbage', '\u0000\u0000', '-1', '4194311'].entries()) {
      await writeFile(join(folder, 'claims', String(index + 1)), text);
    }
    assert.equal((await continued(folder)).outcome, 'completed');
  });

  it('goes on with another build of the product than it began with, and its sdk', async () => {
    const expected = await undisturbed(false);
    const own = process.env.MARGINALIA_DIST;
    const other = join(place.folder, 'another build');
    await cp(distribution(), other, { recursive: true });
    process.env.MARGINALIA_DIST = other;
    const folder = await interrupted(false).finally(() => {
      if (own === undefined) delete process.env.MARGINALIA_DIST;
      else process.env.MARGINALIA_DIST = own;
    });
    await rm(other, { recursive: true });
    const { outcome, state } = await continued(folder);
    assert.equal(outcome, 'completed', state.error?.message);
    assertSameCurves(state, expected);
  });

  it('goes on with a bundle that names the sdk of a version which is gone', async () => {
    const expected = await undisturbed(false);
    const folder = await interrupted(false);
    const { bundle, record } = runFiles(folder);
    const text = await readFile(bundle, 'utf8');
    assert.ok(text.includes('require("marginalia")'));
    const old = text.replace('require("marginalia")', 'require("/gone/dist/sdk.cjs")');
    await writeFile(bundle, old);
    const [before, after] = [text, old].map((code) => createHash('sha256').update(code).digest('hex')) as [
      string,
      string,
    ];
    await writeFile(record, (await readFile(record, 'utf8')).replace(before, after));
    const { outcome, state } = await continued(folder);
    assert.equal(outcome, 'completed', state.error?.message);
    assertSameCurves(state, expected);
  });

  it('says no more why it had no verdict once it has gone on', async () => {
    const marker = join(place.folder, 'mended');
    const trial = `log(0, { loss: 1 }); if (!existsSync(${JSON.stringify(marker)})) throw new Error('not yet');`;
    const run = await place.start(await place.write('mended.ts', experimentSource({ before, trial })));
    assert.equal(await run.ended, 'failed');
    assert.match((await place.read(run.folder)).warnings.join(), /There is no verdict: 4 of 4 trials did not complete/);
    await writeFile(marker, '');
    const { state } = await continued(run.folder);
    assert.deepEqual([state.status, state.warnings], ['completed', []]);
  });

  it('is taken up by one process only', async () => {
    const expected = await undisturbed(true);
    const folder = await interrupted(true);
    const started = await Promise.allSettled(
      [0, 1, 2].map(() => continueRun({ distribution: distribution(), folder })),
    );
    const outcomes = await Promise.all(
      started.map(async (result) => (result.status === 'fulfilled' ? await result.value.ended : 'refused')),
    );
    assert.equal(outcomes.filter((outcome) => outcome === 'completed').length, 1, outcomes.join());
    assertSameCurves(await place.read(folder), expected);
    for (const result of started) {
      if (result.status === 'rejected') {
        assert.match(String(result.reason), /is being run by another process already \(pid \d+\)|is complete/);
      }
    }
    assert.equal(await readFile(runFiles(folder).console, 'utf8'), '');
  });
});

describe('a run that was stopped', () => {
  let place: Workplace;
  beforeEach(async () => (place = await createWorkplace()));
  afterEach(() => place.clean());

  it('goes on where it is taken up, and may be stopped again', async () => {
    const trial = `
      const clock = new Int32Array(new SharedArrayBuffer(4));
      for (let step = checkpoint.restore(0); ; step++) {
        Atomics.wait(clock, 0, 0, 2); log(step, { loss: step }); checkpoint.save(step + 1);
      }`;
    const run = await place.start(await place.write('endless.ts', experimentSource({ trial })), { jobs: 1 });
    await waitForState(run.folder, 'it logs', (state) => lossOf(state, 'fast#0').length > 5);
    await stopRun(run.folder).done;
    const length = lossOf(await place.read(run.folder), 'fast#0').length;
    const again = await continueRun({ distribution: distribution(), folder: run.folder });
    await waitFor('it goes on', async () =>
      lossOf(await place.read(run.folder), 'fast#0').length > length + 5 ? true : undefined,
    );
    await stopRun(run.folder).done;
    assert.equal(await again.ended, 'stopped');
    const state = await place.read(run.folder);
    assert.ok(isOver(state.status));
    const values = lossOf(state, 'fast#0');
    assert.ok(values.every((value, step) => value === step));
  });

  it('has nothing to go on from where its experiment was never loaded', async () => {
    const run = await place.start(await place.write('broken.ts', 'export default {{'));
    assert.equal(await run.ended, 'failed');
    await assert.rejects(
      continueRun({ distribution: distribution(), folder: run.folder }),
      /ended before its experiment was loaded.*Run it again/,
    );
  });

  it('does not go on twice at a time', async () => {
    const trial =
      'const clock = new Int32Array(new SharedArrayBuffer(4)); for (let i = 0; ; i++) { Atomics.wait(clock, 0, 0, 5); log(i, { loss: i }); }';
    const run = await place.start(await place.write('endless.ts', experimentSource({ trial })), { jobs: 1 });
    await waitForState(run.folder, 'it logs', (state) => lossOf(state, 'fast#0').length > 1);
    await assert.rejects(
      continueRun({ distribution: distribution(), folder: run.folder }),
      /is being run by another process already \(pid \d+\)/,
    );
  });
});

describe('a checkpoint', () => {
  let place: Workplace;
  beforeEach(async () => (place = await createWorkplace()));
  afterEach(() => place.clean());

  it('lets a trial go on whose process was killed', async () => {
    const trial = `
      const state = checkpoint.restore({ step: 0, seen: new Float64Array(3), names: new Map([['a', 1n]]) });
      for (let step = state.step; step < 30; step++) {
        state.seen[step % 3] += step;
        log(step, { loss: state.seen[0] + Number(state.names.get('a')) });
        if (step === 19 && state.step === 0) {
          checkpoint.save({ ...state, step: 20 });
          // Time for the recorder to carry it on.
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
          process.kill(process.pid, 'SIGKILL');
        }
      }`;
    const state = await place.run(await place.write('killed.ts', experimentSource({ trial })), { jobs: 1, seeds: 1 });
    const sums = Array.from(
      { length: 30 },
      (_, step) => 1 + (3 * Math.floor(step / 3) * (Math.floor(step / 3) + 1)) / 2,
    );
    for (const name of ['fast#0', 'slow#0']) assert.deepEqual(lossOf(state, name), sums);
    assert.deepEqual(
      state.trials.map(({ attempt, status }) => [attempt, status]),
      [
        [2, 'completed'],
        [2, 'completed'],
      ],
    );
    assert.match(state.warnings[0]!, /It goes on from its checkpoint/);
  });

  it('of something that cannot be kept fails with its line', async () => {
    const trial = 'checkpoint.save({ log });';
    const state = await place.run(await place.write('unkept.ts', experimentSource({ trial })), { seeds: 1 });
    assert.equal(state.status, 'failed');
    assert.match(
      state.error!.message,
      /checkpoint\.save: the state cannot be kept: it holds something that is not data.*typed arrays/,
    );
    assert.equal(state.error!.line, 10);
  });
});

describe('tensors that a trial leaves behind', () => {
  let place: Workplace;
  beforeEach(async () => (place = await createWorkplace()));
  afterEach(() => place.clean());

  it('are told once for each arm, with their number', async () => {
    const trial = `
      const kept = tf.tensor1d([1, 2]);
      if (arm === 'slow') { tf.keep(tf.square(kept)); } else { kept.dispose(); }
      log(0, { loss: 1 });`;
    const file = await place.write('leaking.ts', experimentSource({ compute: 'linalg', trial }));
    const state = await place.run(file, { jobs: 1 });
    assert.equal(state.warnings.length, 1);
    assert.match(
      state.warnings[0]!,
      /^slow#\d: 2 tensors stayed behind \(\d+ were alive before the trial, \d+ after it\)/,
    );
  });

  it('are none where variables are all that is left', async () => {
    const trial = 'const zeros = tf.zeros([3]); tf.variable(zeros); zeros.dispose(); log(0, { loss: 1 });';
    const file = await place.write('clean.ts', experimentSource({ compute: 'autodiff', trial }));
    assert.deepEqual((await place.run(file)).warnings, []);
  });
});
