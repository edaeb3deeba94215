import assert from 'node:assert/strict';
import { createRng, fullGame } from 'marginalia';
import fc from 'fast-check';
import experiment, {
  createAgent,
  headSlopes,
  look,
  maskedLogSoftmax,
  rollout,
} from '../../../snippets/benchmark-env/sc2le/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

describe('sc2le', () => {
  it('gives the functions that are available the probabilities that they have among themselves', () => {
    const logit = fc.double({ min: -20, max: 20, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(logit, fc.boolean()), { minLength: 1, maxLength: 8 }), (functions) => {
        const mask = functions.map(([, open], f) => Number(open || f === 0));
        const logits = functions.map(([value]) => value);
        const result = maskedLogSoftmax(logits, mask);
        const total = logits.reduce((sum, value, f) => sum + mask[f]! * Math.exp(value), 0);
        logits.forEach((value, f) => {
          const expected = mask[f] ? Math.exp(value) / total : 0;
          assert.ok(Math.abs(Math.exp(result[f]!) - expected) < 1e-9);
        });
      }),
    );
  });

  it('goes down the policy gradient with the entropy bonus, as finite differences have it', () => {
    const logits = Float32Array.of(0.3, -1.2, 0.8, 0.1);
    const mask = [1, 1, 0, 1];
    const lossOf = (values: Float32Array) => {
      const log = maskedLogSoftmax(values, mask);
      return -0.7 * log[3]! + 0.4 * log.reduce((sum, value) => sum + Math.exp(value) * value, 0);
    };
    headSlopes(logits, mask, 3, 0.7, 0.4).forEach((slope, j) => {
      const moved = (by: number) => lossOf(logits.map((value, k) => value + (j === k ? by : 0)));
      assert.ok(Math.abs(slope - (moved(1e-2) - moved(-1e-2)) / 2e-2) < 1e-4, `logit ${j}`);
    });
  });

  it('gives a convolution the neighbourhood of each cell, so that a moved map is seen alike at a moved cell', () => {
    const [size, dx, dy] = [8, 2, 1];
    const at = (x: number, y: number) => x + size * y;
    const before = look([at(3, 3), at(4, 2), 0, 0, 0], size, true);
    const after = look([at(3 + dx, 3 + dy), at(4 + dx, 2 + dy), 0, 0, 0], size, true);
    for (const [x, y] of [
      [3, 3],
      [2, 3],
      [5, 1],
      [1, 1],
    ] as const) {
      const patch = (map: Float32Array, cell: number) => [...map.subarray(cell * 20, cell * 20 + 18)];
      assert.deepEqual(patch(after, at(x + dx, y + dy)), patch(before, at(x, y)));
    }
    // Each of the two is in nine patches, or in four where it stands in a corner.
    const seen = (own: number) => look([own, at(4, 4), 0, 0, 0], size, true).filter((value, i) => value && i % 20 < 18);
    assert.deepEqual([seen(at(3, 3)).length, seen(0).length], [18, 13]);
  });

  it('never draws a function that is not available while it masks, and does without a mask', () => {
    const drawn = (isMasked: boolean) => {
      const games = [fullGame(createRng('mask', 1), 8, false)];
      const rng = createRng('mask', 2);
      const steps = rollout(createAgent(rng, true, 8, 6, 0.005), games, 200, isMasked, rng);
      return steps.map(({ seen, chosen }) => ({ minerals: Math.round(seen[2]! * 10), f: chosen[0]! }));
    };
    assert.ok(drawn(true).every(({ minerals, f }) => f !== 2 || minerals >= 4));
    assert.ok(drawn(false).some(({ minerals, f }) => f === 2 && minerals < 4));
  });

  it('loses its claim where the flat agent, chance, or no mask stands in for the method', async () => {
    const records = await shortRun(experiment, { updates: 10, episodes: 8 }, { seeds: [0, 1] });
    assertSound(experiment, records);
    for (const by of ['flat', 'random', 'unmasked']) {
      assert.equal(verdictWith(experiment, records, { of: 'fully_conv', by }), 'fails', by);
    }
  });
});
