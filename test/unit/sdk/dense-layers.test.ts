import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createRng, denseNetwork, layersOf, parametersOf } from 'marginalia';
import { close } from './close.ts';

describe('the layers of a dense network', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 2, maxLength: 5 });
  const network = (units: readonly number[]) =>
    denseNetwork(createRng('layers', 0), { sizes: units, activation: 'relu', optimizer: { type: 'sgd', rate: 0.1 } });

  it('compute what the network does, by sums of inputs times weights, and biases', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 999 }), (units, seed) => {
        const rng = createRng('parameters', seed);
        const net = network(units);
        net.writeParameters(Array.from({ length: net.parameterCount }, () => rng.normal()));
        const input = Array.from({ length: units[0]! }, () => rng.normal());
        let values = input;
        for (const [l, { w, b }] of layersOf(net.readParameters(), units).entries()) {
          const sums = b.map((bias, j) => values.reduce((sum, value, i) => sum + value * w[i]![j]!, bias));
          values = l + 2 < units.length ? sums.map((sum) => Math.max(0, sum)) : sums;
        }
        close(net.forward(input, 1), values, 1e-4);
        net.dispose();
      }),
      { numRuns: 50 },
    );
  });

  it('go back into the parameters they came from', () => {
    const net = network([3, 5, 2]);
    assert.deepEqual(parametersOf(layersOf(net.readParameters(), [3, 5, 2])), [...net.readParameters()]);
    net.dispose();
  });

  it('are refused where the sizes are those of another network', () => {
    assert.throws(() => layersOf(new Float32Array(12), [3, 2, 1]), /3-2-1 units has 11 parameters, and these are 12/);
    assert.throws(() => layersOf(new Float32Array(9), [3, 2, 1]), RangeError);
  });
});
