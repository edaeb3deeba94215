import { Cast, getKernel, Identity, type CastAttrs, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core';
import { replaceKernel } from './plain.ts';
import { wasmKernel, type WasmCall } from './wasm.ts';

/**
 * A copy of a tensor, and its cast to the type that it has, share the tensor's memory on wasm too: no kernel writes into its
 * inputs. The stock kernels copy, which in a gradient happens for every operation.
 */
export function registerSharedData(): void {
  const copies = getKernel(Identity, 'wasm');
  const casts = getKernel(Cast, 'wasm');
  const share = (stock: typeof copies, call: WasmCall<'x', object>): TensorInfo => {
    const { x } = call.inputs;
    if (x.dtype === 'string') return stock.kernelFunc(call as unknown as Parameters<KernelFunc>[0]) as TensorInfo;
    call.backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  };
  replaceKernel(
    Identity,
    'wasm',
    wasmKernel((call: WasmCall<'x', object>) => share(copies, call)),
  );
  replaceKernel(
    Cast,
    'wasm',
    wasmKernel((call: WasmCall<'x', CastAttrs>) =>
      call.attrs.dtype === call.inputs.x.dtype
        ? share(casts, call)
        : (casts.kernelFunc(call as unknown as Parameters<KernelFunc>[0]) as TensorInfo),
    ),
  );
}
