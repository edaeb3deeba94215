import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createRng, crossEntropies, type TrialRecord } from 'marginalia';
import experiment, {
  alignmentOf,
  ccLocalLoss,
  chain,
} from '../../../snippets/representation-learning/counter-current-learning/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

describe('counter-current-learning', () => {
  const value = fc.double({ min: -2, max: 2, noNaN: true });
  const row = fc.tuple(value, value, value).map((some): number[] => [...some]);
  const longRow = row.filter((some) => Math.hypot(...some) > 0.3);
  const pair = fc.record({
    forward: fc.array(longRow, { minLength: 4, maxLength: 4 }),
    feedback: fc.array(longRow, { minLength: 2, maxLength: 2 }),
    labels: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 4, maxLength: 4 }),
  });

  it('has the local gradients that finite differences of its loss have', () => {
    fc.assert(
      fc.property(pair, ({ forward, feedback, labels }) => {
        const { dForward, dFeedback } = ccLocalLoss(forward, feedback, labels);
        const moved = (rows: number[][], n: number, j: number, by: number) =>
          rows.map((one, i) => one.map((old, k) => (i === n && k === j ? old + by : old)));
        dForward.forEach((some, n) =>
          some.forEach((slope, j) => {
            const at = (by: number) => ccLocalLoss(moved(forward, n, j, by), feedback, labels).loss;
            assert.ok(Math.abs(slope - (at(1e-5) - at(-1e-5)) / 2e-5) < 1e-6);
          }),
        );
        dFeedback.forEach((some, n) =>
          some.forEach((slope, j) => {
            const at = (by: number) => ccLocalLoss(forward, moved(feedback, n, j, by), labels).loss;
            assert.ok(Math.abs(slope - (at(1e-5) - at(-1e-5)) / 2e-5) < 1e-6);
          }),
        );
      }),
    );
  });

  it('knows only directions: longer activations have the same loss, which is 0 where classes are met squarely', () => {
    const [forward, feedback] = [[[2, 0], [0, 0.1], [3, 0]], [[1, 0], [0, 5]]]; // prettier-ignore
    const { loss, dForward } = ccLocalLoss(forward, feedback, [0, 1, 0]);
    assert.ok(loss < 1e-20 && dForward.flat().every((slope) => Math.abs(slope) < 1e-12));
    assert.equal(alignmentOf([[1, 2]], Array.from({ length: 10 }, () => [1, 2]), [3]).cosines[3]![7]!.toFixed(9), '1.000000000'); // prettier-ignore
  });

  it('has chains whose gradients, taken through all layers, are those of finite differences', () => {
    const net = chain(createRng('chain', 0), [5, 4, 3]);
    const rng = createRng('inputs', 0);
    const inputs = Float32Array.from({ length: 6 * 5 }, () => rng.normal());
    const labels = [0, 1, 2, 0, 1, 2];
    const loss = () => crossEntropies(net.forward(inputs, 6)[2]!, labels).losses.reduce((sum, one) => sum + one, 0);
    const activations = net.forward(inputs, 6);
    const top = net.weightGradient(1, crossEntropies(activations[2]!, labels).gradient);
    const bottom = net.weightGradient(0, net.layers[1]!.inputGradient());
    for (const [i, gradient] of [bottom, top].entries()) {
      const weights = net.layers[i]!.readParameters();
      for (const n of [0, 3, 7, 11]) {
        const at = (by: number) => {
          net.layers[i]!.writeParameters(weights.map((old, k) => (k === n ? old + by : old)));
          return loss();
        };
        const slope = (at(1e-2) - at(-1e-2)) / 2e-2;
        assert.ok(Math.abs(gradient[n]! - slope) < 2e-3, `layer ${i}: ${gradient[n]} ${slope}`);
      }
      net.layers[i]!.writeParameters(weights);
    }
  });

  it('cuts the gradients of a network together to a norm of 1', () => {
    const net = chain(createRng('chain', 1), [2, 2, 2]);
    const before = net.layers.map((layer) => layer.readParameters());
    net.step([Float32Array.of(3, 0, 0, 0, 0, 0), Float32Array.of(0, 4, 0, 0, 0, 0)], 0.5);
    const moves = net.layers.map((layer, i) => layer.readParameters().map((after, n) => before[i]![n]! - after));
    assert.ok(Math.abs(moves[0]![0]! - 0.3) < 1e-6 && Math.abs(moves[1]![1]! - 0.4) < 1e-6);
  });

  describe('in short form', () => {
    let records: readonly TrialRecord[];
    before(async () => {
      records = await shortRun(experiment, { updates: 50, width: 16 }, { seeds: [0, 1] });
    });
    const last = (arm: string, metric: string) =>
      records.find(({ series }) => series.arm === arm)!.series.curves[metric]!.values.at(-1)!;

    it('logs finite metrics and draws cosines', () => {
      assertSound(experiment, records);
      assert.ok(records.every(({ figures }) => figures.cosines!.layers[0]?.type === 'heatmap'));
    });

    it('aligns the two networks, which it does not with shuffled labels', () => {
      assert.ok(last('ccl', 'alignment_3') > last('shuffled', 'alignment_3') + 0.1);
    });

    it('loses its claim where fixed feedback or the last layer alone stands in for the method', () => {
      for (const by of ['fixed_feedback', 'output_only', 'shuffled']) {
        assert.equal(verdictWith(experiment, records, { of: 'ccl', by }), 'fails');
      }
    });
  });
});
