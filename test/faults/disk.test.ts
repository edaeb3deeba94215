import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { listRuns, readRun } from '../../src/runtime/runs/folder.ts';
import { createWorkplace, experimentSource, lossOf, type Workplace } from '../unit/runtime/built.ts';
import { rounds, times } from './times.ts';

const program = resolve('dist/cli.js');

/** Logs without end: a little text each point, so that the disk is full soon and not at once. */
const flood = `
      for (let step = 0; step < 1e6; step++) {
        log(step, { loss: Math.sqrt(step) });
        if (step % 200 === 0) await new Promise((go) => setTimeout(go, 1));
      }`;

/** Whether this process may mount a small disk that only its children see. */
const mounts =
  process.platform === 'linux' &&
  spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/tmp']).status === 0;

/** The user of no rights; the administrator may write whatever a folder says. */
const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

interface Listed {
  readonly status: string;
  readonly problem: string | null;
}

describe('a disk that takes no more', function () {
  this.timeout(60_000 * times + 60_000);
  let place: Workplace;
  beforeEach(async () => {
    place = await createWorkplace();
    await mkdir(join(place.folder, '.marginalia'), { recursive: true });
    await place.write('experiment.ts', experimentSource({ trial: flood }));
  });
  afterEach(() => place.clean());

  /** Runs a script in a shell in the workplace; `marginalia` in it is the built program. */
  function shell(script: string, { ownDisk }: { readonly ownDisk: boolean }) {
    const command = ['sh', '-c', `marginalia() { "${process.execPath}" "${program}" "$@"; }\n${script}`];
    const all = ownDisk ? ['unshare', '--user', '--map-root-user', '--mount', ...command] : command;
    return spawnSync(all[0]!, all.slice(1), { cwd: place.folder, encoding: 'utf8', maxBuffer: 1 << 28 });
  }

  for (const round of rounds) {
    it(`because it is full: keeps what was written, says so everywhere, and can go on (${round + 1})`, function () {
      if (!mounts) {
        console.log('      Not run, because this system lets no user mount a small disk.');
        this.skip(); // The line above says why; the next test does the same with a limit on files.
      }
      // What is left of the disk once the run has begun differs from round to round, so it fills up in another place.
      const { stdout, stderr } = shell(
        `mount -t tmpfs -o size=${900 + round * 13}k tmpfs .marginalia
         marginalia run experiment.ts --seeds 1 --arm fast --json > "$HOME/out.json" 2> /dev/null; cat "$HOME/out.json"
         echo ---; marginalia runs --json
         echo ---; tail -c 300 .marginalia/runs/*/events.jsonl
         echo ---; cat .marginalia/runs/*/events.jsonl | grep -c '"points"'
         echo ---; mount -o remount,size=64m .marginalia
         timeout 2 "${process.execPath}" "${program}" resume "$(ls .marginalia/runs)" > /dev/null 2>&1
         marginalia runs --json`.replaceAll('$HOME', place.folder),
        { ownDisk: true },
      );
      const [result, listed, tail, points, resumed] = stdout.split('---\n') as [string, string, string, string, string];
      const { outcome, error } = JSON.parse(result || '{}') as { outcome?: string; error?: { message: string } };
      assert.equal(outcome, 'failed', stderr);
      assert.match(error!.message, /The disk of .* is full\. What was recorded until then is kept\./);
      assert.deepEqual(
        (JSON.parse(listed) as Listed[]).map(({ status }) => status),
        ['failed'],
      );
      assert.ok(tail.endsWith('}\n') && tail.includes('"ended"'), `the last line is whole and says the end: ${tail}`);
      assert.ok(Number(points) > 5);
      assert.deepEqual(
        (JSON.parse(resumed) as Listed[]).map(({ status }) => status),
        ['stopped'],
      );
    });

    it(`because a file may not grow further: keeps what was written and says so (${round + 1})`, async function () {
      if (process.platform === 'win32') this.skip(); // Windows has no such limit.
      // Blocks of 512 bytes: enough for the product’s own files, not for all points.
      shell(`ulimit -f ${1500 + round * 7}; marginalia run experiment.ts --seeds 1 --arm fast > /dev/null 2>&1`, {
        ownDisk: false,
      });
      const { stdout } = shell('marginalia runs --json', { ownDisk: false });
      const [listed] = JSON.parse(stdout) as (Listed & { folder: string })[];
      assert.equal(listed?.status, 'failed');
      const state = await readRun(listed.folder);
      assert.match(state.error!.message, /has reached the size that this system allows/);
      const values = lossOf(state, 'fast#0');
      assert.ok(values.length > 1000 && values.every((value, step) => value === Math.sqrt(step)));
      assert.deepEqual(state.warnings, []);
      const text = await readFile(join(listed.folder, 'events.jsonl'), 'utf8');
      assert.ok(text.endsWith('}\n'), 'the last line is whole');
    });
  }

  it('because it is read-only: no run begins, and old runs are shown', function () {
    if (!mounts) {
      console.log('      Not run, because this system lets no user mount a read-only disk.');
      this.skip(); // The line above says why.
    }
    const { stdout, stderr } = shell(
      `mount -t tmpfs tmpfs .marginalia
       "${process.execPath}" "${program}" run experiment.ts --seeds 1 --arm fast > /dev/null 2>&1 & run=$!
       while ! grep -qs '"points"' .marginalia/runs/*/events.jsonl; do sleep 0.1; done
       kill -TERM $run; wait $run
       mount -o remount,ro .marginalia
       marginalia run experiment.ts; echo "exit $?"
       marginalia label "$(ls .marginalia/runs)" --name x; echo "exit $?"
       marginalia delete --yes --force "$(ls .marginalia/runs)"; echo "exit $?"
       marginalia runs --json`,
      { ownDisk: true },
    );
    const [exits, listed] = [stdout.slice(0, stdout.indexOf('[')), stdout.slice(stdout.indexOf('['))];
    assert.deepEqual(exits.match(/exit \d+/g), ['exit 1', 'exit 1', 'exit 1'], stderr);
    assert.match(stderr, /The run cannot be kept in .*, which must be a folder that can be written/);
    assert.match(stderr, /What you wrote on the run cannot be kept: .*read-only/);
    assert.match(stderr, /The run .* cannot be deleted: .*read-only/);
    assert.match(listed, /"status": "stopped"/);
    assert.ok(!existsSync(join(place.folder, '.marginalia', 'runs')), 'nothing was written beside the disk');
  });

  for (const round of rounds) {
    it(`because it was full from the start: says so at the terminal (${round + 1})`, function () {
      if (!mounts) {
        console.log('      Not run, because this system lets no user mount a small disk.');
        this.skip(); // The line above says why.
      }
      const { stdout, stderr } = shell(
        `mount -t tmpfs -o size=${4 + 4 * (round % 8)}k tmpfs .marginalia
         marginalia run experiment.ts --seeds 1 --arm fast; echo "exit $?"`,
        { ownDisk: true },
      );
      assert.match(stderr, /The disk of .* is full\. What was recorded until then is kept\. Make room there/, stdout);
      assert.match(stdout, /exit 1/);
    });

    it(`for a checkpoint: says so at the line that saves it (${round + 1})`, async function () {
      if (!mounts) {
        console.log('      Not run, because this system lets no user mount a small disk.');
        this.skip(); // The line above says why.
      }
      const trial = `log(0, { loss: 1 });\n checkpoint.save(new Float64Array(2 ** 17 + ${round}));`;
      await place.write('experiment.ts', experimentSource({ trial }));
      const { stdout, stderr } = shell(
        `mount -t tmpfs -o size=900k tmpfs .marginalia
         marginalia run experiment.ts --seeds 1 --arm fast --json`,
        { ownDisk: true },
      );
      const { outcome, error } = JSON.parse(stdout || '{}') as {
        outcome?: string;
        error?: { message: string; line?: number };
      };
      assert.equal(outcome, 'failed', stderr);
      assert.match(error!.message, /checkpoint\.save: The disk of .* is full\..* Make room there and resume the run/);
      assert.equal(error!.line, 11);
    });

    it(`because a folder may not be written while its run goes on: keeps all, and the run can be finished (${round + 1})`, async function () {
      if (process.platform === 'win32') this.skip(); // Windows keeps no folder from being written by such a mode.
      const trial = `for (let step = 0; step < 120; step++) { log(step, { loss: step }); await new Promise((go) => setTimeout(go, 5)); }`;
      await place.write('experiment.ts', experimentSource({ trial }));
      for (const folder of 'uid' in nobody ? ['', '.marginalia'] : []) {
        await chown(join(place.folder, folder), nobody.uid!, nobody.gid!);
      }
      const script = `
        "${process.execPath}" "${program}" run experiment.ts --jobs 2 --json > out.json & run=$!
        while kill -0 $run && ! grep -qs '"points"' .marginalia/runs/*/events.jsonl; do sleep 0.05; done
        sleep 0.${round % 10}
        chmod 555 .marginalia/runs/*; wait $run; echo "exit $?"; cat out.json`;
      const env = { ...process.env, HOME: place.folder, MARGINALIA_CACHE: join(place.folder, 'cache') };
      const { stdout, stderr } = spawnSync('sh', ['-c', script], {
        cwd: place.folder,
        encoding: 'utf8',
        env,
        ...nobody,
      });
      const [listed] = await listRuns(place.runsFolder);
      assert.ok(listed !== undefined, stderr);
      assert.match(stdout, /exit 0\n/, stderr);
      const state = await readRun(listed.folder);
      assert.deepEqual([listed.status, state.status], ['completed', 'completed']);
      assert.deepEqual(lossOf(state, 'slow#1').length, 120);
    });
  }
});
