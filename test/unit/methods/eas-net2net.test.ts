import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createRng, type DenseLayer as Layer, type Rng } from 'marginalia';
import experiment, { deepen, net2Wider, widen } from '../../../snippets/architecture-search/eas-net2net/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

/** A perceptron's outputs in double precision. */
function outputs(layers: readonly Layer[], x: readonly number[]): number[] {
  return layers.reduce<number[]>(
    (values, { w, b }, l) =>
      b.map((bias, j) => {
        const sum = values.reduce((total, value, i) => total + value * w[i]![j]!, bias);
        return l === layers.length - 1 ? sum : Math.max(0, sum);
      }),
    [...x],
  );
}

function randomLayers(rng: Rng, sizes: readonly number[]): Layer[] {
  return sizes.slice(1).map((units, l) => ({
    w: Array.from({ length: sizes[l]! }, () => Array.from({ length: units }, () => rng.normal())),
    b: Array.from({ length: units }, () => rng.normal()),
  }));
}

const gapBetween = (one: readonly Layer[], other: readonly Layer[], rng: Rng, inputs: number) => {
  const x = Array.from({ length: inputs }, () => rng.normal());
  const [a, b] = [outputs(one, x), outputs(other, x)];
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!) / (1 + Math.abs(value))));
};

describe('eas-net2net', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 3, maxLength: 5 });

  it('keeps the function of any network through any number of wider and deeper layers', () => {
    fc.assert(
      fc.property(
        sizes,
        fc.integer({ min: 0, max: 999 }),
        fc.array(fc.boolean(), { maxLength: 4 }),
        (all, seed, edits) => {
          const rng = createRng('net2net', seed);
          const first = randomLayers(rng, all);
          let layers: Layer[] = first;
          for (const isWider of edits) {
            const at = rng.int(0, layers.length - 1);
            const units = layers[at]!.b.length;
            layers = isWider ? widen(layers, at, units + rng.int(0, 5), rng) : deepen(layers, at);
          }
          assert.equal(layers.length, first.length + edits.filter((isWider) => !isWider).length);
          assert.ok(gapBetween(first, layers, rng, all[0]!) < 1e-9);
        },
      ),
    );
  });

  it('keeps old units in their places, copies some of them, and shares their outgoing weights out', () => {
    const wIn = [[1, 2, 3]];
    const wOut = [[6], [8], [10]];
    // Draws that copy unit 1, unit 1 and unit 2.
    const draws = [0.4, 0.5, 0.99];
    const wider = net2Wider(wIn, [0.1, 0.2, 0.3], wOut, 6, () => draws.shift()!);
    assert.deepEqual(wider.wIn, [[1, 2, 3, 2, 2, 3]]);
    assert.deepEqual(wider.bIn, [0.1, 0.2, 0.3, 0.2, 0.2, 0.3]);
    assert.deepEqual(wider.wOut.flat().map((weight) => Math.round(weight * 1e9) / 1e9), [6, 2.666666667, 5, 2.666666667, 2.666666667, 5]); // prettier-ignore
  });

  it('changes the function where outgoing weights are not divided', () => {
    const rng = createRng('undivided', 1);
    const layers = randomLayers(rng, [3, 4, 2]);
    assert.ok(gapBetween(layers, widen(layers, 0, 8, rng, false), rng, 3) > 0.1);
    assert.ok(gapBetween(layers, widen(layers, 0, 8, rng), rng, 3) < 1e-9);
  });

  it('loses its claim where training from scratch, or a broken edit, stands in for the method', async () => {
    const arms = ['eas', 'scratch', 'undivided', 'random_scratch'];
    const short = { total_steps: 1000, start_steps: 200, child_steps: 40, renew: 8 };
    const records = await shortRun(experiment, short, { arms, seeds: [0, 1] });
    assertSound(experiment, records);
    assert.equal(verdictWith(experiment, records, { of: 'eas', by: 'undivided' }), 'fails');
    assert.equal(verdictWith(experiment, records, { of: 'eas', by: 'random_scratch' }), 'fails');
  });
});
