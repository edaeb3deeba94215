import assert from 'node:assert/strict';
import fc from 'fast-check';
import { murmur3 } from '../../../src/runtime/sdk/murmur.ts';
import { createRng, type Rng } from '../../../src/runtime/sdk/rng.ts';
import { mean } from '../../../src/runtime/sdk/statistics.ts';
import { xoshiro128starstar } from '../../../src/runtime/sdk/xoshiro.ts';

const draws = 40_000;

function sample(draw: (rng: Rng) => number): number[] {
  const rng = createRng('moments', 1);
  return Array.from({ length: draws }, () => draw(rng));
}

/** Holds mean and variance against their expectations, five standard errors wide. */
function assertMoments(values: readonly number[], expected: { mean: number; variance: number }): void {
  const centre = mean(values);
  const squares = values.map((value) => (value - expected.mean) ** 2);
  const variance = mean(squares);
  const kurtosis = mean(squares.map((square) => (square - variance) ** 2));
  const near = (found: number, wanted: number, error: number, what: string) =>
    assert.ok(Math.abs(found - wanted) < 5 * error, `${what} ${found}, expected ${wanted} to within ${5 * error}`);
  near(centre, expected.mean, Math.sqrt(expected.variance / draws), 'mean');
  near(variance, expected.variance, Math.sqrt(kurtosis / draws), 'variance');
}

describe('random numbers', () => {
  it('follow the published sequence of xoshiro128**', () => {
    const { next } = xoshiro128starstar([1, 2, 3, 4]);
    assert.deepEqual(
      Array.from({ length: 10 }, next),
      [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804],
    );
  });

  it('are seeded through MurmurHash3 as published', () => {
    assert.equal(murmur3('', 0), 0);
    assert.equal(murmur3('', 1), 0x514e28b7);
    assert.equal(murmur3('', 0xffffffff), 0x81f16f39);
    assert.equal(murmur3('test', 0), 0xba6bd213);
    assert.equal(murmur3('Hello, world!', 0), 0xc0363e43);
    assert.equal(murmur3('The quick brown fox jumps over the lazy dog', 0), 0x2e4ff723);
  });

  it('are seeded by any text, its accents and pictures included', () => {
    const bytes = new Set(['é', 'e', 'е', '漢', '🙂', '🙃'].map((text) => murmur3(text, 0)));
    assert.equal(bytes.size, 6);
  });

  it('are the same for one name and seed and differ for another', () => {
    const first = (rng: Rng) => Array.from({ length: 8 }, () => rng.uniform());
    assert.deepEqual(first(createRng('rex', 3)), first(createRng('rex', 3)));
    assert.notDeepEqual(first(createRng('rex', 3)), first(createRng('rex', 4)));
    assert.notDeepEqual(first(createRng('rex', 3)), first(createRng('cpl', 3)));
  });

  it('go on from where they were saved, also between the two halves of a normal', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(50), (seed, drawn) => {
        const rng = createRng('rex', seed);
        const draw = () => [rng.normal(), rng.int(0, 10), rng.uniform(), rng.normal(), rng.normal()];
        for (let i = 0; i < drawn; i++) rng.normal();
        const state = rng.save();
        const expected = draw();
        rng.restore(structuredClone(state));
        assert.deepEqual(draw(), expected);
        const other = createRng('cpl', seed);
        other.restore(state);
        assert.equal(other.normal(), expected[0]);
      }),
    );
  });

  it('split off by name do not depend on what was drawn before', () => {
    const rng = createRng('rex', 0);
    const before = rng.split('data').uniform();
    rng.normal();
    assert.equal(rng.split('data').uniform(), before);
    assert.notEqual(rng.split('weights').uniform(), before);
    assert.notEqual(rng.split('data').split('data').uniform(), before);
  });

  it('have the moments of their distributions', () => {
    assertMoments(
      sample((rng) => rng.uniform(2, 5)),
      { mean: 3.5, variance: 9 / 12 },
    );
    assertMoments(
      sample((rng) => rng.normal(-1, 2)),
      { mean: -1, variance: 4 },
    );
    assertMoments(
      sample((rng) => rng.int(-2, 3)),
      { mean: 0, variance: 2 },
    );
    for (const [a, b] of [
      [0.5, 1.5],
      [2, 6],
    ] as const) {
      assertMoments(
        sample((rng) => rng.beta(a, b)),
        { mean: a / (a + b), variance: (a * b) / ((a + b) ** 2 * (a + b + 1)) },
      );
    }
  });

  it('are spread evenly: a chi-squared test over 64 cells', () => {
    const counts = new Array<number>(64).fill(0);
    for (const value of sample((rng) => rng.uniform())) counts[Math.floor(value * 64)]!++;
    const expected = draws / 64;
    const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 63 degrees of freedom: below 31 or above 111 in fewer than two of ten thousand.
    assert.ok(statistic > 31 && statistic < 111, `chi-squared is ${statistic}`);
  });

  it('pick each option with its weight', () => {
    const weights = [0, 1, 3, 0, 4, 0];
    const counts = weights.map(() => 0);
    for (const index of sample((rng) => rng.weighted(weights))) counts[index]!++;
    for (const [i, weight] of weights.entries()) {
      const share = weight / 8;
      const error = Math.sqrt((share * (1 - share)) / draws);
      assert.ok(Math.abs(counts[i]! / draws - share) <= 5 * error, `option ${i} came ${counts[i]!} times`);
    }
  });

  it('stay within their ranges', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: -1000, max: 1000 }),
        fc.integer({ min: 1, max: 1000 }),
        (seed, low, span) => {
          const rng = createRng('ranges', seed);
          const whole = rng.int(low, low + span);
          const real = rng.uniform(low, low + span);
          return Number.isInteger(whole) && whole >= low && whole < low + span && real >= low && real < low + span;
        },
      ),
    );
  });

  it('say what is wrong with what cannot be drawn', () => {
    const rng = createRng('faults', 0);
    assert.throws(() => rng.int(3, 3), /low < high/);
    assert.throws(() => rng.int(0, 1.5), /whole numbers/);
    assert.throws(() => rng.choice([]), /nothing to choose/);
    assert.throws(() => rng.weighted([1, -1]), /weight 1 is -1/);
    assert.throws(() => rng.weighted([1, NaN]), /weight 1 is NaN/);
    assert.throws(() => rng.weighted([0, 0]), /at least one must be above 0/);
    assert.throws(() => rng.beta(0, 1), /above 0/);
  });
});
