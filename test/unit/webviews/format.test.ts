import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  formatAmount,
  formatCount,
  formatDuration,
  formatNumber,
  formatPower,
  formatShare,
} from '../../../src/webviews/format.ts';
import { linearTicks, logTicks } from '../../../src/webviews/ticks.ts';
import { describeDate } from '../../../src/webviews/paper-page/date.ts';

describe('numbers in words', () => {
  it('have four digits, thousands apart and a true minus sign', () => {
    assert.deepEqual(
      [0, 0.1, 1234.5678, 0.00123456, -2.5, 123456, 0.30000000000000004].map((value) => formatNumber(value)),
      ['0', '0.1', '1,235', '0.001235', '−2.5', '123,456', '0.3'],
    );
  });

  it('are powers of ten where they are very large or very small', () => {
    assert.deepEqual(
      [1e-5, 2.5e-7, 1e6, -3.21e12].map((value) => formatNumber(value)),
      ['10⁻⁵', '2.5×10⁻⁷', '10⁶', '−3.21×10¹²'],
    );
    assert.equal(formatPower(-12), '10⁻¹²');
  });

  it('are named where they are none', () => {
    assert.deepEqual(
      [NaN, Infinity, -Infinity].map((value) => formatNumber(value)),
      ['NaN', '∞', '−∞'],
    );
  });

  it('are written for any number, within its precision', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e5, max: 1e5 }), (value) => {
        const text = formatNumber(value, 6).replace('−', '-').replaceAll(',', '');
        if (Math.abs(value) < 1e-4) return;
        assert.ok(Math.abs(Number(text) - value) <= Math.abs(value) * 1e-5, `${value} became ${text}`);
      }),
    );
  });

  it('are counted and shared', () => {
    assert.equal(formatCount(1_234_567), '1,234,567');
    assert.equal(formatAmount(1, 'match', 'matches'), '1 match');
    assert.equal(formatAmount(2_000, 'match', 'matches'), '2,000 matches');
    assert.deepEqual([0, 0.004, 0.5, 0.999, 1, NaN].map(formatShare), ['0 %', '0 %', '50 %', '99 %', '100 %', '0 %']);
  });
});

describe('spans of time', () => {
  it('have two units at most', () => {
    assert.deepEqual([0, 0.42, 3, 12.4, 60, 200, 3600, 7512, 200_000].map(formatDuration), [
      '0 s',
      '0.4 s',
      '3 s',
      '12 s',
      '1 min',
      '3 min 20 s',
      '1 h',
      '2 h 5 min',
      '2 d 7 h',
    ]);
  });
});

describe('dates', () => {
  it('are as precise as they were given', () => {
    assert.deepEqual(['2021-07-09', '2021-07', '2021', 'soon'].map(describeDate), [
      '9 July 2021',
      'July 2021',
      '2021',
      'soon',
    ]);
  });
});

describe('ticks', () => {
  const range = fc
    .tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: 1e-3, max: 1e6, noNaN: true }))
    .map(([min, width]) => ({ min, max: min + width }));

  it('are round, ascending, within the axis and told apart by their labels', () => {
    fc.assert(
      fc.property(range, fc.integer({ min: 2, max: 12 }), (axis, count) => {
        const ticks = linearTicks(axis, count);
        const slack = (axis.max - axis.min) * 1e-6;
        assert.ok(ticks.length >= 1 && ticks.length <= 2 * count + 2);
        ticks.forEach(({ value, label }, index) => {
          assert.ok(value >= axis.min - slack && value <= axis.max + slack);
          if (index === 0) return;
          assert.ok(value > ticks[index - 1]!.value);
          assert.notEqual(label, ticks[index - 1]!.label);
        });
      }),
    );
  });

  it('are 0.1, 0.2, 0.3 and not 0.30000000000000004', () => {
    assert.deepEqual(
      linearTicks({ min: 0, max: 0.4 }, 4).map((tick) => tick.value),
      [0, 0.1, 0.2, 0.3, 0.4],
    );
  });

  it('are powers of ten on a logarithmic axis', () => {
    assert.deepEqual(
      logTicks({ min: 1e-6, max: 10 }, 8).map((tick) => tick.label),
      ['10⁻⁶', '10⁻⁵', '10⁻⁴', '10⁻³', '10⁻²', '10⁻¹', '10⁰', '10¹'],
    );
  });

  it('fall between the powers where a logarithmic axis is short', () => {
    assert.deepEqual(
      logTicks({ min: 1, max: 100 }, 7).map((tick) => tick.label),
      ['1', '2', '5', '10', '20', '50', '100'],
    );
    assert.ok(logTicks({ min: 3, max: 4 }, 5).length >= 3);
  });

  it('stay positive and within a logarithmic axis', () => {
    const decades = fc.tuple(
      fc.double({ min: -12, max: 12, noNaN: true }),
      fc.double({ min: 0.01, max: 20, noNaN: true }),
    );
    fc.assert(
      fc.property(decades, fc.integer({ min: 2, max: 12 }), ([from, width], count) => {
        const axis = { min: 10 ** from, max: 10 ** (from + width) };
        for (const { value } of logTicks(axis, count)) {
          assert.ok(value > 0 && value >= axis.min * 0.999 && value <= axis.max * 1.001);
        }
      }),
    );
  });
});
