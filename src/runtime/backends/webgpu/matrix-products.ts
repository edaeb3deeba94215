import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { kernelOf, mend, seenAs, type Backend, type Inputs, type Kernel } from './kernel-calls.ts';

interface Product {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Puts matrix products right that the engine refuses or gets wrong without a word. */
export function registerMatrixProducts(): void {
  mend('BatchMatMul', (product) => (inputs, backend, attributes: Product) => {
    const { a, b } = inputs as { a: TensorInfo; b: TensorInfo };
    const batch = backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const [left, right] = [repeated(a, batch, backend), repeated(b, batch, backend)];
    const result = inSlices(product)({ a: left, b: right }, backend, attributes);
    for (const [own, given] of [[left, a], [right, b]] as const) if (own !== given) backend.disposeData(own.dataId); // prettier-ignore
    return result;
  });
  mend('_FusedMatMul', inSlices);
}

/**
 * The engine takes the matrices of a batch in their order, and from the first one again when it has come to the last. Which
 * is right where the batch is a whole one, or lacks leading axes only; others are repeated here.
 */
function repeated(x: TensorInfo, batch: readonly number[], backend: Backend): TensorInfo {
  const own = x.shape.slice(0, -2);
  const first = own.findIndex((length) => length !== 1);
  const missing = batch.length - own.length;
  if (first < 0 || own.every((length, i) => i < first || length === batch[missing + i])) return x;
  const shape = [...batch.slice(0, missing).fill(1), ...x.shape];
  const reps = shape.map((length, i) => (i < batch.length ? batch[i]! / length : 1));
  return kernelOf('Tile')({ x: seenAs(x, shape) }, backend, { reps });
}

/** From this length on the engine may take a product in slices. */
const long = 2000;

/** The program that takes a long product of few numbers in slices forgets, where it reads four at once, that the second factor is transposed. */
function inSlices(product: Kernel): (inputs: Inputs, backend: Backend, attributes: Product) => TensorInfo {
  return (inputs, backend, attributes) => {
    const b = inputs.b!;
    const [outer, inner] = b.shape.slice(-2) as [number, number];
    if (!attributes.transposeB || inner < long || outer % 4 !== 0) return product(inputs, backend, attributes);
    const perm = b.shape.map((_, i) => i);
    perm.push(...perm.splice(-2).reverse());
    const turned = kernelOf('Transpose')({ x: b }, backend, { perm });
    const result = product({ ...inputs, b: turned }, backend, { ...attributes, transposeB: false });
    backend.disposeData(turned.dataId);
    return result;
  };
}
