import assert from 'node:assert/strict';
import fc from 'fast-check';
import { keepNear, panRange, partOfRange, rangeAround, zoomRange } from '../../../src/webviews/dashboard/zoom.ts';

const range = fc
  .tuple(fc.double({ min: 0.001, max: 1e6, noNaN: true }), fc.double({ min: 0.01, max: 1e6, noNaN: true }))
  .map(([min, width]) => ({ min, max: min + width }));
const share = fc.double({ min: 0, max: 1, noNaN: true });

function near(one: number, other: number, scale: number): void {
  assert.ok(Math.abs(one - other) <= 1e-6 * scale, `${one} is not ${other}`);
}

describe('zoom', () => {
  it('leaves the point under the pointer where it is, on both kinds of axis', () => {
    fc.assert(
      fc.property(
        range,
        share,
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        fc.boolean(),
        (axis, anchor, factor, log) => {
          const zoomed = zoomRange(axis, factor, anchor, log);
          const at = ({ min, max }: typeof axis) => (log ? min * (max / min) ** anchor : min + anchor * (max - min));
          near(at(zoomed), at(axis), log ? at(axis) : axis.max);
        },
      ),
    );
  });

  it('ends before neighbouring numbers cannot be told apart', () => {
    let axis = { min: 1000, max: 1001 };
    for (let turn = 0; turn < 500; turn++) axis = zoomRange(axis, 0.5, 0.5, false);
    assert.ok(axis.max > axis.min);
    assert.ok(axis.max - axis.min < 1e-5);
  });

  it('is undone by its inverse', () => {
    fc.assert(
      fc.property(range, share, fc.boolean(), (axis, anchor, log) => {
        const back = zoomRange(zoomRange(axis, 0.5, anchor, log), 2, anchor, log);
        near(back.min, axis.min, axis.max);
        near(back.max, axis.max, axis.max);
      }),
    );
  });

  it('takes the part between two places in either order', () => {
    assert.deepEqual(partOfRange({ min: 0, max: 10 }, 0.8, 0.2, false), { min: 2, max: 8 });
    const part = partOfRange({ min: 1, max: 10_000 }, 0.25, 0.5, true);
    near(part.min, 10, 10);
    near(part.max, 100, 100);
  });

  it('keeps the range where a part would be empty', () => {
    assert.deepEqual(partOfRange({ min: 0, max: 10 }, 0.5, 0.5, false), { min: 0, max: 10 });
  });
});

describe('pan', () => {
  it('moves without changing the width, and never to where a logarithm has no place', () => {
    assert.deepEqual(panRange({ min: 0, max: 10 }, 0.5, false), { min: 5, max: 15 });
    const moved = panRange({ min: 1, max: 10 }, -3, true);
    near(moved.min, 0.001, 0.001);
    near(moved.max, 0.01, 0.01);
  });

  it('does not lose the data', () => {
    fc.assert(
      fc.property(range, fc.double({ min: -50, max: 50, noNaN: true }), fc.boolean(), (whole, far, log) => {
        const kept = keepNear(panRange(whole, far, log), whole, log);
        assert.ok(kept.min <= whole.max && kept.max >= whole.min);
        assert.ok(kept.min < kept.max);
      }),
    );
  });
});

describe('range around data', () => {
  it('has some air, and is never empty', () => {
    assert.deepEqual(rangeAround(0, 100, false), { min: -5, max: 105 });
    assert.deepEqual(rangeAround(0, 0, false), { min: -1, max: 1 });
    assert.deepEqual(rangeAround(5, 5, true), { min: 2.5, max: 10 });
  });

  it('is none where there is nothing to see', () => {
    assert.equal(rangeAround(Infinity, -Infinity, false), undefined);
    assert.equal(rangeAround(NaN, 1, false), undefined);
    assert.equal(rangeAround(-1, 5, true), undefined);
  });
});
