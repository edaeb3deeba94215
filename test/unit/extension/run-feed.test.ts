import assert from 'node:assert/strict';
import { RunFeed } from '../../../src/extension/dashboard/run-feed.ts';
import type { RunEvent } from '../../../src/runtime/runs/events.ts';
import type { RunRecord } from '../../../src/runtime/runs/record.ts';
import { applyEvents, createRunState, replaceRecord } from '../../../src/runtime/runs/state.ts';

const record = {
  version: 1,
  id: 'run',
  name: 'rex',
  created: '2025-01-01T00:00:00Z',
  arms: ['rex'],
  seeds: [0],
} as unknown as RunRecord;

const rest = { console: '', trusted: true };
const started: RunEvent = { at: 1, type: 'trial-started', trial: 'rex#0', arm: 'rex', seed: 0, pid: 1 };
const points = (...steps: number[]): RunEvent => ({
  at: 2,
  type: 'points',
  trial: 'rex#0',
  metric: 'loss',
  steps,
  values: steps,
});
const figure = (title: string): RunEvent => ({
  at: 3,
  type: 'figure',
  trial: 'rex#0',
  name: 'policy',
  figure: { title, x: { label: 'x' }, y: { label: 'y' }, layers: [] },
});

describe('what a dashboard is sent', () => {
  it('is everything once, then only what is new', () => {
    const state = createRunState(record);
    applyEvents(state, [started, points(1, 2)]);
    const feed = new RunFeed(state, () => undefined);
    assert.deepEqual(feed.snapshot(rest).series[0]!.steps, Float64Array.of(1, 2));
    applyEvents(state, [points(3)]);
    assert.deepEqual(feed.update('')!.series[0]!.steps, Float64Array.of(3));
    assert.deepEqual(feed.update('')!.series, []);
  });

  it('is everything anew once the experiment is known, which tells what there is to show', () => {
    const state = createRunState(record);
    const feed = new RunFeed(state, () => undefined);
    feed.snapshot(rest);
    assert.ok(feed.update(''));
    replaceRecord(state, { ...record, name: 'loaded' });
    assert.equal(feed.update(''), undefined);
    assert.equal(feed.snapshot(rest).run.record.name, 'loaded');
    assert.ok(feed.update(''));
  });

  it('is every point exactly once, however snapshots and updates fall', () => {
    const state = createRunState(record);
    applyEvents(state, [started]);
    const feed = new RunFeed(state, () => undefined);
    let held = [...(feed.snapshot(rest).series[0]?.steps ?? [])];
    for (let step = 0; step < 500; step++) {
      applyEvents(state, [points(step)]);
      if (step % 7 === 0) held.push(...(feed.update('')!.series[0]?.steps ?? []));
      if (step % 50 === 0) held = [...(feed.snapshot(rest).series[0]?.steps ?? [])];
    }
    held.push(...(feed.update('')!.series[0]?.steps ?? []));
    assert.deepEqual(
      held,
      Array.from({ length: 500 }, (_, step) => step),
    );
  });

  it('is a figure again when it was redrawn', () => {
    const state = createRunState(record);
    applyEvents(state, [started, figure('one')]);
    const feed = new RunFeed(state, () => undefined);
    assert.equal(feed.snapshot(rest).figures.length, 1);
    assert.equal(feed.update('')!.figures.length, 0);
    applyEvents(state, [figure('two')]);
    assert.equal(feed.update('')!.figures[0]!.figure.title, 'two');
  });

  it('is a new snapshot where a trial began afresh', () => {
    const state = createRunState(record);
    applyEvents(state, [started, points(1, 2, 3)]);
    const feed = new RunFeed(state, () => undefined);
    feed.snapshot(rest);
    applyEvents(state, [started, points(1, 2, 3, 4)]);
    assert.equal(feed.update(''), undefined);
    assert.deepEqual(feed.snapshot(rest).series[0]!.steps, Float64Array.of(1, 2, 3, 4));
    assert.deepEqual(feed.update('')!.series, []);
  });
});
