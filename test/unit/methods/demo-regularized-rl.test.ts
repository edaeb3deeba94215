import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { backwardInduction, createRng, type TrialRecord } from 'marginalia';
import experiment, {
  clone,
  hiddenMoves,
  Model,
  valueOf,
} from '../../../snippets/rl-theory/demo-regularized-rl/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';
import { snippetFunction } from './snippet-function.ts';

type KlSoftBackup = (q: Float64Array, prior: Float64Array, lambda: number) => { value: number; policy: Float64Array };

describe('demo-regularized-rl', () => {
  let klSoftBackup: KlSoftBackup;
  before(async () => {
    klSoftBackup = await snippetFunction<KlSoftBackup>(
      'rl-theory/demo-regularized-rl',
      'demo-kl-backup',
      'klSoftBackup',
    );
  });

  const inside = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  const distribution = fc
    .array(inside(0.01, 1), { minLength: 4, maxLength: 4 })
    .map((weights) => Float64Array.from(weights, (weight) => weight / weights.reduce((a, b) => a + b)));
  const values = fc.array(inside(-5, 5), { minLength: 4, maxLength: 4 }).map((list) => Float64Array.from(list));

  it('finds the highest value minus divergence, which its policy has and no other policy exceeds', () => {
    fc.assert(
      fc.property(values, distribution, distribution, inside(0.02, 3), (q, prior, other, lambda) => {
        const regularised = (p: Float64Array) =>
          p.reduce(
            (sum, chance, a) =>
              sum + chance * q[a]! - (chance > 0 ? lambda * chance * Math.log(chance / prior[a]!) : 0),
            0,
          );
        const { value, policy } = klSoftBackup(q, prior, lambda);
        assert.ok(Math.abs(policy.reduce((a, b) => a + b) - 1) < 1e-9);
        assert.ok(Math.abs(regularised(policy) - value) < 1e-9);
        assert.ok(regularised(other) <= value + 1e-9);
      }),
    );
  });

  it('gives back the prior under a huge strength, and the best action under none', () => {
    const [q, prior] = [Float64Array.of(1, 3, 2), Float64Array.of(0.5, 0.1, 0.4)];
    klSoftBackup(q, prior, 1e7).policy.forEach((p, a) => assert.ok(Math.abs(p - prior[a]!) < 1e-6));
    const sharp = klSoftBackup(q, prior, 1e-3);
    assert.ok(sharp.policy[1]! > 1 - 1e-9 && Math.abs(sharp.value - 3) < 0.01);
    // Values far apart, as optimism makes them, do not overflow.
    assert.ok(Number.isFinite(klSoftBackup(Float64Array.of(1e6, -1e6), Float64Array.of(0.5, 0.5), 1e-3).value));
  });

  it('clones by counting, step by step, with pseudo-counts for what was not shown', () => {
    const steps = (a: number) => Array.from({ length: 10 }, (_, h) => ({ state: h, action: a, next: h + 1 }));
    const policy = clone([steps(2), steps(2), steps(5)], 0.8);
    assert.ok(Math.abs(policy[3]![3]![2]! - (2 + 0.1) / 3.8) < 1e-12);
    assert.ok(Math.abs(policy[3]![3]![5]! - (1 + 0.1) / 3.8) < 1e-12);
    // Nobody was in cell 4 at step 3.
    policy[3]![4]!.forEach((chance) => assert.ok(Math.abs(chance - 1 / 8) < 1e-12));
  });

  it('hides four moves among eight actions in each cell', () => {
    const { mdp, moveOf } = hiddenMoves(createRng('demo', 1));
    moveOf.forEach((moves) => assert.deepEqual(moves.filter((move) => move >= 0).sort(), [0, 1, 2, 3]));
    // The middle cell: four actions lead to its four neighbours, the others stay, up to slipping.
    const likely = Array.from(
      { length: 8 },
      (_, a) => mdp.transitions(12, a).find(({ probability }) => probability > 0.5)!.next,
    );
    assert.deepEqual(
      likely.sort((a, b) => a - b),
      [7, 11, 12, 12, 12, 12, 13, 17],
    );
  });

  it('plans as well as with the true model once it has seen enough, and counts on too much before', () => {
    const world = hiddenMoves(createRng('demo', 2));
    const reward = (s: number) => (s === 24 ? 1 : 0);
    const best = backwardInduction(world.mdp, reward, 10, (q) => Math.max(...q)).v[0]![0]!;
    const rng = createRng('demo episodes', 2);
    const model = new Model();
    const optimistic: number[] = [];
    const greedy = (q: Float64Array) => {
      const value = Math.max(...q);
      return { value, policy: Float64Array.from({ length: 8 }, (_, a) => (a === q.indexOf(value) ? 1 : 0)) };
    };
    const remember = (q: Float64Array, h: number, s: number) => {
      if (h === 0 && s === 0) optimistic.push(Math.max(...q));
      return greedy(q);
    };
    model.plan(0.1, remember);
    for (let cell = 0; cell < 25 * 8; cell++) {
      const [s, a] = [Math.floor(cell / 8), cell % 8];
      const outcomes = world.mdp.transitions(s, a);
      const next = () => outcomes[rng.weighted(outcomes.map(({ probability }) => probability))]!.next;
      model.add(Array.from({ length: 400 }, () => ({ state: s, action: a, next: next() })));
    }
    model.plan(0.1, remember);
    assert.equal(optimistic[0], 10);
    // Ten bonuses of 0.1 * 10 / sqrt(400) at most.
    assert.ok(optimistic[1]! > best && optimistic[1]! < best + 0.6, String(optimistic[1]));
    const policy = model.plan(0, greedy);
    const { v } = backwardInduction(world.mdp, reward, 10, (q, s, h) =>
      q.reduce((sum, value, a) => sum + policy[h]![s]![a]! * value, 0),
    );
    assert.ok(best - v[0]![0]! < 0.05 && v[0]![0]! <= best + 1e-12, `${v[0]![0]} of ${best}`);
    assert.ok(Math.abs(valueOf(world, policy) - v[0]![0]!) < 1e-12);
  });

  describe('in short form', () => {
    let records: readonly TrialRecord[];
    const short = { episodes: 60 };
    before(async () => {
      records = await shortRun(experiment, short, { seeds: [0, 1] });
    });

    it('logs finite metrics, gets nearer than the clone, and draws where it went', () => {
      assertSound(experiment, records);
      const last = (arm: string, seed: number) =>
        records.find(({ series }) => series.arm === arm && series.seed === seed)!.series.curves.gap!.values.at(-1)!;
      for (const seed of [0, 1]) assert.ok(last('regularized', seed) < 0.7 * last('cloning', seed));
      const [heat] = records[0]!.figures.visits!.layers;
      assert.ok(heat?.type === 'heatmap');
      // Every episode visits ten cells.
      assert.ok(Math.abs(heat.values.flat().reduce((a, b) => a + b) - 10) < 1e-9);
    });

    it('gives the same curves for the same seed and others for another', async () => {
      const [again] = await shortRun(experiment, short, { arms: ['regularized'], seeds: [1] });
      const [zero, one] = records.filter(({ series }) => series.arm === 'regularized');
      assert.deepEqual(again!.series.curves, one!.series.curves);
      assert.notDeepEqual(zero!.series.curves, one!.series.curves);
    });

    it('loses its claim where another prior, no prior, or the clone alone stands in for the method', () => {
      for (const by of ['uniform', 'ucbvi', 'cloning']) {
        assert.equal(verdictWith(experiment, records, { of: 'regularized', by }), 'fails', by);
      }
    });
  });
});
