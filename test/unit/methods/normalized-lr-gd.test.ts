import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import experiment, {
  batchPerceptronStep,
  logisticStep,
  normalizedLogisticStep as step,
  perceptronBound,
} from '../../../snippets/optimization/normalized-lr-gd/experiment.ts';
import { shortRun, verdictWith } from './short-run.ts';

describe('normalized-lr-gd', () => {
  const value = fc.double({ min: -2, max: 2, noNaN: true });
  const point = fc.tuple(value, value).map((pair): number[] => [...pair]);
  const points = fc.array(point, { minLength: 1, maxLength: 8 });
  const lossAt = (theta: readonly number[], samples: readonly number[][]) =>
    samples.reduce((sum, z) => sum + Math.log1p(Math.exp(-(z[0]! * theta[0]! + z[1]! * theta[1]!))), 0) /
    samples.length;
  const derivative = (theta: number[], samples: number[][], j: number) => {
    const moved = (by: number) => theta.map((old, i) => (i === j ? old + by : old));
    return (lossAt(moved(1e-5), samples) - lossAt(moved(-1e-5), samples)) / 2e-5;
  };

  it('steps down the derivative of the loss by finite differences, over the mean weight', () => {
    fc.assert(
      fc.property(point, points, (theta, samples) => {
        const weights = samples.map((z) => 1 / (1 + Math.exp(z[0]! * theta[0]! + z[1]! * theta[1]!)));
        const meanWeight = weights.reduce((sum, weight) => sum + weight, 0) / samples.length;
        const [plain, normalized] = [logisticStep(0.5)(theta, samples), step(theta, samples, 0.5)];
        for (const j of [0, 1]) {
          const slope = derivative(theta, samples, j);
          assert.ok(Math.abs(plain[j]! - (theta[j]! - 0.5 * slope)) < 1e-8);
          assert.ok(Math.abs(normalized[j]! - (theta[j]! - (0.5 * slope) / meanWeight)) < 1e-6);
        }
      }),
    );
  });

  it('tends to the mean of the misclassified samples, and LR+GD to the batch perceptron, as steps grow', () => {
    const samples = [[0.9, 0.1], [0.8, -0.2], [-0.9, 0.3]]; // prettier-ignore
    const gamma = 1e9;
    assert.deepEqual(step([gamma, 0], samples, gamma).map((x) => Math.round((x / gamma) * 1e6) / 1e6), [0.1, 0.3]); // prettier-ignore
    let [large, limit] = [[0, 0], [0, 0]]; // prettier-ignore
    for (let t = 0; t < 30; t++) {
      [large, limit] = [logisticStep(gamma)(large, samples), batchPerceptronStep(limit, samples)];
      for (const j of [0, 1]) assert.ok(Math.abs(large[j]! / gamma - limit[j]!) < 1e-6, `step ${t}`);
    }
  });

  it('stays finite where exponentials overflow', () => {
    for (const theta of [[1e6, 0], [-1e6, 0]]) assert.ok(step(theta, [[1, 0]], 1).every(Number.isFinite)); // prettier-ignore
  });

  it('has the bound of two samples, whose best direction halves their angle', () => {
    const samples = [[1, 0], [Math.cos(2), Math.sin(2)]]; // prettier-ignore
    assert.ok(Math.abs(perceptronBound(samples) - 1 / Math.cos(1) ** 2) < 1e-6);
  });

  it('loses its claim where LR+GD stands in for the method', async () => {
    const records = await shortRun(experiment, {}, { seeds: [0, 1, 2] });
    assert.equal(verdictWith(experiment, records, { of: 'normalized', by: 'lr_gd' }), 'fails');
  });
});
