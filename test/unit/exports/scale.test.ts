import fc from 'fast-check';
import assert from 'node:assert/strict';
import { createScale, type ScaleOptions } from '../../../src/runtime/exports/html/scale.ts';

const plain: ScaleOptions = { min: 0, max: 1, logarithmic: false, from: 0, to: 100, room: 5 };
const labels = (options: Partial<ScaleOptions>) =>
  createScale({ ...plain, ...options }).ticks.map(({ label }) => label);

describe('axes of the report', () => {
  it('put numbers where they belong', () => {
    const { position } = createScale({ ...plain, min: -1, max: 3, from: 200, to: 0 });
    assert.deepEqual([-1, 0, 1, 3].map(position), [200, 150, 100, 0]);
  });

  it('put powers of ten at equal distances on a logarithmic axis, and have no place for 0 and below', () => {
    const { position } = createScale({ ...plain, min: 0.1, max: 100, to: 300, logarithmic: true });
    assert.deepEqual(
      [0.1, 1, 10, 100].map((value) => Math.round(position(value))),
      [0, 100, 200, 300],
    );
    assert.deepEqual([0, -1].map(position), [NaN, NaN]);
  });

  it('mark round numbers', () => {
    assert.deepEqual(labels({}), ['0', '0.2', '0.4', '0.6', '0.8', '1']);
    assert.deepEqual(labels({ min: -3, max: 12 }), ['−2', '0', '2', '4', '6', '8', '10', '12']);
    assert.deepEqual(labels({ max: 3e7, room: 3 }), ['0', '10⁷', '2×10⁷', '3×10⁷']);
    assert.deepEqual(labels({ min: 1e-5, max: 1e3, logarithmic: true, room: 4 }), ['10⁻⁴', '0.01', '1', '100']);
    assert.deepEqual(labels({ min: 1, max: 100, logarithmic: true, room: 7 }), [
      '1',
      '2',
      '5',
      '10',
      '20',
      '50',
      '100',
    ]);
  });

  it('tell near neighbours apart', () => {
    assert.deepEqual(labels({ min: 1000.001, max: 1000.003, room: 2 }), ['1,000.001', '1,000.002', '1,000.003']);
  });

  it('widen an empty range', () => {
    for (const value of [0, 5, -2, 1e-12]) {
      const { min, max, position } = createScale({ ...plain, min: value, max: value });
      assert.ok(min < value && value < max);
      assert.ok(Math.abs(position(value) - 50) < 1e-6);
    }
  });

  it('stand without any number', () => {
    assert.deepEqual(labels({ min: Infinity, max: -Infinity }), ['0', '0.2', '0.4', '0.6', '0.8', '1']);
  });

  it('keep order, and their ticks inside and few, whatever the range', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(number, number, fc.boolean(), (one, other, logarithmic) => {
        const options = { ...plain, min: Math.min(one, other), max: Math.max(one, other), logarithmic };
        const { min, max, position, ticks } = createScale(options);
        assert.ok(ticks.length <= 30, `${ticks.length} ticks`);
        const places = [min, ...ticks.map(({ value }) => value), max].map(position);
        places.forEach((place, index) => {
          assert.ok(place >= -0.01 && place <= 100.01, `${place}`);
          if (index > 0) assert.ok(place >= places[index - 1]! - 0.01);
        });
      }),
      { numRuns: 500 },
    );
  });
});
