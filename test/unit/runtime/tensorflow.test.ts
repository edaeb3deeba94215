import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  chooseInstallations,
  findInstallation,
  installationFolder,
  type Build,
} from '../../../src/runtime/tensorflow-setup/installation.ts';
import { findNvidiaDriver } from '../../../src/runtime/tensorflow-setup/nvidia-driver.ts';
import { runFiles } from '../../../src/runtime/runs/run-files.ts';
import { createWorkplace, distribution, experimentSource, lossOf, type Workplace } from './built.ts';
import { training } from './training.ts';

/** Largest difference between the losses of two engines at any of 20 updates, in units of the loss, which begins near 1. */
const tolerance = 1e-4;

describe('native TensorFlow', function () {
  // Its libraries are large: a first start may read them from a slow disk.
  this.timeout(120_000);
  let place: Workplace;
  beforeEach(async () => (place = await createWorkplace()));
  afterEach(() => place.clean());

  it('is set up for the tests', () => {
    const installation = findInstallation();
    assert.ok(installation, 'It is not. `node scripts/test.mjs unit` sets it up first, and says why where that fails.');
    const { tfjsNode, libtensorflow, how } = installation.record;
    console.log(`      tfjs-node ${tfjsNode} on libtensorflow ${libtensorflow} (${how}), Node ${process.version}`);
  });

  it('trains a network along the same curve as the plain engine', async () => {
    const file = await place.write('train.ts', experimentSource({ trial: training, compute: 'autodiff' }));
    const native = await place.run(file, { backend: 'tensorflow' });
    assert.equal(native.status, 'completed', native.error?.message);
    const { record } = chooseInstallations().installations[0]!;
    const { name, version, reason, asked } = native.record.backend;
    assert.deepEqual([name, asked], ['tensorflow', 'tensorflow']);
    const versions = `${record.tfjsNode} on libtensorflow ${record.libtensorflow}`;
    if (record.build === 'cpu') assert.equal(version, versions);
    else assert.match(version, / with CUDA, on (a GPU|the processor)$/);
    assert.match(reason, /^asked for(; it computes on the processor, .*|; its build for GPUs .*)?$/);
    const plain = await place.run(file, { backend: 'cpu' });
    for (const { trial } of plain.trials) {
      const expected = lossOf(plain, trial);
      const curve = lossOf(native, trial);
      assert.equal(curve.length, 20);
      assert.notEqual(curve[19], curve[0]);
      for (const [step, value] of expected.entries()) {
        assert.ok(
          Math.abs(curve[step]! - value) < tolerance,
          `${trial}, update ${step}: ${curve[step]!}, not ${value}`,
        );
      }
    }
  });

  it('computes with as many threads as the experiment asks for, and fewer trials go on side by side', async () => {
    const trial = `
      const product = tf.tidy(() => tf.sum(tf.matMul(tf.ones([64, 64]), tf.ones([64, 64]))).dataSync()[0]!);
      log(0, { loss: product });
      log(1, { loss: Number(process.env.TF_NUM_INTRAOP_THREADS) });`;
    const source = experimentSource({ trial, compute: 'linalg' }).replace('seeds: 2,', 'seeds: 2, threads: 2,');
    const file = await place.write('threads.ts', source);
    // Whoever loads native TensorFlow in this process says there how many threads it has, and trials inherit that.
    delete process.env.TF_NUM_INTRAOP_THREADS;
    const { record, ...state } = await place.run(file, { backend: 'tensorflow', jobs: 2 });
    assert.equal(state.status, 'completed', state.error?.message);
    const { cores } = record.machine;
    assert.equal(record.threads, Math.min(2, cores));
    assert.equal(record.jobs, cores >= 4 ? 2 : 1);
    assert.deepEqual(lossOf({ record, ...state }, 'slow#1'), [64 ** 3, record.threads]);

    const other = await place.run(file, { backend: 'wasm', jobs: 2 });
    assert.equal(other.record.threads, 1);
    assert.equal(other.record.jobs, 2);
    assert.match(
      other.warnings.join('; '),
      cores === 1 ? /asks for 2 threads in each trial, but this machine has 1/ : /but 'wasm' computes with one/,
    );
  });

  it("prints nothing of its own on a trial's console", async () => {
    const file = await place.write('quiet.ts', experimentSource({ trial: training, compute: 'autodiff' }));
    const run = await place.start(file, { backend: 'tensorflow', seeds: 1 });
    assert.equal(await run.ended, 'completed');
    assert.equal(await readFile(runFiles(run.folder).console, 'utf8').catch(() => ''), '');
  });

  it('is named where another engine was chosen, since it may be the faster one', async () => {
    const trial = 'log(0, { loss: tf.square(tf.scalar(3)).dataSync()[0]! });';
    const file = await place.write('chosen.ts', experimentSource({ trial, compute: 'autodiff' }));
    const { backend } = (await place.run(file, { seeds: 1 })).record;
    assert.equal(backend.name, 'wasm');
    assert.match(backend.reason, /native TensorFlow is set up here too/);
  });

  it("computes on an NVIDIA GPU, along the plain engine's curve", async function () {
    const driver = findNvidiaDriver();
    if (driver === undefined || findInstallation('gpu') === undefined) {
      const setup = 'the build for GPUs is not set up: `marginalia setup tensorflow --gpu` does that';
      console.log(`      Not run, because ${driver === undefined ? 'this machine has no NVIDIA driver' : setup}.`);
      this.skip(); // The line above says why; what leads up to it is tested without a GPU.
    }
    const file = await place.write('gpu.ts', experimentSource({ trial: training, compute: 'autodiff' }));
    const run = await place.run(file, { backend: 'tensorflow', jobs: 2 });
    assert.equal(run.status, 'completed', run.error?.message);
    assert.match(run.record.backend.version, / with CUDA, on a GPU$/);
    assert.equal(run.record.backend.reason, 'asked for');
    const plain = await place.run(file, { backend: 'cpu' });
    for (const { trial } of plain.trials) {
      for (const [step, value] of lossOf(plain, trial).entries()) {
        assert.ok(Math.abs(lossOf(run, trial)[step]! - value) < tolerance, `${trial}, update ${step}`);
      }
    }
  });

  describe('among several installations', () => {
    const { MARGINALIA_CACHE, LD_LIBRARY_PATH } = process.env;
    const real = findInstallation();
    beforeEach(() => (process.env.MARGINALIA_CACHE = join(place.folder, 'cache')));
    afterEach(() => restore({ MARGINALIA_CACHE, LD_LIBRARY_PATH }));

    /** Has the installation of the tests stand where a build belongs, so that it loads; or something that does not. */
    async function install(build: Build, loads = true): Promise<void> {
      const folder = installationFolder(build);
      await mkdir(folder, { recursive: true });
      if (loads) {
        await symlink(join(real!.folder, 'node_modules'), join(folder, 'node_modules'));
      } else {
        await writePackage(folder, "throw new Error('libcudart.so.12: cannot open');");
      }
      await writeFile(join(folder, 'ready.json'), JSON.stringify({ ...real!.record, build }));
    }

    /** Has this machine look as if it had a driver: its library is there, though nothing is in it. */
    async function pretendDriver(): Promise<void> {
      await writeFile(join(place.folder, 'libcuda.so.1'), '');
      process.env.LD_LIBRARY_PATH = place.folder;
    }

    async function backend() {
      const trial = 'log(0, { loss: tf.square(tf.scalar(3)).dataSync()[0]! });';
      const file = await place.write('chosen.ts', experimentSource({ trial, compute: 'autodiff' }));
      const run = await place.run(file, { backend: 'tensorflow', seeds: 1 });
      assert.equal(run.status, 'completed', run.error?.message);
      return run.record.backend;
    }

    if (findNvidiaDriver() === undefined) {
      it('takes the plain one where there is no driver, and says so', async () => {
        await install('cpu');
        await install('gpu', false);
        const { version, reason } = await backend();
        assert.doesNotMatch(version, /CUDA/);
        assert.match(
          reason,
          /^asked for; its build for GPUs is set up too and not taken, because .* no NVIDIA driver$/,
        );
      });

      it('computes on the processor where there is only the build for GPUs and no driver, and says so', async () => {
        await install('gpu');
        const { version, reason } = await backend();
        assert.match(version, / with CUDA, on the processor$/);
        assert.match(reason, /^asked for; it computes on the processor, because this machine has no NVIDIA driver$/);
      });

      it('says where a driver is there and no GPU that can be used', async () => {
        await pretendDriver();
        await install('cpu');
        await install('gpu');
        const { version, reason } = await backend();
        assert.match(version, / with CUDA, on the processor$/);
        assert.match(reason, /found no GPU that it can use: `marginalia setup tensorflow --gpu` says why$/);
      });
    }

    it('takes the plain one where the build for GPUs does not load, and says why', async () => {
      await pretendDriver();
      await install('cpu');
      await install('gpu', false);
      const { version, reason } = await backend();
      assert.doesNotMatch(version, /CUDA/);
      assert.match(reason, /its build for GPUs is not used: .* does not load \(libcudart\.so\.12: cannot open\)/);
      assert.match(reason, /run `marginalia setup tensorflow --gpu` in a terminal/);
    });
  });

  describe('where it is not as it should be', () => {
    const { MARGINALIA_CACHE } = process.env;
    const real = findInstallation();
    beforeEach(() => (process.env.MARGINALIA_CACHE = join(place.folder, 'cache')));
    afterEach(() => restore({ MARGINALIA_CACHE }));

    /** What a run says that asks for it. */
    async function refusal(): Promise<string> {
      const file = await place.write('train.ts', experimentSource({ trial: training, compute: 'autodiff' }));
      const state = await place.run(file, { backend: 'tensorflow' });
      assert.equal(state.error?.kind, 'request');
      assert.deepEqual(state.trials, []);
      return state.error.message;
    }

    it('says that it is not set up, and how to do that', async () => {
      assert.match(await refusal(), /'tensorflow' cannot be used: it is not set up\..*`marginalia setup tensorflow`/);
    });

    it('takes a setup without its record for none', async () => {
      await mkdir(join(installationFolder(), 'node_modules/@tensorflow/tfjs-node'), { recursive: true });
      assert.match(await refusal(), /it is not set up/);
      await writeFile(join(installationFolder(), 'ready.json'), '{ "tfjsNode": "4.2');
      assert.match(await refusal(), /it is not set up/);
    });

    it('says where something is installed that does not load, and how to set it up again', async () => {
      const folder = installationFolder();
      await writePackage(folder, "throw new Error('wrong ELF class');");
      const record = {
        tfjsNode: '4.22.0',
        libtensorflow: '1.0.0',
        how: 'compiled',
        finished: new Date().toISOString(),
      };
      await writeFile(join(folder, 'ready.json'), JSON.stringify(record));
      const message = await refusal();
      assert.ok(message.includes(`what is installed in ${folder} does not load (wrong ELF class)`), message);
      assert.match(message, /To set it up again, .*`marginalia setup tensorflow`/);
    });

    it('is no obstacle where the optional package came without its addon', async () => {
      // What is there where the package's install script could not do its work, or was not allowed to run.
      const home = join(real!.folder, 'node_modules');
      const stock = join(home, '@tensorflow/tfjs-node');
      const own = join(place.folder, 'node_modules');
      const without = ['lib', 'deps'].map((part) => join(stock, part));
      await cp(stock, join(own, '@tensorflow/tfjs-node'), {
        recursive: true,
        filter: (source) => !without.includes(source),
      });
      for (const name of await readdir(home)) {
        if (name !== '@tensorflow') await symlink(join(home, name), join(own, name));
      }
      for (const name of await readdir(join(home, '@tensorflow'))) {
        if (name !== 'tfjs-node') await symlink(join(home, '@tensorflow', name), join(own, '@tensorflow', name));
      }
      assert.match(await refusal(), /tfjs-node does not load \(The Node\.js native addon module .* can not be found/);
      assert.equal((await trainAnyhow()).record.backend.name, 'wasm');
    });

    it('is no obstacle where neither it nor any other package is installed', async () => {
      const product = join(place.folder, 'product/dist');
      await cp(distribution(), product, { recursive: true });
      await cp('package.json', join(product, '../package.json'));
      const { stdout } = await promisify(execFile)(process.execPath, [join(product, 'cli.js'), 'methods', '--json']);
      assert.ok(Array.isArray(JSON.parse(stdout)));
      assert.equal((await trainAnyhow({ distribution: product })).record.backend.name, 'wasm');
      const file = await place.write('native.ts', experimentSource({ trial: training, compute: 'autodiff' }));
      const native = await place.run(file, { backend: 'tensorflow', distribution: product });
      assert.match(native.error!.message, /it is not set up\..*Choose 'auto', or one of: wasm, cpu, webgpu/);
    });

    async function trainAnyhow(options: { readonly distribution?: string } = {}) {
      const file = await place.write('train.ts', experimentSource({ trial: training, compute: 'autodiff' }));
      const run = await place.run(file, options);
      assert.equal(run.status, 'completed', run.error?.message);
      return run;
    }
  });
});

/** Writes a package that stands for the native one. */
async function writePackage(folder: string, source: string): Promise<void> {
  const home = join(folder, 'node_modules/@tensorflow/tfjs-node');
  await mkdir(home, { recursive: true });
  await writeFile(join(home, 'index.js'), source);
}

/** Puts variables of this process back. */
function restore(variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
}
