import { Softmax, util, type SoftmaxAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import type { TensorArithmetic } from './tensor-arithmetic.ts';
import { addressOf, areFloats, registerWasmKernel, replaceInPart, type WasmCall } from './wasm.ts';

/** Gradients of one kernel, with which `gradients/fused.ts` goes back through relu and squares: of `dy`, by the saved `x`. */
export const slopeNames = { relu: 'MarginaliaReluSlopes', square: 'MarginaliaSquareSlopes' } as const;
/** Of `dy`, by what softmax came to, `y`. */
export const softmaxSlopesName = 'MarginaliaSoftmaxSlopes';

export function registerSlopes({ reluSlopes, squareSlopes, softmaxRows, softmaxSlopes }: TensorArithmetic): void {
  for (const [name, slopes] of [
    [slopeNames.relu, reluSlopes],
    [slopeNames.square, squareSlopes],
  ] as const) {
    registerWasmKernel(name, ({ inputs: { dy, x }, backend }: WasmCall<'dy' | 'x', object>) => {
      const output = backend.makeOutput(x.shape, 'float32');
      const [gradient, values, to] = [addressOf(backend, dy), addressOf(backend, x), addressOf(backend, output)];
      slopes(gradient, values, to, util.sizeFromShape(x.shape));
      return output;
    });
  }
  registerWasmKernel(softmaxSlopesName, ({ inputs: { dy, y }, backend }: WasmCall<'dy' | 'y', object>) => {
    const output = backend.makeOutput(y.shape, 'float32');
    const [gradient, shares, to] = [addressOf(backend, dy), addressOf(backend, y), addressOf(backend, output)];
    softmaxSlopes(gradient, shares, to, ...rowsOf(y));
    return output;
  });
  replaceInPart(Softmax, (call: WasmCall<'logits', SoftmaxAttrs>) => {
    const { backend } = call;
    const { logits } = call.inputs;
    if (!areFloats(call) || util.sizeFromShape(logits.shape) === 0) return undefined;
    const output = backend.makeOutput(logits.shape, 'float32');
    softmaxRows(addressOf(backend, logits), addressOf(backend, output), ...rowsOf(logits));
    return output;
  });
}

function rowsOf({ shape }: TensorInfo): [rows: number, columns: number] {
  const columns = shape.at(-1) ?? 1;
  return [util.sizeFromShape(shape) / columns, columns];
}
