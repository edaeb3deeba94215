import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readVerdicts } from '../../../src/corpus/verdicts.ts';
import { endless, quick, throwing } from './experiments.ts';
import { marginalia, start, withFolder } from './marginalia.ts';

interface RunResult {
  id: string;
  folder: string;
  outcome: string;
  seconds: number;
  backend: { name: string; version: string; reason: string };
  verdict: { verdict: string; conditions: { label: string; value: number; outcome: string }[] } | null;
  results: { metric: string; arm: string; median: number; values: number[] }[];
  warnings: string[];
  error: { kind: string; message: string; line?: number } | null;
}

/** Starts an endless run and waits until it has logged something; gives the run's folder and its process. */
async function startEndless(args: readonly string[], folder: string) {
  const { child, ended } = start(args, folder);
  const runs = join(folder, '.marginalia/runs');
  for (;;) {
    const run = existsSync(runs) ? readdirSync(runs)[0] : undefined;
    const events = join(runs, run ?? '', 'events.jsonl');
    if (run !== undefined && existsSync(events) && readFileSync(events, 'utf8').includes('"points"')) {
      const { pid } = JSON.parse(readFileSync(join(runs, run, 'run.json'), 'utf8')) as { pid: number };
      return { child, ended, id: run, pid };
    }
    if (child.exitCode !== null) throw new Error((await ended).stderr);
    await wait(50);
  }
}

const inFolderWith = (text: string, use: (folder: string) => Promise<void>) => () =>
  withFolder(async (folder) => {
    await writeFile(join(folder, 'experiment.ts'), text);
    await use(folder);
  });

