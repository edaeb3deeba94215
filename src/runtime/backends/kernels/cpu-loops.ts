import {
  backend_util,
  BatchMatMul,
  Conv2DBackpropFilter,
  util,
  type BatchMatMulAttrs,
  type Conv2DBackpropFilterAttrs,
} from '@tensorflow/tfjs-core';
import type { KernelCall } from './copied-from-cpu.ts';
import type { PlainKernel, Values } from './plain.ts';
import { productShape } from './product-shape.ts';

/** A matrix product for plain JavaScript: rows of dot products, two by four at a time so that each number read serves twice or more. */
export const batchMatMul: PlainKernel<'a' | 'b', BatchMatMulAttrs> = {
  name: BatchMatMul,
  like: 'a',
  shape({ a, b }, attrs) {
    const { batch, rows, columns } = productShape(a, b, attrs);
    return [...batch, rows, columns];
  },
  compute(output, { a, b }, attrs) {
    const { transposeA, transposeB } = attrs;
    const { batch, rows, steps: inner, columns } = productShape(a, b, attrs);
    const ofA = matricesFor(batch, a.shape.slice(0, -2));
    const ofB = matricesFor(batch, b.shape.slice(0, -2));
    for (const [i, numberOfA] of ofA.entries()) {
      const left = matrix(a.values, numberOfA, rows, inner, transposeA);
      const right = matrix(b.values, ofB[i]!, columns, inner, !transposeB);
      const product = output.subarray(i * rows * columns, (i + 1) * rows * columns);
      multiply(left, right, product, rows, columns, inner);
    }
  },
};

/** Whether two factors have batches of different shapes, neither a single matrix: the stock kernels pair the wrong ones. */
export function isCrossBroadcast({ inputs }: KernelCall): boolean {
  const [a, b] = [inputs.a!.shape.slice(0, -2), inputs.b!.shape.slice(0, -2)];
  return !util.arraysEqual(a, b) && util.sizeFromShape(a) !== 1 && util.sizeFromShape(b) !== 1;
}

/** For each matrix of a batch of this shape, which one of a factor's batch it is made of. */
function matricesFor(batch: readonly number[], own: readonly number[]): number[] {
  const strides = util.computeStrides([...own, 1]);
  const extra = batch.length - own.length;
  return Array.from({ length: util.sizeFromShape([...batch]) }, (_, i) => {
    let rest = i;
    let number = 0;
    for (let axis = batch.length - 1; axis >= 0; axis--) {
      const at = rest % batch[axis]!;
      rest = (rest - at) / batch[axis]!;
      if (axis >= extra && own[axis - extra] !== 1) number += at * strides[axis - extra]!;
    }
    return number;
  });
}

/** One matrix of a batch as `rows` rows of `inner` numbers; `columnwise` where it lies in memory as `inner` rows. */
function matrix(values: Values, batch: number, rows: number, inner: number, columnwise: boolean): Values {
  const own = values.subarray(batch * rows * inner, (batch + 1) * rows * inner);
  if (!columnwise) return own;
  const turned = new Float32Array(rows * inner);
  for (let i = 0, at = 0; i < inner; i++) {
    for (let row = 0; row < rows; row++) turned[row * inner + i] = own[at++]!;
  }
  return turned;
}

/** Dot products of each row of `a` with each row of `b`. */
function multiply(a: Values, b: Values, output: Values, rows: number, columns: number, inner: number): void {
  for (let row = 0; row < rows; row += 2) {
    const first = row * inner;
    // Beyond the last row the last one is done once more, and not kept.
    const second = Math.min(row + 1, rows - 1) * inner;
    for (let column = 0; column < columns; column += 4) {
      const b0 = column * inner;
      const b1 = Math.min(column + 1, columns - 1) * inner;
      const b2 = Math.min(column + 2, columns - 1) * inner;
      const b3 = Math.min(column + 3, columns - 1) * inner;
      let s0 = 0, s1 = 0, s2 = 0, s3 = 0, t0 = 0, t1 = 0, t2 = 0, t3 = 0; // prettier-ignore
      for (let i = 0; i < inner; i++) {
        const x = a[first + i]!;
        const y = a[second + i]!;
        const p = b[b0 + i]!;
        const q = b[b1 + i]!;
        const r = b[b2 + i]!;
        const s = b[b3 + i]!;
        s0 += x * p;
        s1 += x * q;
        s2 += x * r;
        s3 += x * s;
        t0 += y * p;
        t1 += y * q;
        t2 += y * r;
        t3 += y * s;
      }
      const wide = columns - column;
      const at = row * columns + column;
      output[at] = s0;
      if (wide > 1) output[at + 1] = s1;
      if (wide > 2) output[at + 2] = s2;
      if (wide > 3) output[at + 3] = s3;
      if (row + 1 === rows) continue;
      output[at + columns] = t0;
      if (wide > 1) output[at + columns + 1] = t1;
      if (wide > 2) output[at + columns + 2] = t2;
      if (wide > 3) output[at + columns + 3] = t3;
    }
  }
}

/** The gradient of a convolution by its filter for plain JavaScript. */
export const conv2DBackpropFilter: PlainKernel<'x' | 'dy', Conv2DBackpropFilterAttrs> = {
  name: Conv2DBackpropFilter,
  like: 'x',
  shape: (_, { filterShape }) => filterShape,
  compute(output, { x, dy }, { strides, pad, dataFormat, dimRoundingMode, filterShape }) {
    if (dataFormat !== 'NHWC')
      throw new Error(`The gradient of a convolution needs dataFormat NHWC, not ${dataFormat}.`);
    const shape = [...x.shape] as [number, number, number, number];
    const info = backend_util.computeConv2DInfo(shape, filterShape, strides, 1, pad, dimRoundingMode);
    const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, filterHeight, filterWidth } = info;
    const images = x.values;
    const gradients = dy.values;
    const sums = new Float64Array(inChannels * outChannels);
    for (let fy = 0; fy < filterHeight; fy++) {
      for (let fx = 0; fx < filterWidth; fx++) {
        sums.fill(0);
        for (let b = 0; b < info.batchSize; b++) {
          for (let y = 0; y < outHeight; y++) {
            const row = y * info.strideHeight - info.padInfo.top + fy;
            if (row < 0 || row >= inHeight) continue;
            for (let column = 0; column < outWidth; column++) {
              const from = column * info.strideWidth - info.padInfo.left + fx;
              if (from < 0 || from >= inWidth) continue;
              const image = ((b * inHeight + row) * inWidth + from) * inChannels;
              const gradient = ((b * outHeight + y) * outWidth + column) * outChannels;
              for (let channel = 0, at = 0; channel < inChannels; channel++) {
                const value = images[image + channel]!;
                for (let filter = 0; filter < outChannels; filter++)
                  sums[at++]! += value * gradients[gradient + filter]!;
              }
            }
          }
        }
        output.set(sums, (fy * filterWidth + fx) * inChannels * outChannels);
      }
    }
  },
};
