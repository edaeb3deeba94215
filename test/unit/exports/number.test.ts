import assert from 'node:assert/strict';
import { writeAmount, writeDuration, writeNumber } from '../../../src/runtime/exports/html/number.ts';

describe('numbers of the report', () => {
  const numbers: readonly (readonly [number, string])[] = [
    [0, '0'],
    [0.1 + 0.2, '0.3'],
    [1234.5678, '1,235'],
    [-0.00421, '−0.00421'],
    [123_456, '123,500'],
    [1e6, '10⁶'],
    [2.5e-7, '2.5×10⁻⁷'],
    [NaN, 'NaN'],
    [Infinity, '∞'],
    [-Infinity, '−∞'],
  ];
  for (const [value, written] of numbers) {
    it(`writes ${value} as ${written}`, () => {
      assert.equal(writeNumber(value), written);
    });
  }

  const durations: readonly (readonly [number, string])[] = [
    [0, '0 s'],
    [0.42, '0.4 s'],
    [9.96, '10 s'],
    [59.6, '1 min'],
    [200, '3 min 20 s'],
    [7_500, '2 h 5 min'],
    [86_400 * 3 + 5, '3 d'],
  ];
  for (const [seconds, written] of durations) {
    it(`writes ${seconds} seconds as ${written}`, () => {
      assert.equal(writeDuration(seconds), written);
    });
  }

  it('counts in the singular and the plural', () => {
    assert.deepEqual([writeAmount(1, 'seed'), writeAmount(12_000, 'point')], ['1 seed', '12,000 points']);
  });
});
