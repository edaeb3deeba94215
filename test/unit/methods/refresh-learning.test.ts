import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createRng, denseNetwork, type TrialRecord } from 'marginalia';
import experiment, {
  identityCorrelation,
  lossOf,
  refreshStep,
} from '../../../snippets/continual-learning/refresh-learning/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

describe('refresh-learning', () => {
  const none = () => 0;

  it('grows each coordinate of a parabola by its curvature before it shrinks it', () => {
    const curvatures = [0.5, 2, 1];
    const gradient = (theta: Float32Array) => theta.map((value, i) => curvatures[i]! * value);
    const rate = fc.double({ min: 0, max: 0.3, noNaN: true });
    fc.assert(
      fc.property(rate, rate, fc.integer({ min: 0, max: 3 }), rate, (gamma, eta, J, information) => {
        const theta = Float32Array.of(1, -2, 0.7);
        const fisher = theta.map((_, i) => i * information);
        const after = refreshStep(theta, gradient, fisher, { gamma, eta, damp: 0.5, noise: 0, J, normal: none });
        after.forEach((value, i) => {
          const growth = 1 + gamma * curvatures[i]! * (0.5 / (0.5 + fisher[i]!));
          const expected = theta[i]! * growth ** J * (1 - eta * curvatures[i]!);
          assert.ok(Math.abs(value - expected) < 1e-5, `${value} ${expected}`);
        });
      }),
    );
  });

  it('adds noise whose variance is 2 gamma over the Fisher information', () => {
    const rng = createRng('refresh test', 0);
    const theta = new Float32Array(20_000);
    const fisher = theta.map((_, i) => (i < 10_000 ? 0 : 3));
    const still = (t: Float32Array) => t.map(() => 0);
    const o = { gamma: 0.05, eta: 0.1, damp: 1, noise: 1, J: 1, normal: () => rng.normal() };
    const after = refreshStep(theta, still, fisher, o);
    for (const [start, expected] of [
      [0, 0.1],
      [10_000, 0.025],
    ] as const) {
      // prettier-ignore
      const part = after.subarray(start, start + 10_000);
      const variance = part.reduce((sum, value) => sum + value ** 2, 0) / part.length;
      assert.ok(Math.abs(variance / expected - 1) < 0.08, `${variance} ${expected}`);
    }
  });

  it('has the gradient of its loss that finite differences have', () => {
    const rng = createRng('refresh test', 1);
    const network = denseNetwork(rng, { sizes: [64, 6, 10], activation: 'tanh', optimizer: { type: 'sgd', rate: 1 } });
    const pixels = Float32Array.from({ length: 3 * 64 }, () => rng.normal());
    const { at, gradient } = lossOf(network, { pixels, labels: [2, 7, 2], weights: [0.5, 0.5, 2] });
    const theta = network.readParameters();
    const slopes = gradient(theta);
    for (const i of [0, 100, 300, 390, 400, 440, 459]) {
      const moved = (by: number) => theta.map((value, k) => (k === i ? value + by : value));
      const expected = (at(moved(1e-2)) - at(moved(-1e-2))) / 2e-2;
      assert.ok(Math.abs(slopes[i]! - expected) < 2e-3, `${i}: ${slopes[i]} ${expected}`);
    }
  });

  it('finds that unlearning follows the penalty for a gradient, and turns against it for a rotation', () => {
    const theta = Float32Array.from({ length: 6 }, (_, i) => Math.sin(i + 1));
    const inverse = theta.map((_, i) => 1 / (1 + i));
    const ofBowl = (t: Float32Array) => t.map((value, i) => (i + 1) * value);
    const ofRotation = (t: Float32Array) => t.map((_, i) => (i % 2 === 0 ? t[i + 1]! : -t[i - 1]!));
    const rng = createRng('refresh test', 2);
    assert.ok(identityCorrelation(ofBowl, theta, inverse, rng) > 0.99);
    assert.ok(identityCorrelation(ofRotation, theta, inverse.fill(1), rng) < -0.99);
  });

  describe('in short form', () => {
    let records: readonly TrialRecord[];
    before(async () => {
      records = await shortRun(experiment, { epochs: 2 }, { seeds: [0, 1] });
    });

    it('logs finite metrics and draws the loss around the weights', () => {
      assertSound(experiment, records);
      for (const { figures } of records) {
        const [line] = figures.slice!.layers;
        assert.ok(line?.type === 'line' && line.y[3]! < line.y[6]!);
      }
    });

    it('loses its claim where plain replay or a random move stands in for unlearning', () => {
      for (const by of ['replay', 'random']) {
        assert.equal(verdictWith(experiment, records, { of: 'refresh', by }), 'fails', by);
      }
    });
  });
});
