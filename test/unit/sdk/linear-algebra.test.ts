import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { choleskyFactor, choleskySolve, createRng, symmetricEigen } from 'marginalia';

const near = (a: number, b: number, tolerance: number) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);

/** A random symmetric positive definite matrix: G Gᵀ plus the identity. */
function positiveDefinite(size: number, seed: number): Float64Array {
  const rng = createRng('linear algebra', seed);
  const G = Float64Array.from({ length: size * size }, () => rng.normal());
  return Float64Array.from({ length: size * size }, (_, cell) => {
    const [i, j] = [Math.floor(cell / size), cell % size];
    let sum = i === j ? 1 : 0;
    for (let k = 0; k < size; k++) sum += G[i * size + k]! * G[j * size + k]!;
    return sum;
  });
}

const sizes = fc.integer({ min: 1, max: 12 });
const seeds = fc.integer({ min: 0, max: 1e6 });

describe('linear algebra', () => {
  it('factors a matrix into what gives it back', () => {
    fc.assert(
      fc.property(sizes, seeds, (size, seed) => {
        const A = positiveDefinite(size, seed);
        const L = choleskyFactor(A, size);
        for (let i = 0; i < size; i++) {
          for (let j = 0; j < size; j++) {
            if (j > i) assert.equal(L[i * size + j], 0);
            let sum = 0;
            for (let k = 0; k < size; k++) sum += L[i * size + k]! * L[j * size + k]!;
            near(sum, A[i * size + j]!, 1e-10);
          }
        }
      }),
    );
  });

  it('solves what multiplying made', () => {
    fc.assert(
      fc.property(sizes, seeds, (size, seed) => {
        const A = positiveDefinite(size, seed);
        const x = Float64Array.from({ length: size }, (_, i) => Math.cos(i + seed));
        const b = x.map((_, i) => x.reduce((sum, value, j) => sum + A[i * size + j]! * value, 0));
        choleskySolve(choleskyFactor(A, size), b).forEach((value, i) => near(value, x[i]!, 1e-9));
      }),
    );
  });

  it('factors the matrix of min(i, j) into ones', () => {
    const A = Float64Array.from({ length: 25 }, (_, cell) => 1 + Math.min(Math.floor(cell / 5), cell % 5));
    const ones = Float64Array.from({ length: 25 }, (_, cell) => (cell % 5 <= Math.floor(cell / 5) ? 1 : 0));
    assert.deepEqual(choleskyFactor(A, 5), ones);
  });

  it('refuses a matrix that is not positive definite, and says what to do', () => {
    assert.throws(() => choleskyFactor(Float64Array.of(1, 2, 2, 1), 2), /not positive definite.*row 1.*diagonal/s);
    assert.throws(() => choleskyFactor(Float64Array.of(NaN), 1), RangeError);
  });

  it('finds the known eigenvalues of the second difference', () => {
    for (const n of [1, 2, 7, 40]) {
      const A = Float64Array.from({ length: n * n }, (_, cell) => {
        const apart = Math.abs(Math.floor(cell / n) - (cell % n));
        return apart === 0 ? 2 : apart === 1 ? -1 : 0;
      });
      const { values, vectors } = symmetricEigen(A, n);
      for (let k = 0; k < n; k++) {
        const angle = ((n - k) * Math.PI) / (n + 1);
        near(values[k]!, 2 - 2 * Math.cos(angle), 1e-12);
        // The eigenvectors are sines, but for their sign.
        const norm = Math.sqrt((n + 1) / 2);
        const sign = Math.sign(vectors[k]![0]! * Math.sin(angle));
        vectors[k]!.forEach((value, i) => near(value, (sign * Math.sin((i + 1) * angle)) / norm, 1e-10));
      }
    }
  });

  it('takes any symmetric matrix apart into orthonormal vectors that give it back', () => {
    fc.assert(
      fc.property(sizes, seeds, (size, seed) => {
        const A = positiveDefinite(size, seed).map((value, cell) => value - (cell % (size + 1) === 0 ? 5 : 0));
        const { values, vectors } = symmetricEigen(A, size);
        for (let i = 0; i < size; i++) {
          if (i > 0) assert.ok(values[i]! <= values[i - 1]!);
          for (let j = 0; j < size; j++) {
            near(
              vectors[i]!.reduce((sum, value, k) => sum + value * vectors[j]![k]!, 0),
              i === j ? 1 : 0,
              1e-12,
            );
            const sum = vectors.reduce((all, vector, k) => all + values[k]! * vector[i]! * vector[j]!, 0);
            near(sum, A[i * size + j]!, 1e-10);
          }
        }
      }),
    );
  });

  it('leaves zeros and equal eigenvalues alone', () => {
    assert.deepEqual([...symmetricEigen(new Float64Array(9), 3).values], [0, 0, 0]);
    assert.deepEqual([...symmetricEigen(Float64Array.of(2, 0, 0, 2), 2).values], [2, 2]);
  });
});
