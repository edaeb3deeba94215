import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { processExists } from '../../../src/runtime/runs/processes.ts';
import { fakeTools, type FakeTools } from './fake-tools.ts';
import { marginalia, start, withFolder } from './marginalia.ts';

interface SetupResult {
  readonly folder: string;
  readonly found: boolean;
  readonly how: string;
  readonly libtensorflow: string;
  readonly build: string;
  readonly onGpu: boolean;
  readonly noGpu?: string;
  readonly nvidiaLibraries?: readonly string[];
  readonly log: string;
}

/** Offers a test the setup among programs that only play their part. */
function among(tools: FakeTools, use: (tried: Awaited<ReturnType<typeof prepare>>) => Promise<void>) {
  return () => withFolder(async (folder) => use(await prepare(folder, tools)));
}

async function prepare(folder: string, tools: FakeTools) {
  const { env, calls, pidFile } = await fakeTools(folder, tools);
  const parent = join(env.MARGINALIA_CACHE, 'tensorflow');
  return {
    ...{ folder, env, calls, pidFile, parent },
    setUp: (...more: readonly string[]) => marginalia(['setup', 'tensorflow', ...more], folder, env),
    /** What there is beside the log. */
    kept: async () => (await readdir(parent)).filter((name) => name !== 'setup.log'),
  };
}

const resultOf = ({ code, stdout, stderr }: { code: number | null; stdout: string; stderr: string }) => {
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as SetupResult;
};

