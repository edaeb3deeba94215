import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createSmoothed, updateSmoothed } from '../../../src/webviews/dashboard/smoothing.ts';

/** The formula as it stands in the dashboard. */
function smoothedBy(formula: { strength: number; values: readonly number[] }): number[] {
  let state = 0;
  let count = 0;
  return formula.values.map((value) => {
    if (!Number.isFinite(value)) return value;
    count++;
    state = formula.strength * state + (1 - formula.strength) * value;
    return state / (1 - formula.strength ** count);
  });
}

const values = fc.array(
  fc.oneof(
    { weight: 9, arbitrary: fc.double({ min: -100, max: 100, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity) },
  ),
  { minLength: 1, maxLength: 120 },
);
const strength = fc.integer({ min: 1, max: 98 }).map((percent) => percent / 100);

describe('smoothing', () => {
  it('follows its formula, begins at the first value and leaves what is not finite alone', () => {
    fc.assert(
      fc.property(values, strength, (heights, beta) => {
        const smoothed = createSmoothed(beta);
        updateSmoothed(smoothed, Float64Array.from(heights), heights.length, 0);
        const expected = smoothedBy({ strength: beta, values: heights });
        expected.forEach((height, index) => {
          const drawn = smoothed.values[index]!;
          if (Number.isFinite(height)) assert.ok(Math.abs(drawn - height) < 1e-6 * (1 + Math.abs(height)));
          else assert.ok(Object.is(drawn, height));
        });
      }),
    );
  });

  it('is the same whether a line came at once or grew, and when a middle part changed', () => {
    fc.assert(
      fc.property(values, strength, fc.nat(119), (heights, beta, cut) => {
        const source = Float64Array.from(heights);
        const from = Math.min(cut, heights.length - 1);
        const grown = createSmoothed(beta);
        updateSmoothed(
          grown,
          source.map((height, index) => (index < from ? height : 7)),
          heights.length,
          0,
        );
        updateSmoothed(grown, source, heights.length, from);
        const whole = createSmoothed(beta);
        updateSmoothed(whole, source, heights.length, 0);
        assert.deepEqual([...grown.values.subarray(0, heights.length)], [...whole.values.subarray(0, heights.length)]);
      }),
    );
  });

  it('leaves a constant line as it is', () => {
    const smoothed = createSmoothed(0.9);
    updateSmoothed(smoothed, new Float64Array(50).fill(3), 50, 0);
    assert.ok(smoothed.values.subarray(0, 50).every((value) => Math.abs(value - 3) < 1e-12));
  });
});
