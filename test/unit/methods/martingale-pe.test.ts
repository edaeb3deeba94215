import assert from 'node:assert/strict';
import { createRng } from 'marginalia';
import experiment, {
  ctd0,
  drawPath,
  estimate,
  valueError,
} from '../../../snippets/rl-theory/martingale-pe/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

/** Where least squares of the TD error tends to with ever more paths of K steps, from the moments of Brownian motion. */
function squaredTdLimit(K: number): [number, number] {
  const dt = 1 / K;
  const sums = { a11: 0, a12: 0, a22: 0, b1: 0, b2: 0 };
  for (let i = 0; i < K; i++) {
    const [t, u] = [i * dt, (i + 1) * dt];
    const both = 3 * t * t + t * dt; // E X_t^2 X_u^2
    sums.a11 += dt * dt;
    sums.a12 += -dt * ((1 - u) * u - (1 - t) * t);
    sums.a22 += 3 * ((1 - u) * u) ** 2 + 3 * ((1 - t) * t) ** 2 - 2 * (1 - t) * (1 - u) * both;
    sums.b1 += dt * dt;
    sums.b2 -= (1 - u) * (3 * u * u - both) - (1 - t) * (both - 3 * t * t);
  }
  const { a11, a12, a22, b1, b2 } = sums;
  const determinant = a11 * a22 - a12 * a12;
  return [(b1 * a22 - a12 * b2) / determinant, (a11 * b2 - b1 * a12) / determinant];
}

const pathsOf = (K: number, count: number) => {
  const rng = createRng('martingale-pe test', K);
  return Array.from({ length: count }, () => drawPath(rng, K));
};

describe('martingale-pe', () => {
  it('finds with squared TD errors what their expectation has as its least, which tends to -2', () => {
    for (const K of [4, 12]) {
      const [, theta2] = estimate('mstde', pathsOf(K, 20_000));
      assert.ok(Math.abs(theta2! - squaredTdLimit(K)[1]) < 0.05, `K = ${K}: ${theta2}`);
    }
    assert.ok(Math.abs(squaredTdLimit(3000)[1] + 2) < 0.005);
  });

  it('finds the value function with martingale loss and adapted test functions, on any grid', () => {
    for (const estimator of ['martingale_loss', 'ctd0', 'ctd_lambda'] as const) {
      const [theta1, theta2] = estimate(estimator, pathsOf(8, 20_000), 0.5);
      assert.ok(Math.abs(theta1! - 1) < 0.05 && Math.abs(theta2!) < 0.1, `${estimator}: ${theta1} ${theta2}`);
    }
  });

  it('has a CTD(0) update that sums to zero at its own closed-form solution', () => {
    const paths = pathsOf(6, 300);
    const solution = estimate('ctd0', paths);
    const sum = new Float64Array(2);
    for (const path of paths) {
      for (let i = 0; i < 6; i++) {
        const at = (k: number) => Float64Array.of(1 - k / 6, (1 - k / 6) * path[k]! ** 2);
        const theta = solution.slice();
        ctd0(theta, at(i), at(i + 1), path[i]! ** 2, path[i + 1]! ** 2, 0, 1);
        theta.forEach((value, j) => (sum[j]! += value - solution[j]!));
      }
    }
    assert.ok(sum.every((value) => Math.abs(value) < 1e-8));
  });

  it('measures the error of the value that an average over paths has', () => {
    const squares = pathsOf(400, 2000).flatMap((path) =>
      [...path.subarray(0, 400)].map((x, i) => ((1 - i / 400) * (-0.4 + 0.7 * x * x)) ** 2),
    );
    const average = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
    assert.ok(Math.abs(valueError([0.6, 0.7]) - average) < 0.03, `${average} ${valueError([0.6, 0.7])}`);
  });

  it('loses its claim where the squared TD error, or the right end, stands in for the method', async () => {
    const records = await shortRun(experiment, { paths: 200 }, { seeds: [0, 1] });
    assertSound(
      experiment,
      records.filter(({ series }) => !['ctd_lambda', 'right_end'].includes(series.arm)),
    );
    assert.equal(verdictWith(experiment, records, { of: 'ctd0', by: 'mstde' }), 'fails');
    assert.equal(verdictWith(experiment, records, { of: 'ctd0', by: 'right_end' }), 'fails');
  });
});