describe('marginalia run', function () {
  this.timeout(60_000);

  it(
    'runs a file and gives outcome, values and verdict for machines',
    inFolderWith(quick, async (folder) => {
      const { code, stdout, stderr } = await marginalia(['run', 'experiment.ts', '--json'], folder);
      assert.equal(code, 0, stderr);
      const result = JSON.parse(stdout) as RunResult;
      assert.equal(result.outcome, 'completed');
      assert.equal(result.backend.reason, 'the experiment computes with plain numbers');
      assert.equal(result.verdict?.verdict, 'holds');
      assert.equal(result.verdict.conditions[0]?.label, 'gap');
      const larger = result.results.find(({ arm, metric }) => arm === 'larger' && metric === 'value');
      assert.equal(larger?.values.length, 4);
      assert.ok(Math.abs(larger.median - 2) < 0.5);
      assert.ok(existsSync(join(result.folder, 'events.jsonl')));
    }),
  );

  it(
    'reports in words for people, with progress on the error stream',
    inFolderWith(quick, async (folder) => {
      const { code, stdout, stderr } = await marginalia(['run', 'experiment.ts', '--seeds', '3'], folder);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^Engine: none \(the experiment computes with plain numbers\)$/m);
      assert.match(stdout, /^value \(units, higher is better\): a noisy mean$/m);
      assert.match(stdout, /^ {2}larger +\S+ +median of 3 seeds$/m);
      assert.match(stdout, /^The claim holds: The larger mean is larger\.$/m);
      assert.match(stdout, /^Completed after .*; kept in /m);
      assert.ok(!stderr.includes('\u001b'), 'control characters where there is no terminal');
    }),
  );

  it(
    'takes parameters and arms, and lists the run afterwards',
    inFolderWith(quick, async (folder) => {
      const args = ['run', 'experiment.ts', '--json', '--param', 'gap=-3', '--param', 'steps=7', '--seeds', '2'];
      const { code, stdout, stderr } = await marginalia(args, folder);
      assert.equal(code, 0, stderr);
      const result = JSON.parse(stdout) as RunResult;
      assert.equal(result.verdict?.verdict, 'fails');
      const record = JSON.parse(readFileSync(join(result.folder, 'run.json'), 'utf8')) as { params: unknown };
      assert.deepEqual(record.params, { gap: -3, steps: 7 });

      const one = await marginalia(['run', 'experiment.ts', '--json', '--arm', 'larger'], folder);
      const oneArm = JSON.parse(one.stdout) as RunResult;
      assert.equal(oneArm.verdict, null);
      assert.ok(oneArm.warnings.length > 0, 'why there is no verdict is not said');
      assert.deepEqual(
        oneArm.results.map(({ arm }) => arm),
        ['larger'],
      );

      const runs = JSON.parse((await marginalia(['runs', '--json'], folder)).stdout) as {
        id: string;
        verdict: string;
      }[];
      assert.deepEqual(
        runs.map(({ id }) => id),
        [oneArm.id, result.id],
      );
      assert.equal(runs[1]?.verdict, 'fails');
      const table = (await marginalia(['runs'], folder)).stdout;
      assert.match(table, new RegExp(`^${result.id} .*completed .*fails$`, 'm'));
    }),
  );

  it(
    'holds trials to the limits that it is given, and names the flags where one is passed',
    inFolderWith(endless, async (folder) => {
      const limits = ['--memory', '2000', '--time-limit', '1', '--jobs', '1'];
      const args = ['run', 'experiment.ts', '--arm', 'larger', '--seeds', '1', ...limits, '--json'];
      const { code, stdout, stderr } = await marginalia(args, folder);
      assert.equal(code, 1, stderr);
      const result = JSON.parse(stdout) as RunResult;
      const record = JSON.parse(readFileSync(join(result.folder, 'run.json'), 'utf8')) as {
        limits: unknown;
        jobs: number;
        backend: { asked: string };
      };
      assert.deepEqual(record.limits, { memoryMegabytes: 2000, trialSeconds: 1 });
      assert.equal(record.jobs, 1);
      assert.equal(record.backend.asked, 'auto');
      assert.match(result.error!.message, /limit of 1 seconds\. .* marginalia\.run\.trialTimeLimit, or --time-limit /);
    }),
  );

  it(
    'takes a wrong parameter, value or arm as wrong use, and says what there is',
    inFolderWith(quick, async (folder) => {
      const cases = [
        [['--param', 'gab=1'], /there is no parameter "gab"\. There are: gap, steps\./],
        [['--param', 'gap'], /--param takes name=value, not "gap"/],
        [['--param', 'gap=11'], /gap is a number from -10 to 10, not "11"/],
        [['--param', 'steps=1.5'], /steps is a whole number from 1 to 1000, not "1\.5"/],
        [['--arm', 'largest'], /there is no arm "largest"\. There are: larger, smaller\./],
      ] as const;
      for (const [args, message] of cases) {
        const { code, stderr } = await marginalia(['run', 'experiment.ts', ...args], folder);
        assert.equal(code, 2, stderr);
        assert.match(stderr, message);
      }
      assert.ok(!existsSync(join(folder, '.marginalia/runs')), 'something was run');
      const missing = await marginalia(['run', 'nothing.ts'], folder);
      assert.equal(missing.code, 2);
      assert.match(missing.stderr, /nothing\.ts does not exist/);
    }),
  );

  it(
    'ends with 1 and the place in the source where an experiment throws',
    inFolderWith(throwing, async (folder) => {
      const line = throwing.split('\n').findIndex((each) => each.includes('no luck today')) + 1;
      const { code, stderr } = await marginalia(['run', 'experiment.ts'], folder);
      assert.equal(code, 1);
      assert.match(stderr, new RegExp(`experiment\\.ts:${line}:\\d+: .*no luck today`));
    }),
  );

  it(
    'stops at Ctrl-C, keeps what was logged, and leaves no process',
    inFolderWith(endless, async (folder) => {
      const { child, ended, pid } = await startEndless(['run', 'experiment.ts', '--json'], folder);
      child.kill('SIGINT');
      const { code, stdout, stderr } = await ended;
      assert.equal(code, 130, stderr);
      const result = JSON.parse(stdout) as RunResult;
      assert.equal(result.outcome, 'stopped');
      assert.match(stderr, /Stopping …/);
      assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    }),
  );

  it(
    'tells how to go on with a run that a person stopped',
    inFolderWith(endless, async (folder) => {
      const { child, ended, id } = await startEndless(['run', 'experiment.ts'], folder);
      child.kill('SIGINT');
      const { stdout } = await ended;
      assert.match(stdout, /^Stopped after /m);
      assert.match(stdout, new RegExp(`^Go on with it: marginalia resume ${id}$`, 'm'));
    }),
  );

  for (const json of [false, true]) {
    it(
      `says that a run was interrupted whose process was killed, why, and how to go on${json ? ', for machines' : ''}`,
      inFolderWith(endless, async (folder) => {
        const { ended, id, pid } = await startEndless(['run', 'experiment.ts', ...(json ? ['--json'] : [])], folder);
        process.kill(pid, 'SIGKILL');
        const { code, stdout, stderr } = await ended;
        assert.equal(code, 1);
        if (json) {
          const { outcome, error } = JSON.parse(stdout) as RunResult;
          assert.equal(outcome, 'interrupted');
          assert.equal(error?.kind, 'killed');
          assert.match(error.message, /process was killed \(SIGKILL\)/);
          return;
        }
        assert.match(stderr, /The run was interrupted: its process was killed \(SIGKILL\)/);
        assert.match(stdout, /^Interrupted after /m);
        assert.match(stdout, new RegExp(`^Go on with it: marginalia resume ${id}$`, 'm'));
      }),
    );
  }
});

