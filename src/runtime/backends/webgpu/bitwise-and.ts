import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { replaceKernel } from '../kernels/plain.ts';

type Program = Parameters<WebGPUBackend['runWebGPUProgram']>[0];

/** How many elements a group of threads computes: a multiple of what devices do at once. */
const groupSize = 128;

/** Whole numbers bit by bit, for which the engine has no kernel. Both tensors have one shape: the operation sees to that. */
export function registerBitwiseAnd(): void {
  replaceKernel('BitwiseAnd', 'webgpu', ({ inputs, backend }) => {
    const { a, b } = inputs as { a: TensorInfo; b: TensorInfo };
    return (backend as unknown as WebGPUBackend).runWebGPUProgram(program(a.shape), [a, b], 'int32');
  });
}

function program(shape: number[]): Program {
  return {
    variableNames: ['A', 'B'],
    outputShape: shape,
    shaderKey: 'bitwise-and',
    size: true,
    workgroupSize: [groupSize, 1, 1],
    dispatchLayout: { x: shape.map((_, axis) => axis) },
    dispatch: [Math.ceil(util.sizeFromShape(shape) / groupSize), 1, 1],
    getUserCode: () => `
      fn main(index: i32) {
        if (index < uniforms.size) {
          setOutputAtIndexI32(index, A[index] & B[index]);
        }
      }`,
  };
}
