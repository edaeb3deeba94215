import { broadcast_util, util, type BatchMatMulAttrs } from '@tensorflow/tfjs-core';

/** Sizes of a matrix product: `batch` matrices of `rows` × `columns`, each number a sum of `steps` products. */
export interface ProductShape {
  readonly batch: number[];
  readonly rows: number;
  readonly steps: number;
  readonly columns: number;
}

/** @throws Error where rows and columns, or the batches, do not fit. */
export function productShape(
  a: { readonly shape: readonly number[] },
  b: { readonly shape: readonly number[] },
  { transposeA, transposeB }: BatchMatMulAttrs,
): ProductShape {
  const [rows, steps] = lastTwo(a.shape, transposeA);
  const [bSteps, columns] = lastTwo(b.shape, transposeB);
  util.assert(
    steps === bSteps,
    () =>
      `Error in matMul: inner shapes (${steps}) and (${bSteps}) of Tensors with shapes ${a.shape.join()} and ` +
      `${b.shape.join()} and transposeA=${transposeA} and transposeB=${transposeB} must match.`,
  );
  const batch = broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return { batch, rows, steps, columns };
}

function lastTwo(shape: readonly number[], swapped: boolean): [number, number] {
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
  return swapped ? [columns, rows] : [rows, columns];
}
