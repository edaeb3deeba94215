import assert from 'node:assert/strict';
import {
  createRng,
  optimalRelaxation,
  shiftedLaplacian,
  smallestLaplacianEigenvalue,
  sorSweeps,
  symmetricEigen,
} from 'marginalia';

const side = 10;
const system = (shift: number) => shiftedLaplacian(side, shift, createRng('solver', 0));

/** The matrix of a grid, size x size, row after row. */
function laplacian(points: number): Float64Array {
  const size = points * points;
  return Float64Array.from({ length: size * size }, (_, cell) => {
    const [i, j] = [Math.floor(cell / size), cell % size];
    const apart = Math.abs(Math.floor(i / points) - Math.floor(j / points)) + Math.abs((i % points) - (j % points));
    return apart === 0 ? 4 : apart === 1 ? -1 : 0;
  });
}

describe('shifted Laplacian systems', () => {
  it('have the smallest eigenvalue of their matrix', () => {
    for (const points of [1, 3, 6]) {
      const smallest = symmetricEigen(laplacian(points), points ** 2).values.at(-1)!;
      assert.ok(Math.abs(smallestLaplacianEigenvalue(points) - smallest) < 1e-10);
    }
  });

  it('are solved in as many sweeps as a plain iteration over the whole matrix takes', () => {
    for (const [shift, omega] of [
      [0.3, 1],
      [-0.1, 1.5],
      [0, 1.9],
    ] as const) {
      const { rhs } = system(shift);
      const inner = Array.from({ length: side * side }, (_, i) => (Math.floor(i / side) + 1) * 12 + (i % side) + 1);
      const b = inner.map((cell) => rhs[cell]!);
      const A = laplacian(side).map((value, cell) => value + (cell % 101 === 0 ? shift : 0));
      const row = (x: readonly number[], i: number) => x.reduce((sum, value, j) => sum + A[i * 100 + j]! * value, 0);
      const x = b.map(() => 0);
      let sweeps = 0;
      do {
        for (let i = 0; i < 100; i++) x[i]! += (omega * (b[i]! - row(x, i))) / A[i * 101]!;
        sweeps++;
      } while (Math.hypot(...b.map((value, i) => value - row(x, i))) > 1e-6 * Math.hypot(...b));
      assert.equal(sorSweeps(system(shift), omega, 1e-6, 3000), sweeps);
    }
  });

  it('take about as many sweeps as theory says for Gauss-Seidel', () => {
    // Once the slowest part of the error is left, each sweep multiplies it by beta squared.
    const beta = Math.cos(Math.PI / (side + 1));
    const sweeps = (tolerance: number) => sorSweeps(system(0), 1, tolerance, 3000);
    const thousandth = sweeps(1e-10) - sweeps(1e-7);
    const predicted = Math.log(1e-3) / Math.log(beta ** 2);
    assert.ok(Math.abs(thousandth - predicted) <= 2, `${thousandth} sweeps against ${predicted}`);
  });

  it('are solved fastest near the classical optimum', () => {
    const optimum = optimalRelaxation(0, side);
    const costs = Array.from({ length: 20 }, (_, i) => sorSweeps(system(0), 1 + 0.05 * i, 1e-8, 3000));
    const best = 1 + 0.05 * costs.indexOf(Math.min(...costs));
    assert.ok(Math.abs(best - optimum) <= 0.11, `best ${best}, theory ${optimum}`);
    assert.ok(Math.abs(optimum - 2 / (1 + Math.sin(Math.PI / 11))) < 1e-12);
  });

  it('are given up at the limit where the iteration does not converge', () => {
    assert.equal(sorSweeps(system(-1), 1, 1e-8, 50), 50);
    assert.equal(sorSweeps(system(0), 1, 1e-300, 7), 7);
  });
});
