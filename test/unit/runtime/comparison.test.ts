import assert from 'node:assert/strict';
import { compareRuns } from '../../../src/runtime/comparison/compare-runs.ts';
import { comparisonMarkdown } from '../../../src/runtime/comparison/comparison-table.ts';
import type { RunEvent } from '../../../src/runtime/runs/events.ts';
import type { RunRecord } from '../../../src/runtime/runs/record.ts';
import { addProblem, applyEvents, createRunState, type RunState } from '../../../src/runtime/runs/state.ts';
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
      { id: 'a', name: 'a', state: run('a', [1, 2, 3, 4, 100]) },
      { id: 'b', name: 'b', state: run('b', [7]) },
      { id: 'c', name: 'c', state: run('c', [NaN]) },
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
      { id: 'a', name: 'a', state: run('a', [1], { params: { rate: 0.1, same: true } }) },
      { id: 'b', name: 'b', state: run('b', [1], { params: { rate: 0.2, same: true, extra: 'x' } }) },
    ]);
    assert.deepEqual(differences, [
      { name: 'rate', values: ['0.1', '0.2'] },
      { name: 'extra', values: [null, 'x'] },
    ]);
  });

  it('come out the same every time', () => {
    const compare = () => compareRuns([{ id: 'a', name: 'a', state: run('a', [1, 2, 4]) }]);
    assert.deepEqual(compare(), compare());
  });

  it('make a page on which a name stays a name', () => {
    const page = comparisonMarkdown(
      compareRuns([
        { id: 'a', name: 'a | [b](command:evil)\n# c', state: run('a', [1, 2]) },
        { id: 'b', name: '<img src=x>', state: run('b', [3, 4]) },
      ]),
    );
    assert.match(page, /^\| {2}\| A: a \\\| \\\[b\\\]\\\(command:evil\\\) \\# c \| B: \\<img src=x\\> \|$/m);
    assert.match(page, /^\| loss \\\(nats, lower is better\\\) \| fast \| 1\.5 \\\[1, 2\\\] \\\(2\\\) \| 3\.5 /m);
  });

  it('name the folders, and say what of them could not be read', () => {
    const state = run('recorded', [1, 2]);
    addProblem(state, 'events.jsonl:3 is not JSON: x; the line is left out.');
    const comparison = compareRuns([{ id: 'renamed', name: 'a', state }]);
    assert.equal(comparison.runs[0]!.id, 'renamed');
    assert.deepEqual(comparison.runs[0]!.problems, state.problems);
    assert.match(comparisonMarkdown(comparison), /^## What could not be read\n\n- events.jsonl:3 is not JSON: x;/m);
  });
});
