import assert from 'node:assert/strict';
import { normalDensity, normalProbability } from 'marginalia';

describe('the normal distribution', () => {
  it('has the published probabilities, in the far tail too', () => {
    const published: [x: number, probability: number][] = [
      [0, 0.5],
      [1, 0.8413447460685429],
      [1.959963984540054, 0.975],
      [-3, 1.3498980316300945e-3],
      [-5, 2.866515718791939e-7],
      [-6, 9.865876450376981e-10],
      [-10, 7.619853024160526e-24],
      [-20, 2.753624118606233e-89],
    ];
    for (const [x, probability] of published) {
      const tolerance = x < -5 ? 1e-13 : 1e-9;
      assert.ok(Math.abs(normalProbability(x) / probability - 1) < tolerance, `${x}: ${normalProbability(x)}`);
      assert.ok(Math.abs(normalProbability(x) + normalProbability(-x) - 1) < 1e-15);
    }
    assert.equal(normalProbability(-Infinity), 0);
    assert.equal(normalProbability(Infinity), 1);
  });

  it('has the density as the derivative of its probability', () => {
    for (let x = -7; x <= 7; x += 0.25) {
      const slope = (normalProbability(x + 1e-4) - normalProbability(x - 1e-4)) / 2e-4;
      assert.ok(Math.abs(slope - normalDensity(x)) < 1e-8, `${x}`);
    }
  });
});
