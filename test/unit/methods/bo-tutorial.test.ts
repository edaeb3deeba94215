import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { covarianceMatrix, createRng, gaussianProcess, matern52 } from 'marginalia';
import experiment, {
  expectedImprovement,
  expectedMaximum,
  expectedBest,
  observe,
} from '../../../snippets/bayesian-optimization/bo-tutorial/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

const near = (a: number, b: number, tolerance: number) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);

/** Expectation over a standard normal number by the trapezium rule. */
function expectation(f: (z: number) => number): number {
  let sum = 0;
  for (let z = -9; z <= 9; z += 1e-3) sum += (f(z) * Math.exp(-0.5 * z * z) * 1e-3) / Math.sqrt(2 * Math.PI);
  return sum;
}

const number = fc.double({ min: -3, max: 3, noNaN: true });
const kernel = matern52({ lengthScale: 0.3, variance: 1 });
const points = Array.from({ length: 30 }, (_, i) => [(i % 6) / 5, Math.floor(i / 6) / 4]);

/** What is known after three evaluations. */
function someBelief(lambda: number) {
  const belief = { mu: new Float64Array(30), C: covarianceMatrix(kernel, points) };
  for (const [i, y] of [
    [3, 1],
    [17, -0.5],
    [26, 0.7],
  ] as const)
    observe(belief, i, y, lambda);
  return belief;
}

describe('bo-tutorial', () => {
  it('expects the improvement that the integral over the posterior gives', () => {
    fc.assert(
      fc.property(number, fc.double({ min: 0.01, max: 2, noNaN: true }), number, (mu, sigma, incumbent) => {
        const [value] = expectedImprovement(Float64Array.of(mu), Float64Array.of(sigma), incumbent);
        near(
          value!,
          expectation((z) => Math.max(0, mu + sigma * z - incumbent)),
          1e-5,
        );
      }),
      { numRuns: 20 },
    );
  });

  it('expects no more than the difference, and no less than nothing, of what is known', () => {
    const values = expectedImprovement(Float64Array.of(2, 1, 0.9999), new Float64Array(3), 1);
    assert.deepEqual([...values], [1, 0, 0]);
    const far = expectedImprovement(Float64Array.of(-8), Float64Array.of(1), 1);
    assert.ok(far[0]! >= 0 && far[0]! < 1e-18);
  });

  it('finds the expected maximum of lines that the integral gives, with equal slopes and crossings too', () => {
    const few = fc.constantFrom(-1, 0, 0.5, 1);
    const line = fc.oneof(fc.tuple(number, number), fc.tuple(few, few));
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), (lines) => {
        const [intercepts, slopes] = [Float64Array.from(lines, ([a]) => a), Float64Array.from(lines, ([, b]) => b)];
        const integral = expectation((z) => Math.max(...lines.map(([a, b]) => a + b * z)));
        near(expectedMaximum(intercepts, slopes), integral, 1e-5);
      }),
      { numRuns: 30 },
    );
  });

  it('believes after one value at a time what the process believes given all at once', () => {
    for (const lambda of [0, 0.3]) {
      const { mu, C } = someBelief(lambda);
      const predict = gaussianProcess({
        points: [points[3]!, points[17]!, points[26]!],
        values: [1, -0.5, 0.7],
        kernel,
        noiseVariance: lambda,
      });
      points.forEach((point, i) => {
        near(mu[i]!, predict(point).mean, 1e-10);
        near(C[i * 30 + i]!, predict(point).deviation ** 2, 1e-10);
      });
    }
  });

  it('has a knowledge gradient that simulated evaluations have', () => {
    const lambda = 0.3;
    const belief = someBelief(lambda);
    const all = points.map((_, i) => i);
    const rng = createRng('knowledge gradient', 0);
    for (const x of [0, 12, 17]) {
      let sum = 0;
      const draws = 4000;
      for (let n = 0; n < draws; n++) {
        const after = { mu: belief.mu.slice(), C: belief.C.slice() };
        const y = rng.normal(belief.mu[x], Math.sqrt(belief.C[x * 30 + x]! + lambda));
        observe(after, x, y, lambda);
        sum += Math.max(...after.mu) / draws;
      }
      near(expectedBest(belief, x, all, lambda), sum, 0.02);
      assert.ok(expectedBest(belief, x, all, lambda) >= Math.max(...belief.mu));
    }
  });

  it('loses its claim where random points, or means without doubt, stand in for expected improvement', async () => {
    const short = { grid: 12, functions: 2 };
    const arms = ['ei', 'kg', 'greedy', 'random'];
    const records = await shortRun(experiment, short, { arms, seeds: [0, 1, 2, 3] });
    assertSound(experiment, records);
    assert.equal(verdictWith(experiment, records, { of: 'ei', by: 'random' }), 'fails');
    assert.notEqual(verdictWith(experiment, records, { of: 'ei', by: 'greedy' }), 'holds');
  });
});
