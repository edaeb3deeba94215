import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createRng } from 'marginalia';
import experiment, {
  gapSlope,
  mbtlGain,
  mbtlNext,
  solve,
  taskOf,
  transferTable,
} from '../../../snippets/bayesian-optimization/mbtl/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

const costs = { price: 3, holding: 0.3, shortage: 1, fixed: 1.5 };
const near = (a: number, b: number, tolerance: number) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);

describe('mbtl', () => {
  it('hopes for exactly the coverage that a new tent adds, where the model is sure', () => {
    const unit = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(unit, { minLength: 1, maxLength: 5 }), unit, unit, unit, (tops, at, height, theta) => {
        const x = Array.from({ length: 21 }, (_, i) => i / 20);
        const tent = (center: number, top: number) => x.map((target) => top - theta * Math.abs(target - center));
        const covered = x.map((_, j) => Math.max(...tops.map((top, k) => tent(k / 5, top)[j]!)));
        const after = tent(at, height).map((score, j) => Math.max(score, covered[j]!));
        const gain = after.reduce((sum, score, j) => sum + score - covered[j]!, 0) / x.length;
        near(
          mbtlGain(x, at, covered, theta, () => ({ mean: height, deviation: 0 }), 1),
          gain,
          1e-12,
        );
      }),
    );
  });

  it('gives optimism its root of beta deviations', () => {
    const gain = (mean: number, deviation: number, beta: number) =>
      mbtlGain([0, 0.5], 0, [0.2, 0.2], 0.4, () => ({ mean, deviation }), beta);
    near(gain(0.5, 0.1, 4), gain(0.7, 0, 4), 1e-12);
  });

  it('trains next in the largest gap of equal tents, and never a task twice', () => {
    const x = Array.from({ length: 11 }, (_, i) => i / 10);
    const gp = () => ({ mean: 1, deviation: 0 });
    const covered = (trained: number[]) => x.map((at) => 1 - Math.min(...trained.map((k) => Math.abs(at - x[k]!))));
    assert.equal(mbtlNext(x, [1, 3, 9], covered([1, 3, 9]), 1, gp, 1), 6);
    assert.equal(mbtlNext([0, 1], [1], [1, 1], 0, gp, 1), 0);
    assert.equal(mbtlNext([0], [0], [1], 0, gp, 1), -1);
  });

  it('recovers the slope of linear losses, and none of gains', () => {
    const tents = (theta: number) =>
      Array.from({ length: 41 }, (_, k) => Array.from({ length: 41 }, (_, j) => 0.9 - (theta * Math.abs(k - j)) / 40));
    near(gapSlope([3, 30], tents(0.7)), 0.7, 1e-12);
    assert.equal(gapSlope([3, 30], tents(-0.7)), 0);
  });

  it('values a policy as a walk through the shop does on average', () => {
    const task = taskOf(0.5, costs);
    const orders = Array.from({ length: 21 }, (_, s) => (s < 6 ? 10 - s : 0));
    const rng = createRng('mbtl shop', 0);
    const weights = [1];
    for (let d = 1; d <= 30; d++) weights.push((weights[d - 1]! * 5.5) / d);
    let total = 0;
    const walks = 4000;
    for (let walk = 0; walk < walks; walk++) {
      let stock = walk % 21;
      for (let t = 0; t < 150; t++) {
        const order = orders[stock]!;
        const [y, demand] = [stock + order, rng.weighted(weights)];
        const left = Math.max(0, y - demand);
        const money = 3 * Math.min(y, demand) - 0.3 * left - Math.max(0, demand - y) - order - (order > 0 ? 1.5 : 0);
        total += (0.95 ** t * money) / walks;
        stock = left;
      }
    }
    near(solve(task, [...orders]), total, 1);
  });

  it('finds orders that no change at one stock improves', () => {
    for (const x of [0, 0.4, 1]) {
      const task = taskOf(x, costs);
      const orders = new Array<number>(21).fill(0);
      const best = solve(task, orders, true);
      near(solve(task, orders), best, 1e-4);
      for (let s = 0; s <= 20; s++) {
        for (let order = 0; order <= Math.min(10, 20 - s); order++) {
          const changed = orders.map((old, at) => (at === s ? order : old));
          assert.ok(solve(task, changed) <= best + 1e-4, `${x}: ${s} orders ${order}`);
        }
      }
    }
  });

  it('scores a policy 1 on its own task, less elsewhere, and less when training is spoiled', () => {
    const exact = transferTable(costs, 0, createRng('mbtl', 1));
    exact.forEach((row, i) => {
      near(row[i]!, 1, 1e-6);
      assert.ok(row.every((score) => score <= 1 + 1e-6));
    });
    const spoiled = transferTable(costs, 0.3, createRng('mbtl', 1));
    assert.ok(spoiled.some((row, i) => row[i]! < 0.9));
  });

  it('loses its claim where random tasks, or the score of the task alone, stand in for the method', async () => {
    const arms = ['mbtl', 'random', 'no_gap', 'oracle'];
    const records = await shortRun(experiment, { K: 6 }, { arms, seeds: [0, 1] });
    assertSound(experiment, records);
    assert.equal(verdictWith(experiment, records, { of: 'mbtl', by: 'random' }), 'fails');
    assert.equal(verdictWith(experiment, records, { of: 'mbtl', by: 'no_gap' }), 'fails');
  });
});
