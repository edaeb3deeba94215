import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createRng } from 'marginalia';
import experiment, {
  affinity,
  drawTask,
  objective,
  transductiveClustering,
} from '../../../snippets/few-shot/transductive-clustering/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

const near = (a: number, b: number, tolerance: number) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);
const options = { lambda: 0.3, tau: 0.1, knn: 3, outer: 10 };
const taskOf = (seed: number) => drawTask(createRng('transductive', seed), 1, 0.3, true);

describe('transductive-clustering', () => {
  it('joins each point with its nearest, in both directions alike', () => {
    const line = [[0], [1], [2.5], [10]];
    const weights = affinity(line, 1).map((row) => row.map(({ q, w }) => `${q}:${w}`).join(' '));
    assert.deepEqual(weights, ['1:1', '0:1 2:0.5', '1:0.5 3:0.5', '2:0.5']);
  });

  it('assigns by the softmax that minimises the bound, better than any other assignment', () => {
    const seen: { S: number[][]; M: number[][] }[] = [];
    const task = taskOf(0);
    const watch = (S: number[][], M: number[][]) => seen.push({ S, M });
    transductiveClustering(task.support, task.labels, task.query, { ...options, outer: 1, watch });
    const points = [...task.support, ...task.query];
    const W = affinity(points, 3);
    const rng = createRng('simplex', 0);
    for (let step = 1; step < seen.length; step++) {
      const [{ S: before }, { S, M }] = [seen[step - 1]!, seen[step]!];
      for (let p = task.labels.length; p < points.length; p++) {
        const bound = (s: readonly number[]) =>
          s.reduce((sum, value, k) => {
            const cost = points[p]!.reduce((all, x, i) => all + (x - M[k]![i]!) ** 2, 0) / options.tau;
            const b = W[p]!.reduce((all, { q, w }) => all + w * before[q]![k]!, 0);
            return sum + value * (Math.log(value) + cost - options.lambda * b);
          }, 0);
        near(
          S[p]!.reduce((sum, value) => sum + value, 0),
          1,
          1e-12,
        );
        const others = S[p]!.map((value) => value * Math.exp(0.3 * rng.normal()));
        const total = others.reduce((sum, value) => sum + value, 0);
        assert.ok(bound(S[p]!) <= bound(others.map((value) => value / total)) + 1e-12);
      }
    }
  });

  it('lowers the objective from update to update while the prototypes stay, and whenever they move', () => {
    for (let seed = 0; seed < 5; seed++) {
      const task = taskOf(seed);
      const points = [...task.support, ...task.query];
      const W = affinity(points, 3);
      const values: number[] = [];
      const watch = (S: number[][], M: number[][]) =>
        values.push(objective(points, W, S, M, { ...options, labelled: task.labels.length }));
      transductiveClustering(task.support, task.labels, task.query, { ...options, watch });
      values.slice(1).forEach((value, i) => assert.ok(value <= values[i]! + 1e-9, `${seed}, update ${i + 1}`));
    }
  });

  it('is nearest-prototype classification with one pass and no graph', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), (seed) => {
        const { support, labels, query } = taskOf(seed);
        const S = transductiveClustering(support, labels, query, { ...options, lambda: 0, outer: 1 });
        S.forEach((s, q) => {
          const distances = support.map((m) => Math.hypot(...m.map((value, i) => value - query[q]![i]!)));
          assert.equal(s.indexOf(Math.max(...s)), distances.indexOf(Math.min(...distances)));
        });
      }),
      { numRuns: 20 },
    );
  });

  it('finds two separate clouds from one label each, wherever in its cloud the label is', () => {
    const rng = createRng('clouds', 0);
    const cloud = (angle: number) =>
      Array.from({ length: 30 }, () => {
        const at = angle + rng.normal(0, 0.2);
        return [Math.cos(at), Math.sin(at)];
      });
    const query = [...cloud(0), ...cloud(1.5)];
    const support = [
      [Math.cos(0.6), Math.sin(0.6)],
      [Math.cos(1.9), Math.sin(1.9)],
    ];
    for (const lambda of [0, 0.3]) {
      const S = transductiveClustering(support, [0, 1], query, { ...options, tau: 0.05, lambda });
      S.forEach(([first], q) => assert.equal(first! > 0.5, q < 30));
    }
  });

  it('loses its claim where the prototypes of the support stand in for those of all points', async () => {
    const records = await shortRun(experiment, { tasks: 1 }, { seeds: [0, 1] });
    assertSound(experiment, records);
    assert.equal(verdictWith(experiment, records, { of: 'kmeans', by: 'nearest' }), 'fails');
    assert.equal(verdictWith(experiment, records, { of: 'full', by: 'fixed' }), 'fails');
  });
});
