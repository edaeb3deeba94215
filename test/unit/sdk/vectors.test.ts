import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { addScaled, createRng, dot, norm, orthonormalVectors } from 'marginalia';

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

  it('that are orthonormal have length 1 and right angles, in any number up to their size', () => {
    const sizes = fc
      .integer({ min: 1, max: 12 })
      .chain((size) => fc.tuple(fc.integer({ min: 1, max: size }), fc.constant(size)));
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 999 }), ([count, size], seed) => {
        const vectors = orthonormalVectors(count, size, createRng('orthonormal', seed));
        assert.equal(vectors.length, count);
        for (const [i, a] of vectors.entries()) {
          assert.equal(a.length, size);
          for (const [j, b] of vectors.entries()) assert.ok(Math.abs(dot(a, b) - (i === j ? 1 : 0)) < 1e-9);
        }
      }),
    );
    assert.throws(() => orthonormalVectors(3, 2, createRng('orthonormal', 0)), RangeError);
  });

  it('that are orthonormal point in every direction alike', () => {
    const rng = createRng('directions', 0);
    const squares = [0, 0, 0];
    for (let i = 0; i < 3000; i++)
      orthonormalVectors(1, 3, rng)[0]!.forEach((value, j) => (squares[j]! += value ** 2 / 3000));
    for (const square of squares) assert.ok(Math.abs(square - 1 / 3) < 0.03, `${square}`);
  });
});
