import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { addScaled, dot, norm } from 'marginalia';

describe('vectors', () => {
  const number = fc.double({ min: -100, max: 100, noNaN: true });
  const pair = fc.array(fc.tuple(number, number), { maxLength: 12 });
  const parted = (both: readonly (readonly [number, number])[]) =>
    [both.map(([a]) => a), both.map(([, b]) => b)] as const;
  const near = (a: number, b: number) => assert.ok(Math.abs(a - b) <= 1e-9 * (1 + Math.abs(b)), `${a} is not ${b}`);

  it('have the length that Math.hypot finds', () => {
    fc.assert(fc.property(fc.array(number), (a) => near(norm(a), Math.hypot(...a))));
  });

  it('have the product that the lengths of their sum and their difference tell', () => {
    fc.assert(
      fc.property(pair, (both) => {
        const [a, b] = parted(both);
        const [plus, minus] = [1, -1].map((sign) => norm(a.map((value, i) => value + sign * b[i]!)));
        assert.ok(Math.abs(dot(a, b) - (plus! ** 2 - minus! ** 2) / 4) < 1e-6);
      }),
    );
  });

  it('come from typed lists as from others, of which the first says how long they are', () => {
    assert.equal(dot(Float32Array.of(1, 2), [3, 4, 5]), 11);
    assert.equal(norm([]), 0);
  });

  it('move along another in place', () => {
    const [to, list] = [Float64Array.of(1, 2, 3), [1, 2]];
    addScaled(to, -0.5, [2, 0, 4]);
    addScaled(list, 2, Float32Array.of(1, 1));
    assert.deepEqual([[...to], list], [[0, 2, 1], [3, 4]]); // prettier-ignore
  });
});
