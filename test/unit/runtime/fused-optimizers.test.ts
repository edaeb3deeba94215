import * as stock from '@tensorflow/tfjs-core';
import type * as Core from '@tensorflow/tfjs-core';
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Backends from '../../../src/runtime/backends/backends.ts';
import { restoreOptimizer, saveOptimizer } from '../../../src/runtime/sdk/optimizer-state.ts';
import { distribution } from './built.ts';

const makers = {
  adam: (tf: typeof Core) => tf.train.adam(0.03, 0.8, 0.95),
  sgd: (tf: typeof Core) => tf.train.sgd(0.05),
  momentum: (tf: typeof Core) => tf.train.momentum(0.02, 0.9),
  nesterov: (tf: typeof Core) => tf.train.momentum(0.02, 0.9, true),
} as const;

describe('the optimisers with one kernel for each variable', () => {
  let tf: typeof Core;
  before(async () => {
    const require = createRequire(import.meta.url);
    const { prepareEngine } = require(join(distribution(), 'backends.cjs')) as typeof Backends;
    const options = { distribution: distribution(), experimentFolder: process.cwd() };
    await prepareEngine('cpu', options);
    tf = (await prepareEngine('wasm', options)).tf as unknown as typeof Core;
  });

  /** Trains a small network; answers its variables, and the losses before each of the steps. */
  function task() {
    const wave = (shape: [number, number], phase: number) =>
      tf.tensor2d(
        Array.from({ length: shape[0] * shape[1] }, (_, i) => Math.sin(i * 1.7 + phase)),
        shape,
      );
    const kept = [wave([8, 3], 0), wave([8, 2], 1), wave([3, 5], 2), wave([5, 2], 3)] as const;
    const [inputs, targets, first, second] = kept;
    const [hidden, out] = [tf.variable(first), tf.variable(second)];
    const loss = () =>
      tf.losses.meanSquaredError<Core.Tensor, Core.Scalar>(targets, tf.matMul(tf.tanh(tf.matMul(inputs, hidden)), out));
    return {
      variables: [hidden, out],
      step(optimizer: Core.Optimizer) {
        const { value, grads } = tf.variableGrads(loss, [hidden, out]);
        const number = value.dataSync()[0]!;
        optimizer.applyGradients(grads);
        tf.dispose([value, grads]);
        return number;
      },
      values: () => [hidden, out].flatMap((variable) => Array.from(variable.dataSync())),
      dispose: () => tf.dispose([...kept, hidden, out]),
    };
  }

  for (const backend of ['cpu', 'wasm'] as const) {
    for (const [name, make] of Object.entries(makers)) {
      it(`go the stock optimiser's way: ${name} on ${backend}`, async () => {
        await tf.setBackend(backend);
        const [own, other] = [task(), task()];
        // The tests' own copy of the package has the stock optimisers, and shares engine and variables with the bundle's.
        const [fused, plain] = [make(tf), make(stock)];
        assert.notEqual(fused.constructor.name, plain.constructor.name);
        for (let i = 0; i < 60; i++) {
          const [actual, expected] = [own.step(fused), other.step(plain)];
          assert.ok(
            Math.abs(actual - expected) <= 1e-6 * Math.max(1, expected),
            `step ${i}: ${actual}, not ${expected}`,
          );
        }
        const expected = other.values();
        const scale = Math.max(...expected.map(Math.abs));
        for (const [i, value] of own.values().entries()) assert.ok(Math.abs(value - expected[i]!) <= 1e-6 * scale);
        own.dispose();
        other.dispose();
        fused.dispose();
        plain.dispose();
      });
    }

    for (const [name, make] of Object.entries(makers)) {
      it(`go on from a checkpoint as if never interrupted: ${name} on ${backend}`, async () => {
        await tf.setBackend(backend);
        const whole = task();
        const optimizer = make(tf);
        for (let i = 0; i < 7; i++) whole.step(optimizer);
        const state = structuredClone(await saveOptimizer(optimizer));
        const halfway = whole.variables.map((variable) => variable.dataSync().slice());
        const later = Array.from({ length: 5 }, () => whole.step(optimizer));

        const again = task();
        for (const [i, variable] of again.variables.entries()) {
          const value = tf.tensor(halfway[i]!, variable.shape);
          (variable as Core.Variable).assign(value);
          value.dispose();
        }
        const other = make(tf);
        await restoreOptimizer(tf, other, state);
        assert.deepEqual(
          Array.from({ length: 5 }, () => again.step(other)),
          later,
        );
        for (const one of [whole, again, optimizer, other]) one.dispose();
      });
    }

    it(`leave no tensors behind on ${backend}`, async () => {
      await tf.setBackend(backend);
      const before = tf.memory().numTensors;
      for (const make of Object.values(makers)) {
        const own = task();
        const optimizer = make(tf);
        own.step(optimizer);
        const during = tf.memory().numTensors;
        own.step(optimizer);
        assert.equal(tf.memory().numTensors, during);
        own.dispose();
        optimizer.dispose();
      }
      // The step count of an optimiser is a tensor only once it was asked for.
      assert.equal(tf.memory().numTensors, before);
    });
  }
});
