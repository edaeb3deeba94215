import assert from 'node:assert/strict';
import { adam } from '../../../src/runtime/sdk/adam.ts';

describe('adam', () => {
  it('first moves every parameter by the rate, against the sign of its gradient', () => {
    const parameters = Float64Array.of(1, 1, 1);
    adam(3, { rate: 0.1 })(parameters, Float64Array.of(1e-3, -250, 0));
    assert.ok(Math.abs(parameters[0]! - 0.9) < 1e-5);
    assert.ok(Math.abs(parameters[1]! - 1.1) < 1e-5);
    assert.equal(parameters[2], 1);
  });

  it('follows the sums of the paper: bias-corrected weighted means of gradients and of their squares', () => {
    const gradients = [0.3, -1.2, 2, 0.1, -0.7];
    const [rate, momentum, scale, epsilon] = [0.05, 0.8, 0.95, 1e-6];
    const parameters = Float64Array.of(2);
    const step = adam(1, { rate, momentum, scale, epsilon });
    let expected = 2;
    gradients.forEach((gradient, t) => {
      step(parameters, Float64Array.of(gradient));
      const weighted = (decay: number, of: (g: number) => number) => {
        const weights = gradients.slice(0, t + 1).map((_, i) => decay ** (t - i));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        return gradients.slice(0, t + 1).reduce((sum, g, i) => sum + (weights[i]! / total) * of(g), 0);
      };
      expected -= (rate * weighted(momentum, (g) => g)) / (Math.sqrt(weighted(scale, (g) => g * g)) + epsilon);
      assert.ok(Math.abs(parameters[0]! - expected) < 1e-12, `step ${t}`);
    });
  });

  it('finds the minimum of a badly scaled bowl', () => {
    const parameters = Float64Array.of(3, -2);
    const step = adam(2, { rate: 0.05 });
    for (let i = 0; i < 2000; i++)
      step(parameters, Float64Array.of(2000 * (parameters[0]! - 1), 0.02 * parameters[1]!));
    assert.ok(Math.abs(parameters[0]! - 1) < 1e-3 && Math.abs(parameters[1]!) < 1e-2, String(parameters));
  });

  it('refuses another number of parameters than it was made for', () => {
    assert.throws(() => adam(2, { rate: 1 })(new Float64Array(3), new Float64Array(3)), /made for 2 parameters, got 3/);
  });

  it('goes on from what was saved as if never interrupted', () => {
    const gradient = (parameters: Float64Array) => parameters.map((value, i) => (i + 1) * (value - 0.5));
    const parameters = Float64Array.of(3, -2);
    const whole = adam(2, { rate: 0.05 });
    for (let i = 0; i < 10; i++) whole(parameters, gradient(parameters));
    const [state, halfway] = [structuredClone(whole.save()), parameters.slice()];
    for (let i = 0; i < 10; i++) whole(parameters, gradient(parameters));

    const again = adam(2, { rate: 0.05 });
    again.restore(state);
    for (let i = 0; i < 10; i++) again(halfway, gradient(halfway));
    assert.deepEqual(halfway, parameters);
    assert.throws(() => adam(3, { rate: 1 }).restore(state), /made for 3 parameters, restored from a state of 2/);
  });
});