describe('a run from another terminal', function () {
  this.timeout(60_000);

  it(
    'is paused, continued and stopped, and says so to who started it',
    inFolderWith(endless, async (folder) => {
      const { ended, id } = await startEndless(['run', 'experiment.ts', '--jobs', '1'], folder);
      const ask = async (...args: string[]) => {
        const { code, stdout, stderr } = await marginalia(args, folder);
        return { code, told: stdout + stderr };
      };
      const statusAfter = async (command: string) => {
        const { told } = await ask(command, id, '--json');
        return JSON.parse(told) as { id: string; status: string };
      };
      assert.deepEqual(await statusAfter('pause'), { id, status: 'paused' });
      const resumed = await ask('resume', id);
      assert.equal(resumed.code, 2);
      assert.match(resumed.told, new RegExp(`paused\\. Let it go on: marginalia continue ${id}`));
      assert.deepEqual(await statusAfter('continue'), { id, status: 'running' });
      const again = await ask('continue', id);
      assert.equal(again.code, 2);
      assert.match(again.told, /is not paused: it is running/);
      const stopped = await ask('stop', id);
      assert.equal(stopped.code, 0, stopped.told);
      assert.match(stopped.told, new RegExp(`^Stopped ${id}\\. Go on with it: marginalia resume ${id}$`, 'm'));
      const starter = await ended;
      assert.equal(starter.code, 130);
      assert.match(starter.stdout, /^Stopped after /m);
      const late = await ask('pause', id);
      assert.equal(late.code, 2);
      assert.match(late.told, /is over: it is stopped\. `marginalia resume /);
    }),
  );
});

describe('marginalia runs', () => {
  it('says that they cannot be listed where a file is in the place of their folder', () =>
    withFolder(async (folder) => {
      await mkdir(join(folder, '.marginalia'));
      await writeFile(join(folder, '.marginalia', 'runs'), '');
      const { code, stdout, stderr } = await marginalia(['runs'], folder);
      assert.equal(code, 1);
      assert.equal(stdout, '');
      assert.match(stderr, /The runs in .*runs cannot be listed: it is a file, not a folder/);
    }));

  it('says how to start one where there is none', () =>
    withFolder(async (folder) => {
      const { code, stdout } = await marginalia(['runs'], folder);
      assert.equal(code, 0);
      assert.match(stdout, /^There are no runs in .*marginalia run/m);
    }));
});

describe('marginalia verify', function () {
  this.timeout(300_000);

  it('knows the methods before it runs any', async () => {
    const { code, stderr, stdout } = await marginalia(['verify', 'rex', 'no-such-method', '--json']);
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /there is no method "no-such-method"/);
  });

  it('runs nothing again that a record has and that still fits', () =>
    withFolder(async (folder) => {
      const record = join(folder, 'verdicts.json');
      await copyFile('snippets/verdicts.json', record);
      const { stdout, stderr } = await marginalia(['verify', '--record', record, '--json']);
      const rows = JSON.parse(stdout) as { id: string; verdict: string }[];
      const { verdicts } = readVerdicts(readFileSync(record, 'utf8'), record);
      assert.deepEqual(
        rows.map(({ id, verdict }) => [id, verdict]),
        Object.keys(verdicts).map((id) => [id, verdicts[id]!.verdict]),
        stderr,
      );
    }));

  it('runs what is named, says which swaps the claim survives, and keeps what it found', () =>
    withFolder(async (folder) => {
      const record = join(folder, 'verdicts.json');
      const found = await marginalia(['verify', 'purely-periodic-policy', '--sabotage', '--record', record, '--json']);
      assert.equal(found.code, 0, found.stderr);
      const [row] = JSON.parse(found.stdout) as { verdict: string; effect: number; sabotage: Record<string, string> }[];
      assert.equal(row?.verdict, 'holds');
      const kept = readVerdicts(readFileSync(record, 'utf8'), record).verdicts['purely-periodic-policy'];
      assert.deepEqual(kept?.sabotage, row.sabotage);
      assert.ok(Object.values(row.sabotage).includes('fails'));
      assert.ok(Math.abs(kept.effect.value! - row.effect) < 1e-5 * Math.abs(row.effect));
      assert.ok(Object.keys(kept.curve.arms).length > 1);
    }));

  it('never writes over a record that it cannot read', () =>
    withFolder(async (folder) => {
      const record = join(folder, 'verdicts.json');
      await writeFile(record, '{\n  "rex": 3\n}\n');
      const { code, stderr } = await marginalia(['verify', 'rex', '--record', record]);
      assert.equal(code, 2);
      assert.match(stderr, /verdicts\.json:2: rex: /);
      assert.equal(readFileSync(record, 'utf8'), '{\n  "rex": 3\n}\n');
    }));
});
