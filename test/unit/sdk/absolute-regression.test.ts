import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { absoluteLoss, createRng, heavyTailedRegression, leastAbsoluteDeviations, mean, median } from 'marginalia';

describe('the regression with heavy tails', () => {
  const problem = heavyTailedRegression(createRng('regression', 0), 20_000, 3);

  it('has features of falling scale', () => {
    for (let j = 0; j < 3; j++) {
      const deviation = Math.sqrt(mean(problem.x.map((row) => row[j]! ** 2)));
      assert.ok(Math.abs(deviation * Math.sqrt(j + 1) - 1) < 0.03, `feature ${j}: ${deviation}`);
    }
  });

  it('has the noise of Student’s t with two degrees of freedom: quartiles at 0.8165 of its scale, and far outliers', () => {
    const w = leastAbsoluteDeviations(problem);
    const residuals = problem.x.map((row, i) =>
      Math.abs(row.reduce((sum, x, j) => sum + x * w[j]!, 0) - problem.y[i]!),
    );
    // P(|t| <= x) = x / sqrt(2 + x^2) for two degrees of freedom.
    const scale = 0.5;
    assert.ok(Math.abs(median(residuals) - scale * Math.sqrt(2 / 3)) < 0.01, `${median(residuals)}`);
    const far = residuals.filter((residual) => residual > 10 * scale).length / residuals.length;
    assert.ok(Math.abs(far - (1 - 10 / Math.sqrt(102))) < 0.003, `${far}`);
  });
});

describe('least absolute deviations', () => {
  it('of one feature are the weighted median of the ratios', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9999 }), (seed) => {
        const data = heavyTailedRegression(createRng('ratios', seed), 300, 1);
        const ratios = data.x.map(([x], i) => ({ ratio: data.y[i]! / x!, weight: Math.abs(x!) }));
        ratios.sort((a, b) => a.ratio - b.ratio);
        let rest = ratios.reduce((sum, { weight }) => sum + weight, 0) / 2;
        const { ratio } = ratios.find(({ weight }) => (rest -= weight) <= 0)!;
        const [least, reached] = [[ratio], leastAbsoluteDeviations(data)].map((w) => absoluteLoss(data, w));
        assert.ok(reached! >= least! - 1e-12 && reached! <= least! + 1e-3, `${reached} for ${least}`);
      }),
      { numRuns: 30 },
    );
  });

  it('lose no more than any line through two of the points, of which one is the best', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9999 }), (seed) => {
        const data = heavyTailedRegression(createRng('lines', seed), 30, 2);
        let least = Infinity;
        for (const [i, a] of data.x.entries()) {
          for (const [j, b] of data.x.entries()) {
            const determinant = a[0]! * b[1]! - a[1]! * b[0]!;
            if (i >= j || Math.abs(determinant) < 1e-9) continue;
            const [u, v] = [data.y[i]!, data.y[j]!];
            const w = [(u * b[1]! - v * a[1]!) / determinant, (a[0]! * v - b[0]! * u) / determinant];
            least = Math.min(least, absoluteLoss(data, w));
          }
        }
        const reached = absoluteLoss(data, leastAbsoluteDeviations(data));
        assert.ok(reached >= least - 1e-9 && reached <= least + 5e-3, `${reached} for ${least}`);
      }),
      { numRuns: 30 },
    );
  });

  it('are refused where features depend on each other', () => {
    const data = { x: [1, 2, 3].map((value) => Float64Array.of(value, 2 * value)), y: Float64Array.of(1, 2, 3) };
    assert.throws(() => leastAbsoluteDeviations(data), /not positive definite/);
  });
});
