import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findInstallation, installationFolder } from '../../../src/runtime/tensorflow-setup/installation.ts';
import { runFiles } from '../../../src/runtime/runs/run-files.ts';
import { createWorkplace, experimentSource, lossOf, type Workplace } from './built.ts';
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
    const { record } = findInstallation()!;
    assert.deepEqual(native.record.backend, {
      name: 'tensorflow',
      version: `${record.tfjsNode} on libtensorflow ${record.libtensorflow}`,
      reason: 'asked for',
      asked: 'tensorflow',
    });
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

  describe('where it is not as it should be', () => {
    const cache = process.env.MARGINALIA_CACHE;
    beforeEach(() => (process.env.MARGINALIA_CACHE = join(place.folder, 'cache')));
    afterEach(() => {
      if (cache === undefined) delete process.env.MARGINALIA_CACHE;
      else process.env.MARGINALIA_CACHE = cache;
    });

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
      const home = join(folder, 'node_modules/@tensorflow/tfjs-node');
      await mkdir(home, { recursive: true });
      await writeFile(join(home, 'index.js'), "throw new Error('wrong ELF class');");
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
  });
});
