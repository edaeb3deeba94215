import assert from 'node:assert/strict';
import { createWorkplace, experimentSource, lossOf, type Workplace } from './built.ts';
import { training } from './training.ts';

describe('the same experiment, seed and engine', () => {
  let place: Workplace;
  beforeEach(async () => (place = await createWorkplace()));
  afterEach(() => place.clean());

  for (const backend of ['cpu', 'wasm'] as const) {
    it(`gives the same curve, bit by bit, on ${backend}`, async () => {
      const file = await place.write('train.ts', experimentSource({ trial: training, compute: 'autodiff' }));
      const first = await place.run(file, { backend, jobs: 2 });
      assert.equal(first.status, 'completed', first.error?.message);
      assert.equal(first.record.backend.name, backend);
      assert.equal(first.record.backend.reason, 'asked for');
      // Another order of trials, and other neighbours.
      const second = await place.run(file, { backend, jobs: 1 });
      for (const { trial } of first.trials) {
        const curve = lossOf(first, trial);
        assert.equal(curve.length, 20);
        assert.ok(curve.every(Number.isFinite));
        assert.deepEqual(lossOf(second, trial), curve);
      }
      assert.notDeepEqual(lossOf(first, 'fast#0'), lossOf(first, 'fast#1'));
      assert.deepEqual(lossOf(first, 'fast#0'), lossOf(first, 'slow#0'), 'arms of one seed meet the same testbed');
    });
  }

  it('gives the same numbers where an operation, a package or the experiment draws without a seed', async () => {
    const trial = `
      const draw = () => tf.tidy(() => tf.sum(tf.add(tf.dropout(tf.randomNormal([9]), 0.5), tf.truncatedNormal([9]))).dataSync()[0]!);
      const state = checkpoint.restore({ step: 0 });
      for (let step = state.step; step < 6; step++) {
        log(step, { loss: draw() + Math.random() + early });
        checkpoint.save({ step: step + 1 });
        if (params.dies && state.step === 0 && step === 2) {
          // Time for the recorder to carry it on.
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
          process.kill(process.pid, 'SIGKILL');
        }
      }`;
    const before = 'const early = Math.random();';
    const params =
      "{ dies: flag(false, { about: 'whether its process is killed, and it goes on from its checkpoint' }) }";
    const file = await place.write('careless.ts', experimentSource({ trial, before, params, compute: 'linalg' }));
    const first = await place.run(file, { backend: 'wasm', jobs: 2 });
    assert.equal(first.status, 'completed', first.error?.message);
    const second = await place.run(file, { backend: 'wasm', jobs: 1, params: { dies: true } });
    assert.deepEqual(
      second.trials.map(({ attempt }) => attempt),
      [2, 2, 2, 2],
    );
    for (const { trial } of first.trials) assert.deepEqual(lossOf(second, trial), lossOf(first, trial));
    const [one, other] = [lossOf(first, 'fast#0'), lossOf(first, 'fast#1')];
    assert.equal(new Set([...one, ...other]).size, 12);
  });

  it('gives nearly the same curve on another engine, and says which one was chosen', async () => {
    const file = await place.write('train.ts', experimentSource({ trial: training, compute: 'autodiff' }));
    const chosen = await place.run(file, { seeds: 1 });
    assert.equal(chosen.record.backend.name, 'wasm');
    assert.match(chosen.record.backend.version, /^4\.22\.0 with(out)? SIMD$/);
    assert.match(chosen.record.backend.reason, /fastest engine that needs no installation/);
    const reference = await place.run(file, { seeds: 1, backend: 'cpu' });
    for (const [step, value] of lossOf(reference, 'fast#0').entries()) {
      assert.ok(Math.abs(lossOf(chosen, 'fast#0')[step]! - value) < 1e-4);
    }
  });

  it('refuses an engine that is not there before a trial begins', async () => {
    const file = await place.write('train.ts', experimentSource({ trial: training, compute: 'autodiff' }));
    const state = await place.run(file, { backend: 'none' });
    assert.equal(state.error?.kind, 'request');
    assert.match(state.error.message, /none/);
    assert.deepEqual(state.trials, []);
  });
});
