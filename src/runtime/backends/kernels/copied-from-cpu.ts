import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import {
  findBackend,
  getKernel,
  getKernelsForBackend,
  util,
  type KernelBackend,
  type KernelConfig,
  type KernelFunc,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { replaceKernel } from './plain.ts';

/** A call of a kernel, as far as it decides who computes it. */
export interface KernelCall {
  readonly inputs: Readonly<Record<string, TensorInfo | null | undefined>>;
  readonly attrs?: unknown;
}

/** Which calls of a kernel `cpu` computes for an engine that has the kernel itself. */
export type Borrowed = Readonly<Record<string, 'always' | Which>>;
type Which = (call: KernelCall) => boolean;

/** The same calls of each of these kernels. */
export function allOf(kernelNames: readonly string[], which: Which): Record<string, Which> {
  return Object.fromEntries(kernelNames.map((name) => [name, which]));
}

/** How a whole tensor is read from an engine and written to it, where that is not the engine's own `readSync` and `write`. */
export interface Transfer {
  readonly read: (tensor: TensorInfo, backend: KernelBackend) => Float32Array;
  readonly write: (values: Float32Array, shape: readonly number[], backend: KernelBackend) => TensorInfo;
}

/** Kernels that have been copied to `cpu` in this process. */
export const copiedKernels = new Set<string>();

/** Kernels of `cpu` that have no place here: they draw on a page. */
const elsewhere = new Set(['Draw']);

/**
 * Gives an engine every kernel that only `cpu` has, or has right: the inputs are copied, and the outputs copied back. Slow
 * for large tensors, but an experiment that needs such an operation now and then runs on.
 *
 * @param borrowed kernels that the engine has, and that are wrong or refuse for some calls.
 * @param complexNumbers how complex numbers go to and fro, as pairs.
 */
export function registerCopiedFromCpu(backendName: string, borrowed: Borrowed, complexNumbers?: Transfer): void {
  const cpu = findBackend('cpu') as unknown as MathBackendCPU;
  for (const { kernelName } of getKernelsForBackend('cpu')) {
    if (elsewhere.has(kernelName)) continue;
    const own = getKernel(kernelName, backendName) as KernelConfig | undefined;
    const which = own === undefined ? 'always' : borrowed[kernelName];
    if (which === undefined) continue;
    const copy = copied(kernelName, cpu, complexNumbers);
    const chosen: KernelFunc = (call) =>
      which === 'always' || own === undefined || which(call) ? copy(call) : own.kernelFunc(call);
    replaceKernel(kernelName, backendName, which === 'always' ? copy : chosen);
  }
}

/** The kernel of `cpu` for another engine. */
export function copied(kernelName: string, cpu: MathBackendCPU, complexNumbers: Transfer | undefined): KernelFunc {
  const { kernelFunc } = getKernel(kernelName, 'cpu');
  return function copiedFromCpu({ inputs, backend, attrs }) {
    copiedKernels.add(kernelName);
    const engine = backend as unknown as KernelBackend;
    const copies: Record<string, TensorInfo> = {};
    for (const [name, tensor] of Object.entries(inputs as KernelCall['inputs'])) {
      if (tensor !== undefined && tensor !== null) copies[name] = toCpu(tensor, engine, cpu, complexNumbers);
    }
    const given = Array.isArray(inputs) ? Object.values(copies) : copies;
    const answer = kernelFunc({ inputs: given as typeof copies, backend: cpu, ...(attrs && { attrs }) });
    const outputs = Array.isArray(answer) ? answer : [answer];
    const results = outputs.map((output) => fromCpu(output, engine, cpu, complexNumbers));
    for (const { dataId } of [...Object.values(copies), ...outputs]) cpu.disposeData(dataId, true);
    return Array.isArray(answer) ? results : results[0]!;
  };
}

function toCpu(tensor: TensorInfo, engine: KernelBackend, cpu: MathBackendCPU, complexNumbers?: Transfer): TensorInfo {
  const { shape, dtype, dataId } = tensor;
  // Some kernels of `cpu` ask for a rank, which only a tensor has.
  const ranked = (info: TensorInfo) => Object.assign(info, { rank: shape.length });
  if (dtype !== 'complex64') return ranked(cpu.makeTensorInfo(shape, dtype, engine.readSync(dataId)));
  const both = complexNumbers?.read(tensor, engine) ?? (engine.readSync(dataId) as Float32Array);
  const part = (offset: number) => {
    const values = Float32Array.from({ length: util.sizeFromShape(shape) }, (_, i) => both[2 * i + offset]!);
    return cpu.makeTensorInfo(shape, 'float32', values);
  };
  const inputs = { real: part(0), imag: part(1) };
  const whole = getKernel('Complex', 'cpu').kernelFunc({ inputs, backend: cpu }) as TensorInfo;
  for (const { dataId: id } of Object.values(inputs)) cpu.disposeData(id);
  return ranked(whole);
}

function fromCpu(
  { shape, dtype, dataId }: TensorInfo,
  engine: KernelBackend,
  cpu: MathBackendCPU,
  complexNumbers?: Transfer,
): TensorInfo {
  const values = cpu.readSync(dataId);
  if (dtype === 'complex64' && complexNumbers !== undefined) {
    return complexNumbers.write(values as Float32Array, shape, engine);
  }
  // Some kernels of `cpu` keep whole numbers as floating point, of which an engine would take the bits.
  const own = dtype === 'int32' && !(values instanceof Int32Array) ? Int32Array.from(values as Float32Array) : values;
  return { dataId: engine.write(own, shape, dtype), shape, dtype };
}
