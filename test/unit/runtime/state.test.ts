import fc from 'fast-check';
import assert from 'node:assert/strict';
import type { RunEvent } from '../../../src/runtime/runs/events.ts';
import { applyEvents, createRunState, markGone, runTiming, type RunState } from '../../../src/runtime/runs/state.ts';
import { anyEvent, sampleRecord } from './sample-events.ts';

function stateAfter(...events: RunEvent[]): RunState {
  const state = createRunState(sampleRecord);
  applyEvents(state, events);
  return state;
}

const begin = (trial: string, at = 0): RunEvent => {
  const [arm = '', seed] = trial.split('#');
  return { at, type: 'trial-started', trial, arm, seed: Number(seed), pid: 1 };
};
const loss = (trial: string, ...values: number[]): RunEvent => ({
  at: 0,
  type: 'points',
  trial,
  metric: 'loss',
  steps: values.map((_, step) => step),
  values,
});
const finish = (trial: string, at = 0): RunEvent => ({
  at,
  type: 'trial-ended',
  trial,
  outcome: 'completed',
  seconds: 1,
});

describe('the state of a run', () => {
  it('lists every trial from the start, all arms of a seed before the next seed', () => {
    const { trials, status } = createRunState(sampleRecord);
    assert.equal(status, 'starting');
    assert.deepEqual(
      trials.map(({ trial, status: trialStatus }) => `${trial} ${trialStatus}`),
      ['fast#0 waiting', 'slow#0 waiting', 'fast#1 waiting', 'slow#1 waiting'],
    );
  });

  it('is the same however its events are cut into pieces', () => {
    fc.assert(
      fc.property(fc.array(anyEvent), fc.array(fc.nat(5)), (events, lengths) => {
        const whole = stateAfter(...events);
        const pieces = createRunState(sampleRecord);
        let start = 0;
        for (const length of lengths) applyEvents(pieces, events.slice(start, (start += length)));
        applyEvents(pieces, events.slice(start));
        assert.deepEqual(pieces, whole);
      }),
    );
  });

  it('keeps all points of a series, however many', () => {
    const state = createRunState(sampleRecord);
    for (let i = 0; i < 300; i++) applyEvents(state, [loss('fast#0', i, NaN, Infinity)]);
    const [series] = state.series;
    assert.equal(series?.length, 900);
    assert.deepEqual(Array.from(series.values.subarray(897, 900)), [299, NaN, Infinity]);
  });

  it('forgets what the first attempt of a trial logged and drew', () => {
    const figure = { title: '', x: { label: '' }, y: { label: '' }, layers: [] };
    const drawn = (trial: string): RunEvent => ({ at: 0, type: 'figure', trial, name: 'picture', figure });
    const state = stateAfter(
      begin('fast#0'),
      begin('slow#0'),
      loss('fast#0', 1, 2),
      loss('slow#0', 3),
      drawn('fast#0'),
      drawn('slow#0'),
      begin('fast#0'),
      loss('fast#0', 9),
      drawn('slow#0'),
    );
    assert.deepEqual(
      state.series.map(({ trial, length, values }) => [trial, Array.from(values.subarray(0, length))]),
      [
        ['fast#0', [9]],
        ['slow#0', [3]],
      ],
    );
    assert.deepEqual(
      state.figures.map(({ trial }) => trial),
      ['slow#0'],
    );
    assert.equal(state.trials[0]!.attempt, 2);
  });

  it('estimates the time to go from the share that is done, pauses left out', () => {
    const started: RunEvent = { at: 1000, type: 'started', pid: 1 };
    const half = stateAfter(started, begin('fast#0'), finish('fast#0'), begin('slow#0'), finish('slow#0'));
    assert.deepEqual(runTiming(half, 11_000), { share: 0.5, elapsedSeconds: 10, remainingSeconds: 10 });
    applyEvents(half, [{ at: 11_000, type: 'paused' }]);
    assert.deepEqual(runTiming(half, 90_000), { share: 0.5, elapsedSeconds: 89 });
    applyEvents(half, [{ at: 101_000, type: 'resumed' }]);
    assert.deepEqual(runTiming(half, 101_000), { share: 0.5, elapsedSeconds: 100, remainingSeconds: 10 });
    applyEvents(half, [begin('fast#1'), { at: 0, type: 'progress', trial: 'fast#1', share: 0.5 }]);
    assert.equal(runTiming(half, 101_000).share, 0.625);
    assert.deepEqual(runTiming(stateAfter(started), 5000), { share: 0, elapsedSeconds: 4 });
  });

  it('has nothing running or waiting once it is over', () => {
    const ended: RunEvent = { at: 5000, type: 'ended', outcome: 'stopped', seconds: 4 };
    const statuses = (state: RunState) => state.trials.map(({ status }) => status);
    const stopped = stateAfter(
      { at: 1000, type: 'started', pid: 1 },
      begin('fast#0'),
      finish('fast#0'),
      begin('slow#0'),
      ended,
    );
    assert.deepEqual(statuses(stopped), ['completed', 'stopped', 'stopped', 'stopped']);
    assert.deepEqual(runTiming(stopped, 1e9), { share: 1, elapsedSeconds: 4 });

    const lost = stateAfter({ at: 1000, type: 'started', pid: 1 }, begin('fast#0'), {
      at: 3000,
      type: 'progress',
      trial: 'fast#0',
      share: 0.4,
    });
    markGone(lost, { status: 'interrupted' });
    assert.equal(lost.status, 'interrupted');
    assert.deepEqual(statuses(lost), ['stopped', 'stopped', 'stopped', 'stopped']);
    assert.equal(runTiming(lost, 1e9).elapsedSeconds, 2);
  });
});
