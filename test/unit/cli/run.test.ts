import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
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
  verdict: { verdict: string; conditions: { label: string; value: number; outcome: string }[] } | null;
  results: { metric: string; arm: string; median: number; values: number[] }[];
  warnings: string[];
  error: { message: string; line?: number } | null;
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
      const { child, ended } = start(['run', 'experiment.ts', '--json'], folder);
      const runs = join(folder, '.marginalia/runs');
      const logged = () =>
        existsSync(runs) &&
        readdirSync(runs).some((id) => {
          const events = join(runs, id, 'events.jsonl');
          return existsSync(events) && readFileSync(events, 'utf8').includes('"points"');
        });
      while (!logged() && child.exitCode === null) await wait(50);
      child.kill('SIGINT');
      const { code, stdout, stderr } = await ended;
      assert.equal(code, 130, stderr);
      const result = JSON.parse(stdout) as RunResult;
      assert.equal(result.outcome, 'stopped');
      assert.match(stderr, /Stopping …/);
      const { pid } = JSON.parse(readFileSync(join(result.folder, 'run.json'), 'utf8')) as { pid: number };
      assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    }),
  );
});

describe('marginalia runs', () => {
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