describe('marginalia setup tensorflow', function () {
  this.timeout(60_000);

  it('explains itself, what it needs and what it prints for machines', async () => {
    const { code, stdout } = await marginalia(['setup', 'tensorflow', '--help']);
    assert.equal(code, 0);
    assert.match(stdout, /^Usage: marginalia setup tensorflow/);
    assert.match(stdout, /--json +print/);
    assert.match(stdout, /--gpu +the build for NVIDIA GPUs/);
    assert.match(stdout, /Python 3, pip and a\s+C\+\+ compiler/);
    assert.match((await marginalia(['setup', '--help'])).stdout, /^ {2}tensorflow/m);
  });

  it(
    'takes the prebuilt addon where it fits, and finds it the next time',
    among({ prebuilt: 'fits' }, async ({ setUp, calls, kept }) => {
      const first = resultOf(await setUp('--json'));
      assert.deepEqual([first.how, first.found, first.libtensorflow], ['standard', false, '9.9.9']);
      assert.deepEqual(
        (await calls()).map((call) => call.split(' ').slice(0, 2).join(' ')),
        ['npm install', 'npm rebuild'],
      );
      const again = await setUp();
      assert.equal(again.stderr, 'Checking the installation that is there …\n');
      assert.match(again.stdout, /^Native TensorFlow was ready already: tfjs-node 4\.22\.0 on libtensorflow 9\.9\.9/);
      assert.equal((await calls()).length, 2, 'nothing is installed twice');
      assert.equal((await kept()).length, 1);
    }),
  );

  it(
    'says each step, and keeps all that was printed in a log',
    among({ prebuilt: 'fits' }, async ({ setUp, parent }) => {
      const { stdout, stderr } = await setUp();
      assert.equal(
        stderr,
        'Installing @tensorflow/tfjs-node …\nInstalling the prebuilt addon …\nChecking that it computes …\n',
      );
      assert.match(stdout, /is ready after .*--backend tensorflow/s);
      const log = readFileSync(join(parent, 'setup.log'), 'utf8');
      assert.match(log, / s {2}> npm install --ignore-scripts/);
      assert.match(log, / s {2}\{"tfjsNode":"4\.22\.0","libtensorflow":"9\.9\.9"/);
    }),
  );

  it(
    'replaces an installation that no longer computes',
    among({ prebuilt: 'fits' }, async ({ setUp, parent }) => {
      const { folder, log } = resultOf(await setUp('--json'));
      await rm(join(folder, 'node_modules/@tensorflow/tfjs-node/lib'), { recursive: true });
      const anew = resultOf(await setUp('--json'));
      assert.deepEqual([anew.found, anew.folder], [false, folder]);
      assert.equal(log, join(parent, 'setup.log'));
      assert.match(readFileSync(log, 'utf8'), /does not compute, and is set up anew: .*addon can not be found/);
    }),
  );

  it(
    'clears away what a setup left that was killed, and takes a torn record for none',
    among({ prebuilt: 'fits' }, async ({ setUp, parent, kept }) => {
      await mkdir(join(parent, 'setup-999999999/node_modules'), { recursive: true });
      const { folder } = resultOf(await setUp('--json'));
      await writeFile(join(folder, 'ready.json'), '{ "tfjsNode": "4.2');
      assert.equal(resultOf(await setUp('--json')).found, false);
      assert.equal((await kept()).length, 1);
    }),
  );

  // Elsewhere there is nothing to compile against.
  if (process.platform === 'linux') {
    it(
      'compiles the addon where the prebuilt one cannot be had',
      among({ prebuilt: 'unreachable' }, async ({ setUp, calls }) => {
        assert.equal(resultOf(await setUp('--json')).how, 'compiled');
        assert.ok((await calls()).some((call) => /^python3 -m pip download .*tensorflow(-cpu)?==2/.test(call)));
      }),
    );

    it(
      'compiles the addon where the prebuilt one takes its process down',
      among({ prebuilt: 'crashes' }, async ({ setUp, parent }) => {
        assert.equal(resultOf(await setUp('--json')).how, 'compiled');
        assert.match(readFileSync(join(parent, 'setup.log'), 'utf8'), /The standard way failed: .*SIGSEGV/);
      }),
    );

    it(
      'names both reasons where neither way leads to right numbers, and leaves nothing',
      among({ prebuilt: 'unreachable', compiled: 'wrong' }, async ({ setUp, kept, parent }) => {
        const { code, stdout, stderr } = await setUp();
        assert.equal(code, 1);
        assert.equal(stdout, '');
        const complaint = stderr.trim().split('\n').at(-1)!;
        assert.match(complaint, /^marginalia: Native TensorFlow could not be set up\. The prebuilt addon: .*ENOTFOUND/);
        assert.match(complaint, /Compiling it: .*the matrix product should be 7, 10, 15, 22 and is 1, 2, 3, 4/);
        assert.ok(complaint.includes(join(parent, 'setup.log')));
        assert.deepEqual(await kept(), []);
      }),
    );

    it(
      'says at once all that the machine lacks for compiling, and what to install',
      among({ prebuilt: 'unreachable', programs: ['npm'] }, async ({ setUp, calls }) => {
        const { code, stderr } = await setUp();
        assert.equal(code, 1);
        assert.match(stderr, /lacks Python 3 with pip and a C\+\+ compiler/);
        assert.match(stderr, /apt-get install python3 python3-pip g\+\+/);
        assert.ok(!(await calls()).some((call) => call.includes('download')));
      }),
    );

    it(
      'does not download again what was whole when it was stopped',
      among({ prebuilt: 'unreachable', endless: 'c++ -shared' }, async ({ folder, env, kept, pidFile, calls }) => {
        const { child, ended } = start(['setup', 'tensorflow'], folder, env);
        await waitForPid(pidFile);
        child.kill('SIGTERM');
        assert.equal((await ended).code, 130);
        assert.deepEqual(await kept(), ['downloads']);

        const tools = await fakeTools(folder, { prebuilt: 'unreachable' });
        const again = resultOf(await marginalia(['setup', 'tensorflow', '--json'], folder, tools.env));
        assert.equal(again.how, 'compiled');
        assert.equal((await calls()).filter((call) => call.includes('pip download')).length, 1);
        assert.deepEqual(await kept(), [basename(again.folder)]);
      }),
    );
  }

  // The one machine for which TensorFlow has a build with CUDA.
  if (process.platform === 'linux' && process.arch === 'x64') {
    describe('--gpu', () => {
      it(
        "lays NVIDIA's libraries, as the wheel asks for them, where libtensorflow looks for them",
        among({ prebuilt: 'fits', gpu: true }, async ({ setUp, calls }) => {
          const { folder, ...result } = resultOf(await setUp('--gpu', '--json'));
          assert.deepEqual(
            [result.how, result.build, result.onGpu, result.noGpu],
            ['compiled', 'gpu', true, undefined],
          );
          assert.deepEqual(result.nvidiaLibraries, ['nvidia_cublas_cu12-12.3.4', 'nvidia_cudnn_cu12-12.3.4']);
          const downloads = (await calls()).filter((call) => call.includes('pip download'));
          assert.deepEqual(
            downloads.map((call) => call.split(' ').at(-1)),
            ['tensorflow==2.21.0', 'nvidia-cublas-cu12<13.0,>=12.5.3.2', 'nvidia-cudnn-cu12<10.0,>=9.3.0.75'],
          );
          assert.ok(
            !(await calls()).some((call) => call.startsWith('npm rebuild')),
            'the prebuilt addon has no such CUDA',
          );
          const dependencies = join(folder, 'node_modules/@tensorflow/tfjs-node/deps');
          assert.deepEqual((await readdir(join(dependencies, 'lib'))).length, 2);
          assert.deepEqual((await readdir(join(dependencies, 'nvidia'))).sort(), ['cublas', 'cudnn']);
        }),
      );

      it(
        'says how much it downloads before it does, and where it is',
        among({ prebuilt: 'fits', gpu: true }, async ({ setUp, folder }) => {
          const { stdout, stderr } = await setUp('--gpu');
          const steps = stderr.trim().split('\n');
          assert.equal(steps[0], `An NVIDIA driver is here (${join(folder, 'driver/libcuda.so.1')}) …`);
          assert.match(steps[1]!, /^The build for GPUs downloads about 3\.4 GB and takes about \d\.\d GB on the disk/);
          assert.match(stderr, /^Downloading tensorflow 2\.21\.0, of about 3\.4 GB in all/m);
          assert.match(stderr, /^Downloading nvidia-cudnn-cu12, library 2 of 2 \(0\.0 of about 3\.4 GB are here\)/m);
          assert.match(stdout, /libtensorflow 9\.9\.9 with CUDA \(compiled\)\.\nIt computes on a GPU\./);
        }),
      );

      it(
        "stays beside the plain one, and says in libtensorflow's words why no GPU is used",
        among({ prebuilt: 'fits' }, async ({ setUp, kept }) => {
          const plain = resultOf(await setUp('--json'));
          assert.deepEqual([plain.build, plain.onGpu, plain.noGpu], ['cpu', false, undefined]);
          const gpu = resultOf(await setUp('--gpu', '--json'));
          assert.deepEqual([gpu.build, gpu.onGpu], ['gpu', false]);
          assert.match(gpu.noGpu!, / \(Could not find cuda drivers on your machine, GPU will not be used\.\)$/);
          assert.deepEqual((await kept()).sort(), [basename(plain.folder), basename(gpu.folder)]);
          const again = await setUp('--gpu');
          assert.match(
            again.stdout,
            /was ready already.*\nIt found no GPU and computes on the processor: .*Could not find cuda/,
          );
          assert.equal(resultOf(await setUp('--json')).found, true);
        }),
      );

      it(
        'goes on where its network failed, and says that it can',
        among({ prebuilt: 'fits', broken: 'cudnn' }, async ({ folder, setUp, kept, calls, parent }) => {
          const { code, stderr } = await setUp('--gpu');
          assert.equal(code, 1);
          assert.match(stderr, /nvidia-cudnn-cu12 could not be downloaded: .*the connection broke off/);
          assert.match(stderr, /The wheels that are whole are kept for the next try\./);
          assert.deepEqual(await kept(), ['downloads-gpu']);
          assert.equal((await readdir(join(parent, 'downloads-gpu'))).length, 2);

          const { env } = await fakeTools(folder, { prebuilt: 'fits' });
          const again = resultOf(await marginalia(['setup', 'tensorflow', '--gpu', '--json'], folder, env));
          const downloads = (await calls()).filter((call) => call.includes('pip download'));
          assert.deepEqual(
            downloads.map((call) => /(tensorflow|cublas|cudnn)[^ ]*$/.exec(call)?.[1]),
            ['tensorflow', 'cublas', 'cudnn', 'cudnn'],
          );
          assert.deepEqual(await kept(), [basename(again.folder)]);
        }),
      );

      it(
        'keeps what was whole where it is stopped in a download, and nothing else',
        among({ prebuilt: 'fits', endless: 'nvidia-cudnn' }, async ({ folder, env, kept, pidFile, parent }) => {
          const { child, ended } = start(['setup', 'tensorflow', '--gpu'], folder, env);
          const pid = await waitForPid(pidFile);
          child.kill('SIGINT');
          assert.equal((await ended).code, 130);
          assert.deepEqual(await kept(), ['downloads-gpu']);
          assert.deepEqual((await readdir(join(parent, 'downloads-gpu'))).map((name) => name.split('-')[0]).sort(), [
            'nvidia_cublas_cu12',
            'tensorflow',
          ]);
          for (let patience = 0; processExists(pid) && patience < 100; patience++) await wait(50);
          assert.equal(processExists(pid), false);
        }),
      );

      it(
        'downloads anew what led to wrong numbers',
        among({ prebuilt: 'fits', compiled: 'wrong' }, async ({ setUp, kept }) => {
          const { code, stderr } = await setUp('--gpu');
          assert.equal(code, 1);
          assert.match(stderr, /the matrix product should be 7, 10, 15, 22/);
          assert.deepEqual(await kept(), []);
        }),
      );

      it(
        "says where a wheel names none of NVIDIA's libraries",
        among({ prebuilt: 'fits', metadata: ['Requires-Dist: numpy>=1.26.0'] }, async ({ setUp }) => {
          const { code, stderr } = await setUp('--gpu');
          assert.equal(code, 1);
          assert.match(stderr, /METADATA names no libraries of NVIDIA's in its extra and-cuda/);
        }),
      );
    });
  }

  it(
    'says where npm is missing',
    among({ prebuilt: 'fits', programs: [] }, async ({ setUp, kept }) => {
      const { code, stderr } = await setUp();
      assert.equal(code, 1);
      assert.match(stderr, /npm is not on this machine's PATH/);
      assert.deepEqual(await kept(), []);
    }),
  );

  it(
    'leaves nothing behind when it is stopped, neither files nor processes',
    among({ prebuilt: 'fits', endless: 'npm' }, async ({ folder, env, kept, pidFile }) => {
      const { child, ended } = start(['setup', 'tensorflow'], folder, env);
      const pid = await waitForPid(pidFile);
      child.kill('SIGINT');
      const { code, stderr } = await ended;
      assert.equal(code, 130);
      assert.match(stderr, /^marginalia: stopped; nothing was set up/m);
      assert.deepEqual(await kept(), []);
      for (let patience = 0; processExists(pid) && patience < 100; patience++) await wait(50);
      assert.equal(processExists(pid), false);
    }),
  );
});

/** The process that the installer starts, once it has. */
async function waitForPid(file: string): Promise<number> {
  for (let tries = 0; tries < 400; tries++) {
    try {
      const pid = Number(readFileSync(file, 'utf8'));
      if (pid > 0) return pid;
    } catch {
      // Not yet.
    }
    await wait(50);
  }
  throw new Error('The installer did not start.');
}
