import assert from 'node:assert/strict';
import { prefersFirst } from '../../../src/runtime/sdk/preferences.ts';
import { createRng } from '../../../src/runtime/sdk/rng.ts';

describe('preferences', () => {
  const share = (first: number, second: number, noise?: number) => {
    const rng = createRng('preferences', 7);
    let count = 0;
    for (let i = 0; i < 20_000; i++) if (prefersFirst(first, second, rng, noise)) count++;
    return count / 20_000;
  };

  it('are as frequent as Bradley and Terry have them', () => {
    // Strengths exp(score): the first wins with its share of both.
    assert.ok(Math.abs(share(Math.log(3), Math.log(1)) - 3 / 4) < 0.01);
    assert.ok(Math.abs(share(1, 1) - 1 / 2) < 0.01);
    assert.ok(Math.abs(share(2 * Math.log(1), 2 * Math.log(3), 2) - 1 / 4) < 0.01);
  });

  it('without noise are for the higher score, with a coin for ties', () => {
    assert.equal(share(1.001, 1, 0), 1);
    assert.equal(share(1, 1.001, 0), 0);
    assert.ok(Math.abs(share(1, 1, 0) - 1 / 2) < 0.01);
  });

  it('take the same draws with any noise', () => {
    const [quiet, loud] = [createRng('p', 0), createRng('p', 0)];
    prefersFirst(1, 0, quiet, 0);
    prefersFirst(1, 0, loud, 5);
    assert.equal(quiet.uniform(), loud.uniform());
  });
});
