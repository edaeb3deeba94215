/**
 * Linear algebra of small dense symmetric matrices: what Gaussian processes, ridge regression and principal components need,
 * in plain loops. A library for matrices would weigh more in every experiment than these three routines; for large matrices
 * there are tensors. A matrix is a Float64Array of size x size numbers, row after row.
 */

/** Share of a diagonal entry below which what is left of it is rounding. */
const singular = 1e-14;

/**
 * The Cholesky factor L of a symmetric, positive definite matrix A = L Lᵀ.
 *
 * @param matrix size x size; only its lower triangle is read.
 * @returns L, size x size, zero above the diagonal.
 * @throws RangeError where the matrix is not positive definite.
 */
export function choleskyFactor(matrix: Float64Array, size: number): Float64Array {
  const L = new Float64Array(size * size);
  const rows = Array.from({ length: size }, (_, i) => L.subarray(i * size, (i + 1) * size));
  for (let i = 0; i < size; i++) {
    const row = rows[i]!;
    for (let j = 0; j <= i; j++) {
      const other = rows[j]!;
      let rest = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) rest -= row[k]! * other[k]!;
      if (i > j) {
        row[j] = rest / other[j]!;
      } else if (rest > singular * matrix[i * size + i]!) {
        row[i] = Math.sqrt(rest);
      } else {
        throw new RangeError(
          `choleskyFactor: the matrix is not positive definite (pivot ${rest} in row ${i}); ` +
            'add a small number to its diagonal, such as 1e-8 times its largest entry.',
        );
      }
    }
  }
  return L;
}

/**
 * The solution x of A x = b, given the Cholesky factor of A.
 *
 * @param factor size x size, of `choleskyFactor`.
 * @param right b, as many numbers as the matrix has rows.
 */
export function choleskySolve(factor: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  const x = right.slice();
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i]! -= factor[i * size + k]! * x[k]!;
    x[i]! /= factor[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    x[i]! /= factor[i * size + i]!;
    for (let k = 0; k < i; k++) x[k]! -= factor[i * size + k]! * x[i]!;
  }
  return x;
}

/** Eigenvalues of a symmetric matrix, the largest first, and unit eigenvectors in the same order. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors: readonly Float64Array[];
}

/** More sweeps than Jacobi's method needs for any matrix; its errors shrink quadratically after the first few. */
const sweeps = 50;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, Matrix Computations,
 * section 8.5): for up to a few hundred rows.
 *
 * @param matrix size x size, symmetric.
 */
export function symmetricEigen(matrix: Float64Array, size: number): SymmetricEigen {
  const rows = Array.from({ length: size }, (_, i) => matrix.slice(i * size, (i + 1) * size));
  const vectors = rows.map((_, i) => new Float64Array(size).fill(1, i, i + 1));
  const total = matrix.reduce((sum, value) => sum + value * value, 0);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let outside = 0;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        const [P, Q] = [rows[p]!, rows[q]!];
        if (P[q] === 0) continue;
        outside += P[q]! ** 2;
        // The rotation by the angle that makes the entry (p, q) zero; of the two such angles the smaller one.
        const slope = (Q[q]! - P[p]!) / (2 * P[q]!);
        const tangent = (slope < 0 ? -1 : 1) / (Math.abs(slope) + Math.sqrt(1 + slope * slope));
        const cosine = 1 / Math.sqrt(1 + tangent * tangent);
        const sine = tangent * cosine;
        rotate(P, Q, cosine, sine);
        for (const row of rows) {
          const [a, b] = [row[p]!, row[q]!];
          row[p] = cosine * a - sine * b;
          row[q] = sine * a + cosine * b;
        }
        rotate(vectors[p]!, vectors[q]!, cosine, sine);
      }
    }
    if (outside <= 1e-30 * total) break;
  }
  const order = rows.map((row, i) => ({ value: row[i]!, vector: vectors[i]! })).sort((a, b) => b.value - a.value);
  return { values: Float64Array.from(order, ({ value }) => value), vectors: order.map(({ vector }) => vector) };
}

/** Two rows, turned in place. */
function rotate(first: Float64Array, second: Float64Array, cosine: number, sine: number): void {
  for (let k = 0; k < first.length; k++) {
    const [a, b] = [first[k]!, second[k]!];
    first[k] = cosine * a - sine * b;
    second[k] = sine * a + cosine * b;
  }
}
