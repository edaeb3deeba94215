import { getKernel, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core';
import { replaceKernel, valuesOf, type PlainBackend, type Values } from './plain.ts';

type Inputs = Readonly<Record<string, TensorInfo>>;
type Check = (inputs: Inputs, attributes: never, read: (tensor: TensorInfo) => Values) => void;

/**
 * Makes positions that do not lie in a tensor an error. The stock kernels of `wasm` read and write whatever lies there, and
 * those of `cpu` take a position that lies behind the end of its row for one in the next. Native TensorFlow checks for itself.
 */
export function registerCheckedPositions(backendName: PlainBackend): void {
  for (const [name, check] of Object.entries(checks)) {
    const { kernelFunc } = getKernel(name, backendName);
    const checked: KernelFunc = (call) => {
      check(call.inputs as Inputs, call.attrs as never, (tensor) => valuesOf(backendName, call.backend, tensor));
      return kernelFunc(call);
    };
    replaceKernel(name, backendName, checked);
  }
}

const checks: Readonly<Record<string, Check>> = {
  Bincount: ({ x }, _, read) => checkCounted('bincount', read(x!)),
  CropAndResize({ image, boxInd }, _, read) {
    const count = image!.shape[0]!;
    for (const [box, index] of read(boxInd!).entries()) {
      if (index >= 0 && index < count) continue;
      throw new RangeError(
        `tf.image.cropAndResize: box ${box} is to be cut out of image ${index}, and there are ${count} images.`,
      );
    }
  },
  DenseBincount: ({ x }, _, read) => checkCounted('denseBincount', read(x!)),
  GatherNd: ({ params, indices }, _, read) => checkRows('gatherND', indices!, read, params!.shape),
  ScatterNd({ indices }, { shape }: { shape: readonly number[] }, read) {
    checkRows('scatterND', indices!, read, shape);
  },
  SparseToDense({ sparseIndices }, { outputShape }: { outputShape: readonly number[] }, read) {
    const { shape } = sparseIndices!;
    const rows = shape.length < 2 ? { ...sparseIndices!, shape: [...shape, 1] } : sparseIndices!;
    checkRows('sparseToDense', rows, read, outputShape);
  },
  TensorScatterUpdate: ({ tensor, indices }, _, read) =>
    checkRows('tensorScatterUpdate', indices!, read, tensor!.shape),
  UnsortedSegmentSum({ segmentIds }, { numSegments }: { numSegments: number }, read) {
    const ids = read(segmentIds!);
    for (let row = 0; row < ids.length; row++) {
      if (ids[row]! < numSegments) continue;
      throw new RangeError(
        `tf.unsortedSegmentSum: row ${row} belongs to segment ${ids[row]!}, and there are ${numSegments} segments.`,
      );
    }
  },
};

/** @param indices rows of as many coordinates as its last axis is long: of the first axes of a tensor of this shape. */
function checkRows(
  operation: string,
  indices: TensorInfo,
  read: (tensor: TensorInfo) => Values,
  shape: readonly number[],
): void {
  const rank = indices.shape.at(-1)!;
  const values = read(indices);
  for (let i = 0; i < values.length; i++) {
    const index = values[i]!;
    if (index >= 0 && index < shape[i % rank]!) continue;
    const row = Math.floor(i / rank);
    const position = values.subarray(row * rank, (row + 1) * rank).join(', ');
    throw new RangeError(
      `tf.${operation}: position ${row}, [${position}], does not lie in a tensor of shape [${shape.join(', ')}].`,
    );
  }
}

function checkCounted(operation: string, values: Values): void {
  for (let i = 0; i < values.length; i++) {
    if (values[i]! >= 0) continue;
    throw new RangeError(`tf.${operation}: number ${i} is ${values[i]!}, and there is no bin for what is less than 0.`);
  }
}
