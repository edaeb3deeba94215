import { Add, backend_util, Multiply, RealDiv, Sub, util } from '@tensorflow/tfjs-core';
import type { TensorArithmetic } from './tensor-arithmetic.ts';
import { addressOf, areFloats, replaceInPart, type WasmCall } from './wasm.ts';

/** In the order that `sdk/kernel/element-wise.ts` counts them. */
const operations = [Add, Sub, Multiply, RealDiv];

/**
 * Sums, differences, products and quotients, four numbers at once also where a tensor is repeated along rows or columns: there
 * the stock kernels work out the place of every single number. What is repeated in more ways stays with them.
 */
export function registerElementWise({ combine }: TensorArithmetic): void {
  for (const [operation, name] of operations.entries()) {
    replaceInPart(name, (call: WasmCall<'a' | 'b', object>) => {
      const { backend, inputs } = call;
      const { a, b } = inputs;
      if (!areFloats(call)) return undefined;
      const pairing = pairingOf(a.shape, b.shape);
      if (pairing === undefined) return undefined;
      const { shape, rows, columns, aRow, aStep, bRow, bStep } = pairing;
      const output = backend.makeOutput(shape, 'float32');
      const [left, right, to] = [addressOf(backend, a), addressOf(backend, b), addressOf(backend, output)];
      combine(operation, left, aRow, aStep, right, bRow, bStep, to, rows, columns);
      return output;
    });
  }
}

/** Two tensors as matrices of as many rows and columns; strides in bytes, 0 where something is repeated. */
interface Pairing {
  readonly shape: number[];
  readonly rows: number;
  readonly columns: number;
  readonly aRow: number;
  readonly aStep: number;
  readonly bRow: number;
  readonly bStep: number;
}

/** @returns `undefined` where it takes more than two axes to say which tensor is repeated where. */
function pairingOf(a: readonly number[], b: readonly number[]): Pairing | undefined {
  if (util.arraysEqual([...a], [...b]))
    return pairing([...a], 1, util.sizeFromShape([...a]), [false, false], [false, false]);
  const shape = backend_util.assertAndGetBroadcastShape([...a], [...b]);
  // Neighbouring axes go together while the same tensors are repeated along them; from the last axis on.
  const groups: { length: number; repeated: readonly [boolean, boolean] }[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis]!;
    if (length === 1) continue;
    const repeated = [a, b].map((own) => own[axis + own.length - shape.length] !== length) as [boolean, boolean];
    const last = groups.at(-1);
    if (last?.repeated[0] === repeated[0] && last.repeated[1] === repeated[1]) last.length *= length;
    else groups.push({ length, repeated });
  }
  if (groups.length > 2) return undefined;
  const [columns, rows] = groups;
  return pairing(shape, rows?.length ?? 1, columns?.length ?? 1, rows?.repeated, columns?.repeated);
}

function pairing(
  shape: number[],
  rows: number,
  columns: number,
  alongRows: readonly [boolean, boolean] = [false, false],
  alongColumns: readonly [boolean, boolean] = [false, false],
): Pairing {
  const step = (which: 0 | 1) => (alongColumns[which] ? 0 : 4);
  const row = (which: 0 | 1) => (alongRows[which] ? 0 : alongColumns[which] ? 4 : 4 * columns);
  return { shape, rows, columns, aRow: row(0), aStep: step(0), bRow: row(1), bStep: step(1) };
}
