import assert from 'node:assert/strict';
import { runTrial } from 'marginalia';
import type { TensorFlow } from 'marginalia';
import rex, { rexSchedule } from '../../../snippets/optimization/rex/experiment.ts';
import { tensorFlow } from './tensorflow.ts';

describe('the REX schedule', () => {
  it('starts at the base rate, falls at every update and ends at zero', () => {
    const rates = Array.from({ length: 101 }, (_, step) => rexSchedule(step, 100, 0.3));
    assert.equal(rates[0], 0.3);
    assert.equal(rates[100], 0);
    assert.equal(rexSchedule(500, 100, 0.3), 0);
    for (let step = 1; step <= 100; step++) assert.ok(rates[step]! < rates[step - 1]!);
  });

  it('is the formula of the paper', () => {
    for (const [step, total] of [
      [1, 4],
      [2, 4],
      [3, 4],
    ] as const) {
      const left = 1 - step / total;
      assert.ok(Math.abs(rexSchedule(step, total, 2) - (2 * left) / (1 / 2 + left / 2)) < 1e-12);
    }
    assert.equal(rexSchedule(2, 4, 1), 2 / 3);
  });

  it('has 2 - 2 ln 2 of the budget under it', () => {
    const steps = 100_000;
    let area = 0;
    for (let step = 0; step < steps; step++) area += rexSchedule(step, steps, 1) / steps;
    assert.ok(Math.abs(area - (2 - 2 * Math.log(2))) < 1e-5, `the area is ${area}`);
  });

  it('decays slower than an exponential first and faster at the end', () => {
    const fall = (step: number) => rexSchedule(step, 1000, 1) - rexSchedule(step + 1, 1000, 1);
    for (let step = 1; step < 999; step++) assert.ok(fall(step) > fall(step - 1));
  });
});

describe('the experiment rex', () => {
  let tf: TensorFlow & { disposeVariables(): void };
  before(async () => {
    tf = await tensorFlow();
  });
  const run = (arm: string, seed: number, params = {}) =>
    runTrial(rex, { arm, seed, params: { t_max: 200, pool: 2000, ...params }, tf });

  it('learns: the loss falls with the budget', async () => {
    const { series } = await run('rex', 0);
    const { steps, values } = series.curves.test_loss!;
    assert.deepEqual(steps, [2, 10, 40, 100]);
    assert.ok(values.every(Number.isFinite));
    assert.ok(values[3]! < 0.8 * values[0]!, `losses ${values.join(', ')}`);
    assert.ok(series.curves.test_error!.values.every((value) => value >= 0 && value <= 1));
  });

  it('gives the same curve for the same seed and another for another', async () => {
    const [first, again, other] = [await run('linear', 1), await run('linear', 1), await run('linear', 2)];
    assert.deepEqual(first.series.curves, again.series.curves);
    assert.notDeepEqual(first.series.curves.running_loss, other.series.curves.running_loss);
  });

  it('starts all arms of a seed from one network', async () => {
    const starts = [];
    for (const arm of ['rex', 'constant']) starts.push((await run(arm, 3)).series.curves.running_loss!.values[0]);
    assert.equal(starts[0], starts[1]);
  });

  it('trains with Adam too, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const { series } = await run('rex', 0, { optimizer: 'adam' });
    assert.ok(series.curves.test_loss!.values.every(Number.isFinite));
    assert.equal(tf.memory().numTensors, before);
  });
});
