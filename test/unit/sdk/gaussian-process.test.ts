import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { covarianceMatrix, createRng, gaussianProcess, matern52, squaredExponential, type Kernel } from 'marginalia';

const near = (a: number, b: number, tolerance: number) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);
const kernels: [string, Kernel][] = [
  ['squared exponential', squaredExponential({ lengthScale: 0.7, variance: 2 })],
  ['Matérn', matern52({ lengthScale: 0.7, variance: 2 })],
];

describe('a Gaussian process', () => {
  it('believes the closed form after one observation, at any distance and noise', () => {
    for (const [, kernel] of kernels) {
      fc.assert(
        fc.property(
          fc.double({ min: 0, max: 3, noNaN: true }),
          fc.double({ min: 0, max: 2, noNaN: true }),
          (r, noise) => {
            const predict = gaussianProcess({ points: [[1, 1]], values: [5], kernel, noiseVariance: noise, mean: 3 });
            const { mean, deviation } = predict([1, 1 + r]);
            near(mean, 3 + (2 * kernel(r)) / (2 + noise), 1e-12);
            near(deviation ** 2, 2 - kernel(r) ** 2 / (2 + noise), 1e-12);
          },
        ),
      );
    }
  });

  it('takes repeated noisy observations as one of their mean with less noise', () => {
    const kernel = kernels[1]![1];
    const many = gaussianProcess({ points: [[0], [0], [0], [1]], values: [1, 2, 6, 0], kernel, noiseVariance: 0.6 });
    const direct = (x: number) => {
      // Two observations by hand: 3 with variance 0.2 at 0, and 0 with variance 0.6 at 1.
      const [a, b, d] = [2 + 0.2, kernel(1), 2 + 0.6];
      const [k0, k1] = [kernel(Math.abs(x)), kernel(Math.abs(x - 1))];
      const determinant = a * d - b * b;
      return {
        mean: (3 * (k0 * d - k1 * b)) / determinant,
        variance: 2 - (k0 * k0 * d - 2 * k0 * k1 * b + k1 * k1 * a) / determinant,
      };
    };
    for (const x of [-0.5, 0, 0.3, 2]) {
      near(many([x]).mean, direct(x).mean, 1e-12);
      near(many([x]).deviation ** 2, direct(x).variance, 1e-12);
    }
  });

  it('goes through what it saw without noise, and knows nothing far away', () => {
    for (const [name, kernel] of kernels) {
      const points = [
        [0, 0],
        [0.5, 1],
        [2, -1],
      ];
      const predict = gaussianProcess({ points, values: [1, -1, 4], kernel, noiseVariance: 0, mean: 0.5 });
      points.forEach((point, i) => {
        near(predict(point).mean, [1, -1, 4][i]!, 1e-12);
        near(predict(point).deviation, 0, 1e-7);
      });
      near(predict([90, 90]).mean, 0.5, 1e-12);
      assert.equal(predict([90, 90]).deviation, Math.SQRT2, name);
    }
  });

  it('has covariances of the given variance that fall with distance, as steeply as their derivatives say', () => {
    for (const [name, kernel] of kernels) {
      assert.equal(kernel(0), 2);
      for (let r = 0.05; r < 3; r += 0.05) {
        const slope = (kernel(r + 1e-5) - kernel(r - 1e-5)) / 2e-5;
        const s = r / 0.7;
        const expected =
          name === 'Matérn'
            ? ((-2 * 5) / 3 / 0.7) * s * (1 + Math.sqrt(5) * s) * Math.exp(-Math.sqrt(5) * s)
            : ((-2 * s) / 0.7) * Math.exp(-0.5 * s * s);
        near(slope, expected, 1e-8);
      }
    }
    const [, kernel] = kernels[1]!;
    const matrix = covarianceMatrix(kernel, [
      [0, 0],
      [3, 4],
    ]);
    assert.deepEqual([...matrix], [2, kernel(5), kernel(5), 2]);
  });

  it('is as sure as it is right about functions drawn from its prior', () => {
    // A sum of many random cosines with normal frequencies is nearly a draw with the squared exponential kernel.
    const kernel = squaredExponential({ lengthScale: 0.3, variance: 1 });
    let [inside, all] = [0, 0];
    for (let seed = 0; seed < 40; seed++) {
      const rng = createRng('prior', seed);
      const waves = Array.from({ length: 200 }, () => ({
        w: rng.normal(0, 1 / 0.3),
        phase: rng.uniform(0, 2 * Math.PI),
      }));
      const f = (x: number) => waves.reduce((sum, { w, phase }) => sum + Math.cos(w * x + phase) / 10, 0);
      const points = Array.from({ length: 5 }, () => [rng.uniform()]);
      const values = points.map(([x]) => f(x!) + rng.normal(0, 0.2));
      const predict = gaussianProcess({ points, values, kernel, noiseVariance: 0.04 });
      for (let x = 0; x <= 1; x += 0.1) {
        const { mean, deviation } = predict([x]);
        inside += Math.abs(f(x) - mean) < deviation ? 1 : 0;
        all++;
      }
    }
    near(inside / all, 0.683, 0.07);
  });

  it('refuses two observations of one point without noise', () => {
    const [, kernel] = kernels[0]!;
    assert.throws(
      () => gaussianProcess({ points: [[1], [1]], values: [0, 1], kernel, noiseVariance: 0 }),
      /not positive definite/,
    );
  });
});
