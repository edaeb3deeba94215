import type { engine } from '@tensorflow/tfjs-core';
import { lackOf, LackingError } from '../lacking.ts';

/** What the engine lacks that cannot read from its device without waiting. */
export const readingAtOnce = 'reading without waiting (dataSync)';

const watched = new WeakSet<object>();

/**
 * Makes an operation fail in words of our own, at the line that called it, where WebGPU lacks its kernel and the plain engine
 * would have to read from the device to compute it, or where the device refuses what the kernel asks of it: a program that does
 * not compile, more memory than there is. The engine goes on after such a refusal, with whatever lay in the memory.
 */
export function nameLackingKernels(engineOfCore: ReturnType<typeof engine>, device: EventTarget): void {
  if (watched.has(engineOfCore)) return;
  watched.add(engineOfCore);
  let refusal: string | undefined;
  device.addEventListener('uncapturederror', (event) => {
    refusal ??= (event as Event & { readonly error: Error }).error.message.split('\n', 1)[0];
  });
  const run = engineOfCore.runKernel.bind(engineOfCore);
  engineOfCore.runKernel = (name, inputs, attributes) => {
    if (engineOfCore.backendName !== 'webgpu') return run(name, inputs, attributes);
    let result: ReturnType<typeof run>;
    try {
      result = run(name, inputs, attributes);
    } catch (error) {
      if (lackOf(error) !== readingAtOnce) throw error;
      throw new LackingError(
        `The engine webgpu has the kernel ${name}, with which this operation computes, only for numbers that are at hand: write \`await tensor.data()\` before, or choose 'wasm', which has every kernel, or 'auto'.`,
        `the kernel ${name} for numbers that were not waited for`,
      );
    }
    if (refusal === undefined) return result as never;
    const reason = refusal;
    refusal = undefined;
    throw new LackingError(
      `The graphics processor refused the kernel ${name}, with which this operation computes (${reason}). Choose 'wasm', or 'auto'.`,
      `a kernel ${name} for tensors like these`,
    );
  };
}
