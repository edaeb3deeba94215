import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createRng, gaussianEllipse, gaussianMixture, type Gaussian } from 'marginalia';

const rng = createRng('mixture', 0);
/** Two clusters of 150: around (0, 0) with standard deviation 0.1, and around (3, 1) with correlated noise. */
const rows = Array.from({ length: 300 }, (_, n) => {
  const [a, b] = [rng.normal(), rng.normal()];
  return n % 2 === 0 ? [0.1 * a, 0.1 * b] : [3 + 0.5 * a, 1 + 0.4 * a + 0.3 * b];
});

/** Density of a Gaussian in the plane, by the inverse and the determinant written out. */
function density({ mean, covariance }: Gaussian, row: readonly number[]): number {
  const [a, b, , d] = covariance as unknown as readonly [number, number, number, number];
  const [x, y] = [row[0]! - mean[0]!, row[1]! - mean[1]!];
  const determinant = a * d - b * b;
  return (
    Math.exp((-0.5 * (d * x * x - 2 * b * x * y + a * y * y)) / determinant) / (2 * Math.PI * Math.sqrt(determinant))
  );
}

describe('Gaussian mixtures', () => {
  it('never become less likely from one step of EM to the next', () => {
    for (let repetition = 0; repetition < 4; repetition++) {
      const { logLikelihoods } = gaussianMixture(rows, 5, rng);
      for (let i = 1; i < logLikelihoods.length; i++) {
        // The 1e-6 on the covariances' diagonals moves the optimum by as little.
        assert.ok(logLikelihoods[i]! >= logLikelihoods[i - 1]! - 1e-2, logLikelihoods.join(' '));
      }
    }
  });

  it('say how likely the rows are', () => {
    const { components, logLikelihoods } = gaussianMixture(rows, 3, rng);
    const logLikelihood = rows.reduce((total, row) => {
      const densities = components.map((component) => component.weight * density(component, row));
      return total + Math.log(densities.reduce((sum, value) => sum + value, 0));
    }, 0);
    assert.ok(Math.abs(logLikelihoods.at(-1)! - logLikelihood) < 1e-6);
    assert.ok(Math.abs(components.reduce((sum, { weight }) => sum + weight, 0) - 1) < 1e-9);
  });

  it('of one component are the mean and the covariance of the rows', () => {
    const [only] = gaussianMixture(rows, 1, rng).components;
    const mean = [0, 1].map((i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length);
    for (const i of [0, 1]) {
      assert.ok(Math.abs(only!.mean[i]! - mean[i]!) < 1e-9);
      for (const j of [0, 1]) {
        const products = rows.map((row) => (row[i]! - mean[i]!) * (row[j]! - mean[j]!));
        const covariance = products.reduce((sum, value) => sum + value, 0) / rows.length;
        assert.ok(Math.abs(only!.covariance[2 * i + j]! - covariance) < 2e-6);
      }
    }
  });

  it('find two clusters with their shares, centres and covariances', () => {
    const { components } = gaussianMixture(rows, 2, rng);
    const [near, far] = [...components].sort((a, b) => a.mean[0]! - b.mean[0]!);
    assert.ok(Math.abs(near!.weight - 0.5) < 0.01 && Math.abs(far!.weight - 0.5) < 0.01);
    assert.ok(Math.hypot(near!.mean[0]!, near!.mean[1]!) < 0.05);
    assert.ok(Math.hypot(far!.mean[0]! - 3, far!.mean[1]! - 1) < 0.15);
    const expected = [0.25, 0.2, 0.2, 0.25];
    far!.covariance.forEach((value, cell) =>
      assert.ok(Math.abs(value - expected[cell]!) < 0.06, `covariance ${value}`),
    );
  });

  it('have Cholesky factors whose product is the covariance', () => {
    for (const { covariance, cholesky } of gaussianMixture(rows, 3, rng).components) {
      covariance.forEach((value, cell) => {
        const [i, j] = [Math.floor(cell / 2), cell % 2];
        const product = cholesky[2 * i]! * cholesky[2 * j]! + cholesky[2 * i + 1]! * cholesky[2 * j + 1]!;
        assert.ok(Math.abs(product - value) < 1e-9);
      });
    }
  });

  it('stay finite where all rows are the same, or fewer differ than there are components', () => {
    const same = Array<number[]>(50).fill([0.5, 0.5, 0]);
    for (const few of [same, [...same.slice(1), [0.2, 0.1, 1]]]) {
      const { components, logLikelihoods } = gaussianMixture(few, 3, rng);
      assert.ok(logLikelihoods.every(Number.isFinite));
      assert.ok(components.every(({ cholesky }) => cholesky.every(Number.isFinite)));
    }
  });

  it('are drawn as ellipses that end where the eigenvectors reach one standard deviation', () => {
    const scale = fc.double({ min: 0.1, max: 3, noNaN: true });
    fc.assert(
      fc.property(scale, scale, fc.double({ min: -1.5, max: 1.5, noNaN: true }), (long, short, turn) => {
        const [a, b] = [Math.max(long, short) + 0.01, Math.min(long, short)];
        const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
        const xy = (a * a - b * b) * cos * sin;
        const [xx, yy] = [(a * cos) ** 2 + (b * sin) ** 2, (a * sin) ** 2 + (b * cos) ** 2];
        // Of three coordinates the first two count.
        const ellipse = gaussianEllipse({
          mean: [1, 2, 3],
          covariance: Float64Array.of(xx, xy, 0, xy, yy, 0, 0, 0, 9),
        });
        assert.deepEqual([ellipse.x, ellipse.y], [1, 2]);
        assert.ok(Math.abs(ellipse.a - a) < 1e-9 && Math.abs(ellipse.b - b) < 1e-6);
        assert.ok(Math.abs(ellipse.angle - turn) < 1e-6);
      }),
    );
  });
});
