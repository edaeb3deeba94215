import { getKernel, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs-core';
import { replaceKernel, valuesOf, type PlainBackend } from './plain.ts';

/** Kernels that divide, with what a person calls them. */
const divisions: readonly (readonly [kernel: string, operation: string])[] = [
  ['FloorDiv', 'floorDiv'],
  ['Mod', 'mod'],
  ['RealDiv', 'div'],
];

/**
 * Makes the division of whole numbers by 0 an error, as it is on native TensorFlow: it gave the lowest number there is on
 * `wasm` and 0 on `cpu`, where a loss does not show that something is wrong.
 */
export function registerWholeDivisors(backendName: PlainBackend): void {
  for (const [name, operation] of divisions) {
    const { kernelFunc } = getKernel(name, backendName);
    const checked: KernelFunc = (call) => {
      const { a, b } = call.inputs as Record<'a' | 'b', TensorInfo>;
      if (a.dtype === 'int32' && b.dtype === 'int32') {
        const zero = valuesOf(backendName, call.backend, b).indexOf(0);
        if (zero >= 0) throw new RangeError(`tf.${operation}: whole numbers are divided by 0, number ${zero} of divisors of shape [${b.shape.join(', ')}].`); // prettier-ignore
      }
      return kernelFunc(call);
    };
    replaceKernel(name, backendName, checked);
  }
}
