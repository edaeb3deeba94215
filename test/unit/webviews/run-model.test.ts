import assert from 'node:assert/strict';
import { armsOf, createRunModel, isSingleNumber, partsOfTrial } from '../../../src/webviews/dashboard/run-model.ts';
import { snapshotOf } from './messages.ts';

describe('run model', () => {
  it('adds what updates bring to what the snapshot held', () => {
    const snapshot = snapshotOf();
    const model = createRunModel(snapshot);
    const before = model.metrics.get('loss')!.find((series) => series.arm === 'rex' && series.seed === 0)!.length;
    model.update({
      run: { ...snapshot.run, share: 0.75 },
      series: [{ trial: 'rex#0', metric: 'loss', steps: Float64Array.of(1e6), values: Float64Array.of(0.5) }],
      figures: [],
      console: 'more\n',
    });
    const series = model.metrics.get('loss')!.find((one) => one.arm === 'rex' && one.seed === 0)!;
    assert.equal(series.length, before + 1);
    assert.equal(series.values[before], 0.5);
    assert.equal(model.run.share, 0.75);
    assert.ok(model.console.endsWith('more\n'));
  });

  it('lists metrics as declared, also those without points, and undeclared ones after them', () => {
    const snapshot = snapshotOf();
    const model = createRunModel({
      ...snapshot,
      series: [{ trial: 'rex#0', metric: 'extra', steps: Float64Array.of(0), values: Float64Array.of(1) }],
    });
    assert.deepEqual([...model.metrics.keys()], ['loss', 'accuracy', 'extra']);
    assert.deepEqual(model.metrics.get('loss'), []);
  });

  it('puts the method first, so that it is drawn on top', () => {
    assert.deepEqual(
      armsOf(snapshotOf().run).map((arm) => arm.name),
      ['rex', 'linear', 'oracle'],
    );
  });

  it('finds arm and seed in a trial’s name, whatever the arm is called', () => {
    assert.deepEqual(partsOfTrial('a#b#12'), { arm: 'a#b', seed: 12 });
  });

  it('takes a metric for a single number only once a trial has ended with one step', () => {
    const { run, ...rest } = snapshotOf();
    const running = {
      ...run,
      status: 'running' as const,
      trials: run.trials.map((trial) => ({ ...trial, status: 'running' as const })),
    };
    const model = createRunModel({ run, ...rest });
    const accuracy = model.metrics.get('accuracy')!;
    assert.equal(isSingleNumber(accuracy, run), true);
    assert.equal(isSingleNumber(accuracy, running), false);
    assert.equal(isSingleNumber(model.metrics.get('loss')!, run), false);
  });
});
