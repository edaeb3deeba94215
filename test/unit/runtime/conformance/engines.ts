import type * as Core from '@tensorflow/tfjs-core';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Backends from '../../../../src/runtime/backends/backends.ts';
import { distribution } from '../built.ts';
import type { Case, Input } from './cases.ts';

export const engineNames = ['cpu', 'wasm', 'tensorflow'] as const;
export type EngineName = (typeof engineNames)[number];

/** The bundle that trials load, with all engines in one process: the very kernels and gradients that ship. */
export async function loadEngines(): Promise<ReadonlyMap<EngineName, typeof Core>> {
  const require = createRequire(import.meta.url);
  const { prepareEngine } = require(join(distribution(), 'backends.cjs')) as typeof Backends;
  const options = { distribution: distribution(), experimentFolder: process.cwd() };
  const engines = new Map<EngineName, typeof Core>();
  for (const name of engineNames) {
    engines.set(name, (await prepareEngine(name, options)).tf as unknown as typeof Core);
  }
  return engines;
}

/** The numbers of a case's input, none of them at a place where an operation's slope jumps. */
export function valuesOf({ shape, values, low = -1.4, high = 1.5 }: Input, seed: number): readonly number[] {
  if (values !== undefined) return values;
  const size = shape.reduce((product, length) => product * length, 1);
  const mixed = (i: number) => Math.sin(i * 12.9898 + seed * 78.233 + 1);
  const order = Array.from({ length: size }, (_, i) => i).sort((a, b) => mixed(a) - mixed(b));
  return order.map((i) => Math.fround(low + ((high - low) * (i + 0.37)) / size));
}

/** What a case's operation gives for these numbers. Nothing that it made is left over. */
export function forward(tf: typeof Core, test: Case, values: readonly (readonly number[])[]): number[][] {
  return read(tf, () => results(tf, test, values));
}

/** The same where numbers have to be waited for. */
export function forwardAwaited(tf: typeof Core, test: Case, values: readonly (readonly number[])[]) {
  return readAwaited(tf, () => results(tf, test, values));
}

function results(tf: typeof Core, test: Case, values: readonly (readonly number[])[]): Core.Tensor[] {
  return tf.tidy(() => [test.compute(tf, ...inputsOf(tf, test, values))].flat());
}

function read(tf: typeof Core, compute: () => Core.Tensor[]): number[][] {
  const before = tf.memory().numTensors;
  const tensors = compute();
  const numbers = tensors.map((tensor) => Array.from(tensor.dataSync()));
  tf.dispose(tensors);
  expectNoneLeft(tf, before);
  return numbers;
}

async function readAwaited(tf: typeof Core, compute: () => Core.Tensor[]): Promise<number[][]> {
  const before = tf.memory().numTensors;
  const tensors = compute();
  const numbers: number[][] = [];
  for (const tensor of tensors) numbers.push(Array.from(await tensor.data()));
  tf.dispose(tensors);
  expectNoneLeft(tf, before);
  return numbers;
}

function expectNoneLeft(tf: typeof Core, before: number): void {
  const left = tf.memory().numTensors - before;
  if (left !== 0) throw new Error(`${left} tensors are left over.`);
}

function inputsOf(tf: typeof Core, { inputs }: Case, values: readonly (readonly number[])[]): Core.Tensor[] {
  return inputs.map(({ shape, dtype = 'float32' }, i) => tf.tensor([...values[i]!], [...shape], dtype));
}

/** Positions of the inputs that a gradient is taken by. */
export function differentiated({ inputs }: Case): number[] {
  return inputs.flatMap(({ dtype = 'float32' }, i) => (dtype === 'float32' ? [i] : []));
}

/** The results are weighted with these, so that no two mistakes cancel. */
const weights = (size: number) => Array.from({ length: size }, (_, i) => 1 + 0.5 * Math.sin(3 * i + 1));

/** Gradients of the weighted sum of all results by each input of floating point. */
export function backward(tf: typeof Core, test: Case, values: readonly (readonly number[])[]): number[][] {
  return read(tf, () => gradients(tf, test, values));
}

/** The same where numbers have to be waited for. */
export function backwardAwaited(tf: typeof Core, test: Case, values: readonly (readonly number[])[]) {
  return readAwaited(tf, () => gradients(tf, test, values));
}

function gradients(tf: typeof Core, test: Case, values: readonly (readonly number[])[]): Core.Tensor[] {
  const own = differentiated(test);
  return tf.tidy(() => {
    const inputs = inputsOf(tf, test, values);
    const loss = (...varied: Core.Tensor[]) => {
      const all = inputs.map((input, i) => varied[own.indexOf(i)] ?? input);
      const parts = [test.compute(tf, ...all)].flat();
      const sums = parts.map((part) => tf.sum(tf.mul(part, tf.tensor(weights(part.size), part.shape))));
      return tf.addN(sums);
    };
    return tf.grads(loss)(own.map((i) => inputs[i]!));
  });
}

/** Where and by how much numbers differ from the wanted ones by more than is allowed, in units of the largest; `undefined` where they do not. */
export function deviation(actual: number[][], wanted: number[][], allowed: number): string | undefined {
  const [all, expected] = [actual.flat(), wanted.flat()];
  if (all.length !== expected.length) return `${all.length} numbers, not ${expected.length}`;
  const scale = Math.max(1e-3, ...expected.filter(Number.isFinite).map(Math.abs));
  const at = expected.findIndex(
    (value, i) => !Object.is(value, all[i]) && !(Math.abs(all[i]! - value) <= allowed * scale),
  );
  return at < 0 ? undefined : `number ${at} is ${all[at]}, not ${expected[at]}`;
}

const difference = 2 ** -7;

/** The same gradients from differences of the operation's own results. */
export function finiteDifferences(tf: typeof Core, test: Case, values: readonly (readonly number[])[]): number[][] {
  const loss = (changed: readonly (readonly number[])[]) => {
    let sum = 0;
    for (const part of forward(tf, test, changed)) {
      const own = weights(part.length);
      for (const [i, value] of part.entries()) sum += value * own[i]!;
    }
    return sum;
  };
  return differentiated(test).map((i) =>
    values[i]!.map((value, j) => {
      const [up, down] = [Math.fround(value + difference), Math.fround(value - difference)];
      const changed = (to: number) =>
        values.map((own, k) => (k === i ? own.map((one, at) => (at === j ? to : one)) : own));
      return (loss(changed(up)) - loss(changed(down))) / (up - down);
    }),
  );
}
