import assert from 'node:assert/strict';
import { compareRuns } from '../../../src/runtime/comparison/compare-runs.ts';
import { comparisonMarkdown } from '../../../src/runtime/comparison/comparison-table.ts';
import type { RunEvent } from '../../../src/runtime/runs/events.ts';
import type { RunRecord } from '../../../src/runtime/runs/record.ts';
import { applyEvents, createRunState, type RunState } from '../../../src/runtime/runs/state.ts';
import { sampleRecord } from './sample-events.ts';

const metrics = { loss: { better: 'lower', unit: 'nats', about: 'the loss' } } as const;

/** A run of `seeds` seeds in which arm `fast` ends with `ends` and `slow` never completes. */
function run(id: string, ends: readonly number[], changes: Partial<RunRecord> = {}): RunState {
  const { experiment } = sampleRecord;
  const description = { ...experiment.description, metrics };
  const seeds = ends.map((_, seed) => seed);
  const state = createRunState({ ...sampleRecord, id, seeds, experiment: { ...experiment, description }, ...changes });
  const events = ends.flatMap((end, seed): RunEvent[] => [
    { at: 1, type: 'trial-started', trial: `fast#${seed}`, arm: 'fast', seed, pid: 1 },
    { at: 2, type: 'points', trial: `fast#${seed}`, metric: 'loss', steps: [0, 1], values: [9, end] },
    { at: 3, type: 'trial-ended', trial: `fast#${seed}`, outcome: 'completed', seconds: 1 },
    { at: 4, type: 'points', trial: `slow#${seed}`, metric: 'loss', steps: [0], values: [5] },
  ]);
  applyEvents(state, events);
  return state;
}

describe('runs side by side', () => {
  it('show the median of what completed trials ended with, and its interval over seeds', () => {
    const { results } = compareRuns([
      { name: 'a', state: run('a', [1, 2, 3, 4, 100]) },
      { name: 'b', state: run('b', [7]) },
      { name: 'c', state: run('c', [NaN]) },
    ]);
    assert.equal(results.length, 1);
    const [{ metric, arm, unit, better, values }] = results as [(typeof results)[number]];
    assert.deepEqual([metric, arm, unit, better], ['loss', 'fast', 'nats', 'lower']);
    const [a, b, c] = values;
    assert.deepEqual([a!.median, a!.seeds], [3, 5]);
    assert.ok(a!.interval![0] >= 1 && a!.interval![0] < 3 && a!.interval![1] > 3 && a!.interval![1] <= 100);
    assert.deepEqual([b, c], [{ median: 7, seeds: 1 }, null]);
  });

  it('name what was asked otherwise, and nothing else', () => {
    const { differences } = compareRuns([
      { name: 'a', state: run('a', [1], { params: { rate: 0.1, same: true } }) },
      { name: 'b', state: run('b', [1], { params: { rate: 0.2, same: true, extra: 'x' } }) },
    ]);
    assert.deepEqual(differences, [
      { name: 'rate', values: ['0.1', '0.2'] },
      { name: 'extra', values: [null, 'x'] },
    ]);
  });

  it('come out the same every time', () => {
    const compare = () => compareRuns([{ name: 'a', state: run('a', [1, 2, 4]) }]);
    assert.deepEqual(compare(), compare());
  });

  it('make a page on which a name stays a name', () => {
    const page = comparisonMarkdown(
      compareRuns([
        { name: 'a | [b](command:evil)\n# c', state: run('a', [1, 2]) },
        { name: '<img src=x>', state: run('b', [3, 4]) },
      ]),
    );
    assert.match(page, /^\| {2}\| A: a \\\| \\\[b\\\]\\\(command:evil\\\) \\# c \| B: \\<img src=x\\> \|$/m);
    assert.match(page, /^\| loss \\\(nats, lower is better\\\) \| fast \| 1\.5 \\\[1, 2\\\] \\\(2\\\) \| 3\.5 /m);
  });
});
