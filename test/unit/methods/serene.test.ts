import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createRng, type TrialRecord } from 'marginalia';
import experiment, {
  improvement,
  rewardsAt,
  takeTurn,
  walk,
  type Emitter,
} from '../../../snippets/exploration/serene/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';
import { snippetFunction } from './snippet-function.ts';

type NoveltyScores = (behaviours: Float64Array[], reference: Float64Array[], k: number) => Float64Array;

describe('serene', () => {
  let noveltyScores: NoveltyScores;
  before(async () => {
    noveltyScores = await snippetFunction<NoveltyScores>('exploration/serene', 'novelty-score', 'noveltyScores');
  });

  const place = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }));
  const places = fc
    .array(place, { minLength: 2, maxLength: 12 })
    .map((list) => list.map((of) => Float64Array.from(of)));

  it('is the mean distance to the k nearest others, found by sorting all', () => {
    fc.assert(
      fc.property(places, places, fc.integer({ min: 1, max: 30 }), (own, archive, k) => {
        const scores = noveltyScores(own, [...own, ...archive], k);
        own.forEach((behaviour, i) => {
          const others = [...own.filter((_, j) => j !== i), ...archive];
          const distances = others.map((other) => Math.hypot(other[0]! - behaviour[0]!, other[1]! - behaviour[1]!));
          const nearest = distances.sort((a, b) => a - b).slice(0, k);
          assert.ok(Math.abs(scores[i]! - nearest.reduce((a, b) => a + b) / nearest.length) < 1e-12);
        });
      }),
    );
  });

  it('does not change when all move together, and finds equals at one place not novel', () => {
    fc.assert(
      fc.property(places, place, (own, [right, up]) => {
        const moved = own.map(([x, y]) => Float64Array.of(x! + right, y! + up));
        const [before, after] = [noveltyScores(own, own, 3), noveltyScores(moved, moved, 3)];
        before.forEach((score, i) => assert.ok(Math.abs(score - after[i]!) < 1e-9));
      }),
    );
    const twins = [Float64Array.of(0.5, 0.5), Float64Array.of(0.5, 0.5)];
    assert.deepEqual([...noveltyScores(twins, twins, 15)], [0, 0]);
    assert.deepEqual([...noveltyScores([twins[0]!], [twins[0]!], 15)], [0]);
  });

  describe('in the maze', () => {
    it('goes straight where nothing is in the way, stops at walls, and never ends in one', () => {
      // Only the biases of the outputs: a constant direction of 0.04 tanh(9) a step, from (0.1, 0.1).
      const towards = (x: number, y: number) => {
        const weights = new Float64Array(42);
        [weights[40], weights[41]] = [x, y];
        return walk(weights);
      };
      const [upX, upY] = towards(0, 9);
      assert.ok(upX === 0.1 && upY > 0.95 && upY <= 1);
      const [rightX, rightY] = towards(9, 0);
      assert.ok(rightX > 0.28 && rightX <= 0.33 && rightY === 0.1);
      const rng = createRng('maze', 1);
      for (let i = 0; i < 500; i++) {
        const [x, y] = walk(Float64Array.from({ length: 42 }, () => rng.normal(0, 2)));
        assert.ok(x >= 0 && x <= 1 && y >= 0 && y <= 1);
        assert.ok(!(x > 0.33 && x < 0.38 && y < 0.72) && !(x > 0.62 && x < 0.67 && y > 0.28));
      }
    });

    it('rewards being at a goal, less away from it, and nothing beyond its radius', () => {
      assert.deepEqual(rewardsAt(0.85, 0.85, 0.04), [1, 0]);
      assert.ok(Math.abs(rewardsAt(0.92, 0.11, 0.04)[1]! - 0.75) < 1e-12);
      assert.deepEqual(rewardsAt(0.5, 0.5, 0.04), [0, 0]);
    });
  });

  it('climbs with an emitter, never falls, and is spent after three turns on a plateau', () => {
    const rng = createRng('emitter', 1);
    // The reward is how near all weights are to 1; or nowhere any.
    const judge = (isFlat: boolean) => (weights: Float64Array) => ({
      weights,
      behaviour: Float64Array.of(0, 0),
      rewards: [isFlat ? 0 : Math.exp(-weights.reduce((sum, weight) => sum + (weight - 1) ** 2, 0))],
    });
    const start = (isFlat: boolean): Emitter => {
      return { best: judge(isFlat)(new Float64Array(4)), sigma: 0.2, idleTurns: 0, means: [] };
    };
    const climber = start(false);
    let last = climber.best.rewards[0]!;
    for (let turn = 0; turn < 20; turn++) {
      takeTurn(climber, 5, judge(false), rng);
      assert.ok(climber.best.rewards[0]! >= last);
      last = climber.best.rewards[0]!;
    }
    assert.ok(last > 0.9, String(last));
    assert.equal(climber.means.length, 100);
    const idle = start(true);
    for (let turn = 0; turn < 3; turn++) takeTurn(idle, 5, judge(true), rng);
    assert.equal(idle.idleTurns, 3);
  });

  it('prefers emitters by the mean of their later half minus the earlier, above 0', () => {
    const blank = { weights: new Float64Array(), behaviour: new Float64Array(), rewards: [0] };
    const having = (means: number[]) => improvement({ best: blank, sigma: 1, idleTurns: 0, means });
    assert.ok(Math.abs(having([0, 0.1, 0.5, 0.6]) - 0.5) < 1e-12);
    assert.equal(having([0.6, 0.5, 0.1, 0]), 1e-6);
  });

  describe('in short form', () => {
    let records: readonly TrialRecord[];
    const short = { budget: 2000, chunk: 500 };
    before(async () => {
      records = await shortRun(experiment, short, { seeds: [0, 1] });
    });

    it('logs finite metrics that only grow, within the budget, and draws where policies ended', () => {
      assertSound(experiment, records);
      for (const { series, figures } of records) {
        for (const { steps, values } of Object.values(series.curves)) {
          assert.equal(steps.at(-1), 2000);
          values.forEach((value, i) => assert.ok(i === 0 || value >= values[i - 1]!));
        }
        assert.equal(figures.ends!.layers.length, 5);
      }
    });

    it('covers far more with novelty than with the reward', () => {
      const covered = (arm: string, seed: number) =>
        records
          .find(({ series }) => series.arm === arm && series.seed === seed)!
          .series.curves.coverage!.values.at(-1)!;
      for (const seed of [0, 1]) assert.ok(covered('novelty', seed) > 1.5 * covered('reward', seed));
    });

    it('gives the same curves for the same seed and others for another', async () => {
      const [again] = await shortRun(experiment, short, { arms: ['serene'], seeds: [1] });
      const [zero, one] = records.filter(({ series }) => series.arm === 'serene');
      assert.deepEqual(again!.series.curves, one!.series.curves);
      assert.notDeepEqual(zero!.series.curves, one!.series.curves);
    });

    it('loses its claim where evolution by reward, or random policies, stand in for the method', () => {
      for (const by of ['reward', 'random']) {
        assert.equal(verdictWith(experiment, records, { of: 'serene', by }), 'fails', by);
      }
    });
  });
});
