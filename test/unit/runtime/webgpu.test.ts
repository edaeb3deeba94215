import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createWorkplace, experimentSource, lossOf, type Workplace } from './built.ts';
import { training } from './training.ts';

/** Largest difference between the losses of two engines at any of 20 updates, in units of the loss, which begins near 1. */
const tolerance = 1e-4;

/** The network's losses, waited for. */
const awaited = training
  .replace('const loss = tf.tidy(() => {', 'const tensor = tf.tidy(() => {')
  .replace('!.dataSync()[0]!;', '!;')
  .replace('log(step, { loss });', 'log(step, { loss: (await tensor.data())[0]! }); tensor.dispose();');

/** The driver with which Chromium plays a graphics processor: right numbers, at a crawl. */
const softwareDriver = '/usr/lib/chromium/vk_swiftshader_icd.json';

describe('WebGPU', function () {
  // A graphics processor in software compiles each of its programs first.
  this.timeout(120_000);
  let place: Workplace;
  const drivers = process.env.VK_ICD_FILENAMES;
  beforeEach(async () => (place = await createWorkplace()));
  afterEach(() => {
    if (drivers === undefined) delete process.env.VK_ICD_FILENAMES;
    else process.env.VK_ICD_FILENAMES = drivers;
    return place.clean();
  });

  /** Installs the package where the experiments of this test find it. */
  async function install(): Promise<void> {
    await mkdir(join(place.folder, 'node_modules'));
    await symlink(join(process.cwd(), 'node_modules/webgpu'), join(place.folder, 'node_modules/webgpu'), 'junction');
  }

  describe('on an adapter in software', () => {
    before(function () {
      if (process.platform === 'linux' && existsSync(softwareDriver)) return;
      console.log(`      Not run, because there is no ${softwareDriver}, which the package chromium of Debian brings.`);
      this.skip(); // there is no adapter that is the same on every machine
    });
    beforeEach(async () => {
      process.env.VK_ICD_FILENAMES = softwareDriver;
      await install();
    });

    it('trains a network along the same curve as the plain engine', async () => {
      const file = await place.write('train.ts', experimentSource({ trial: awaited, compute: 'autodiff' }));
      const run = await place.run(file, { backend: 'webgpu', seeds: 1, jobs: 1 });
      assert.equal(run.status, 'completed', run.error?.message);
      assert.match(run.record.backend.version, /^4\.22\.0 on SwiftShader driver .*, in software$/);
      const plain = await place.run(file, { backend: 'cpu', seeds: 1 });
      for (const { trial } of plain.trials) {
        const curve = lossOf(run, trial);
        assert.equal(curve.length, 20);
        for (const [step, value] of lossOf(plain, trial).entries()) {
          assert.ok(
            Math.abs(curve[step]! - value) < tolerance,
            `${trial}, update ${step}: ${curve[step]!}, not ${value}`,
          );
        }
      }
    });

    /** Puts a package in front of the driver's that gives it the name of a device: what it computes is the same. */
    async function installUnderAnotherName(): Promise<void> {
      const folder = join(place.folder, 'node_modules/webgpu');
      await rm(folder);
      await mkdir(folder);
      await writeFile(
        join(folder, 'package.json'),
        JSON.stringify({ name: 'webgpu', type: 'module', exports: './index.js' }),
      );
      await writeFile(
        join(folder, 'index.js'),
        `import { create as createReal, globals } from ${JSON.stringify(import.meta.resolve('webgpu'))};
        export { globals };
        export function create(options) {
          const gpu = createReal(options);
          const request = gpu.requestAdapter.bind(gpu);
          gpu.requestAdapter = async (wanted) => {
            const adapter = await request(wanted);
            Object.defineProperty(adapter, 'info', {
              value: { description: 'Test Device', vendor: '', architecture: '', isFallbackAdapter: false },
            });
            return adapter;
          };
          return gpu;
        }`,
      );
    }

    /** An experiment of large work, for which the engine is taken where there is a device. */
    const large = (trial: string) =>
      experimentSource({ trial, compute: 'autodiff' }).replace('seeds: 2,', 'seeds: 2, flopsPerUpdate: 1e10,');

    it('is chosen by itself for large work on a device, when every arm has been rehearsed on it', async () => {
      await installUnderAnotherName();
      const trial = `
        for (let step = 0; step < 5; step++) log(step, { loss: (await tf.square(tf.scalar(step)).data())[0]! });
        console.log('at the end');`;
      const state = await place.run(await place.write('large.ts', large(trial)), { seeds: 1, jobs: 1 });
      assert.equal(state.status, 'completed', state.error?.message);
      assert.equal(state.record.backend.name, 'webgpu', state.record.backend.reason);
      assert.match(state.record.backend.reason, /10 billion operations, which pays on Test Device/);
      assert.deepEqual(lossOf(state, 'fast#0'), [0, 1, 4, 9, 16]);
      // A rehearsal ends long before, and leaves neither points nor variables.
      assert.equal(
        (await readFile(join(place.runsFolder, state.record.id, 'console.log'), 'utf8')).match(/at the end/g)?.length,
        2,
      );
      assert.ok(!state.warnings.some((warning) => warning.includes('lacks')), state.warnings.join('; '));
    });

    it('gives way to the next engine before the first trial where it lacks a kernel, and the warning names it', async () => {
      await installUnderAnotherName();
      const trial = `
        const x = tf.tensor1d([1, 1, 2]);
        for (let step = 0; step < 5; step++) {
          const loss = arm === 'slow' && step > 0 ? tf.sum(tf.unique(tf.square(x)).values) : tf.scalar(0);
          log(step, { loss: (await loss.data())[0]! });
        }`;
      const state = await place.run(await place.write('lacking.ts', large(trial)), { seeds: 1, jobs: 1 });
      assert.equal(state.status, 'completed', state.error?.message);
      assert.equal(state.record.backend.name, 'tensorflow');
      assert.match(
        state.record.backend.reason,
        /'webgpu' lacks the kernel Unique for numbers that were not waited for$/,
      );
      assert.equal(
        state.warnings[0],
        "The engine 'webgpu' lacks the kernel Unique for numbers that were not waited for, which the arm slow needs (line 13): all trials compute on another engine.",
      );
      assert.equal(lossOf(state, 'slow#0').length, 5);
    });

    it('names the kernel that it lacks at its line where it was asked for', async () => {
      const trial = 'log(0, { loss: (await tf.unique(tf.square(tf.tensor1d([1, 1]))).values.data())[0]! });';
      const file = await place.write('lacking.ts', experimentSource({ trial, compute: 'autodiff' }));
      const { error } = await place.run(file, { backend: 'webgpu', seeds: 1 });
      assert.match(error?.message ?? '', /The engine webgpu .* kernel Unique, .*write `await tensor\.data\(\)` before/);
      assert.equal(error?.line, 10);
    });

    it('leaves a kernel that it lacks to the plain engine where the numbers have been waited for', async () => {
      const trial = `
        const x = tf.square(tf.tensor1d([3, -3, 2, 3]));
        await x.data();
        const { values, indices } = tf.unique(x);
        // Goes on with them on the device.
        const mixed = tf.mul(tf.gather(values, indices), tf.add(indices, 1));
        for (const [step, loss] of (await mixed.data()).entries()) log(step, { loss });`;
      const file = await place.write('left.ts', experimentSource({ trial, compute: 'autodiff' }));
      const state = await place.run(file, { backend: 'webgpu', seeds: 1, jobs: 1 });
      assert.equal(state.status, 'completed', state.error?.message);
      assert.deepEqual(lossOf(state, 'fast#0'), [9, 9, 8, 9]);
      assert.ok(
        state.warnings.some((warning) => warning.includes("'webgpu' leaves to the plain engine: Unique.")),
        state.warnings.join('; '),
      );
    });

    it('names the kernel at its line that the device refuses, instead of going on with other numbers', async () => {
      const trial = 'log(0, { loss: (await tf.max(tf.fill([60000, 60000], 1)).data())[0]! });';
      const file = await place.write('refused.ts', experimentSource({ trial, compute: 'autodiff' }));
      const { error } = await place.run(file, { backend: 'webgpu', seeds: 1 });
      assert.match(
        error?.message ?? '',
        /The graphics processor refused the kernel Fill, with which this operation computes \(/,
      );
      assert.equal(error?.line, 10);
    });

    it('says at which line an experiment does not wait for numbers', async () => {
      const trial = 'log(0, { loss: tf.square(tf.scalar(3)).dataSync()[0]! });';
      const file = await place.write('hasty.ts', experimentSource({ trial, compute: 'autodiff' }));
      const { error } = await place.run(file, { backend: 'webgpu', seeds: 1 });
      assert.match(error?.message ?? '', /have to be waited for: write `await tensor\.data\(\)`/);
      assert.equal(error?.line, 10);
    });

    it('is not chosen by itself, however large the work', async () => {
      const trial = 'log(0, { loss: (await tf.square(tf.scalar(3)).data())[0]! });';
      const source = experimentSource({ trial, compute: 'autodiff' }).replace(
        'seeds: 2,',
        'seeds: 2, flopsPerUpdate: 1e10,',
      );
      const { backend } = (await place.run(await place.write('large.ts', source), { seeds: 1 })).record;
      assert.equal(backend.name, 'tensorflow');
      assert.match(backend.reason, /about 10 billion operations, which pays on native TensorFlow/);
    });
  });

  it('says what to install where it is missing', async () => {
    const file = await place.write('train.ts', experimentSource({ trial: awaited, compute: 'autodiff' }));
    const { error } = await place.run(file, { backend: 'webgpu', seeds: 1 });
    assert.equal(error?.kind, 'request');
    assert.match(
      error.message,
      /'webgpu' cannot be used: the package webgpu is not installed\..*`npm install webgpu` in /,
    );
  });

  it('says that there is no graphics processor where no driver finds one', async () => {
    if (process.platform !== 'linux') {
      console.log('      Not run, because only on Linux can the drivers be hidden.');
      return;
    }
    process.env.VK_ICD_FILENAMES = join(place.folder, 'none.json');
    await install();
    const file = await place.write('train.ts', experimentSource({ trial: awaited, compute: 'autodiff' }));
    const { error } = await place.run(file, { backend: 'webgpu', seeds: 1 });
    assert.match(error?.message ?? '', /there is no graphics processor with a driver for Vulkan, Metal or Direct3D 12/);
  });
});
