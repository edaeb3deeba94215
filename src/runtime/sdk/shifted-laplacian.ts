import type { Rng } from './rng.ts';

/**
 * A linear system as it comes up in steps of a diffusion: the 5-point Laplacian of a square grid (4 on the diagonal, -1 to each
 * of the four neighbours, zero around the edge) with a number added to its diagonal.
 */
export interface ShiftedLaplacian {
  /** Added to the diagonal. The matrix is positive definite where it is above minus `smallestLaplacianEigenvalue(side)`. */
  readonly shift: number;
  /** Right-hand side, side x side in row order, in a frame of zeros one wide. */
  readonly rhs: Float64Array;
}

/** A system with a standard normal right-hand side, drawn row by row. */
export function shiftedLaplacian(side: number, shift: number, rng: Rng): ShiftedLaplacian {
  const rhs = new Float64Array((side + 2) ** 2);
  for (let row = 1; row <= side; row++) {
    for (let column = 1; column <= side; column++) rhs[row * (side + 2) + column] = rng.normal();
  }
  return { shift, rhs };
}

/** Smallest eigenvalue of the Laplacian without a shift: 8 sin²(pi / (2 (side + 1))). */
export function smallestLaplacianEigenvalue(side: number): number {
  return 8 * Math.sin(Math.PI / (2 * (side + 1))) ** 2;
}

/**
 * How many sweeps of successive over-relaxation solve a system, starting from 0: in each, row by row and in place,
 * x_i becomes (1 - omega) x_i + omega / a_ii (b_i - sum over j ≠ i of a_ij x_j) (Young, Iterative Solution of Large Linear
 * Systems, 1971).
 *
 * @param omega relaxation factor, above 0 and below 2; at 1 the method is Gauss and Seidel's.
 * @param tolerance norm of the residual, over that of the right-hand side, at which the system is solved.
 * @param limit after so many sweeps it is given up.
 * @returns 1 to `limit`.
 */
export function sorSweeps({ shift, rhs }: ShiftedLaplacian, omega: number, tolerance: number, limit: number): number {
  const width = Math.sqrt(rhs.length);
  const x = new Float64Array(rhs.length);
  const diagonal = 4 + shift;
  const step = omega / diagonal;
  const goal = tolerance ** 2 * rhs.reduce((sum, value) => sum + value * value, 0);
  for (let sweep = 1; sweep <= limit; sweep++) {
    for (let row = 1; row < width - 1; row++) {
      for (let i = row * width + 1; i < (row + 1) * width - 1; i++) {
        const neighbours = x[i - width]! + x[i - 1]! + x[i + 1]! + x[i + width]!;
        x[i] = (1 - omega) * x[i]! + step * (rhs[i]! + neighbours);
      }
    }
    let residual = 0;
    for (let row = 1; row < width - 1 && residual <= goal; row++) {
      for (let i = row * width + 1; i < (row + 1) * width - 1; i++) {
        const neighbours = x[i - width]! + x[i - 1]! + x[i + 1]! + x[i + width]!;
        residual += (rhs[i]! + neighbours - diagonal * x[i]!) ** 2;
      }
    }
    if (residual <= goal) return sweep;
  }
  return limit;
}

/**
 * The relaxation factor of fastest asymptotic convergence, 2 / (1 + sqrt(1 - beta²)) with the spectral radius beta of Jacobi's
 * iteration (Young, 1971): what a person who knows the spectrum would set.
 *
 * @param shift such that the matrix is positive definite.
 */
export function optimalRelaxation(shift: number, side: number): number {
  const beta = (4 * Math.cos(Math.PI / (side + 1))) / (4 + shift);
  return 2 / (1 + Math.sqrt(1 - beta ** 2));
}
