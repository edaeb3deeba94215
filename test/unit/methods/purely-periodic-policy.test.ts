import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { TrialRecord } from 'marginalia';
import experiment, {
  periodicSchedule,
  recoveryEnvelope,
  relaxation,
} from '../../../snippets/bandits/purely-periodic-policy/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

/** reward[d] for d = 0 … `recovery`, nondecreasing from 0. */
const recovering = (recovery: number) =>
  fc
    .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: recovery, maxLength: recovery })
    .map((rewards) => [0, ...rewards.sort((a, b) => a - b)]);

/** The most that an arm earns a period at a frequency of at most `x`, by mixing any two of its periods, or none. */
function mixed(reward: readonly number[], x: number): number {
  const points = reward.map((value, d) => (d === 0 ? { x: 0, y: 0 } : { x: 1 / d, y: value / d }));
  let most = 0;
  for (const a of points) {
    if (a.x <= x) most = Math.max(most, a.y);
    for (const b of points)
      if (a.x < x && x < b.x) most = Math.max(most, a.y + ((b.y - a.y) * (x - a.x)) / (b.x - a.x));
  }
  return most;
}

/** Least value of the dual of the relaxation, over the price of a pull: convex, so by thirds. */
function dual(rewards: readonly number[][], slots: number): number {
  const at = (price: number) =>
    slots * price +
    rewards.reduce(
      (sum, reward) => sum + Math.max(...reward.map((value, d) => (d === 0 ? 0 : (value - price) / d))),
      0,
    );
  let [low, high] = [0, 2];
  for (let step = 0; step < 100; step++) {
    const [a, b] = [low + (high - low) / 3, high - (high - low) / 3];
    if (at(a) < at(b)) high = b;
    else low = a;
  }
  return at(low);
}

/**
 * The most that any policy with one slot earns a period in the long run: the greatest mean of a cycle through the states
 * (how long each arm has rested), by Karp's theorem over walks from the start, where all are rested.
 */
function bestPolicy(rewards: readonly number[][]): number {
  const recovery = rewards[0]!.length - 1;
  const states = new Map([[rewards.map(() => recovery).join(), 0]]);
  const edges: { from: number; to: number; earned: number }[] = [];
  for (const [name, from] of states) {
    const rest = name.split(',').map(Number);
    for (let arm = -1; arm < rest.length; arm++) {
      const after = rest.map((since, one) => (one === arm ? 1 : Math.min(since + 1, recovery))).join();
      const to = states.get(after) ?? states.size;
      states.set(after, to);
      edges.push({ from, to, earned: arm < 0 ? 0 : rewards[arm]![rest[arm]!]! });
    }
  }
  const walks = [Array.from({ length: states.size }, (_, state) => (state === 0 ? 0 : -Infinity))];
  for (let length = 1; length <= states.size; length++) {
    const most = new Array<number>(states.size).fill(-Infinity);
    for (const { from, to, earned } of edges) most[to] = Math.max(most[to]!, walks[length - 1]![from]! + earned);
    walks.push(most);
  }
  const longest = walks.at(-1)!;
  return Math.max(
    ...longest.map((value, state) =>
      Math.min(...walks.slice(0, -1).map((walk, length) => (value - walk[state]!) / (states.size - length))),
    ),
  );
}

describe('purely-periodic-policy', () => {
  it('has as envelope the best mixture of two periods, with corners that bend down', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }).chain(recovering), (reward) => {
        const corners = recoveryEnvelope(reward);
        assert.deepEqual(corners[0], { x: 0, y: 0 });
        const slopes = corners.slice(1).map(({ x, y }, i) => (y - corners[i]!.y) / (x - corners[i]!.x));
        for (const [i, slope] of slopes.entries()) assert.ok(slope > 0 && slope < (slopes[i - 1] ?? Infinity) + 1e-9);
        for (let x = 0; x <= 1; x += 1 / 64) {
          const next = corners.findIndex((corner) => corner.x >= x);
          const value =
            next <= 0
              ? next < 0
                ? corners.at(-1)!.y
                : 0
              : corners[next]!.y - slopes[next - 1]! * (corners[next]!.x - x);
          assert.ok(Math.abs(value - mixed(reward, x)) < 1e-9, `at ${x}: ${value}`);
        }
      }),
    );
  });

  it('fills the slots as well as the dual of the relaxation allows', () => {
    const arms = fc.array(recovering(6), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(arms, fc.integer({ min: 1, max: 3 }), (rewards, slots) => {
        const { frequencies, bound } = relaxation(rewards, slots);
        assert.ok(frequencies.every((x) => x >= 0 && x <= 1 + 1e-12));
        assert.ok(frequencies.reduce((a, b) => a + b) <= slots + 1e-9);
        const worth = frequencies.reduce((sum, x, arm) => sum + mixed(rewards[arm]!, x), 0);
        assert.ok(Math.abs(worth - bound) < 1e-6);
        assert.ok(Math.abs(dual(rewards, slots) - bound) < 1e-6);
      }),
    );
  });

  it('pulls each arm periodically, no more than there are slots at once, at the next period that packs', () => {
    const plans = fc.array(fc.double({ min: 0.03, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(
        plans,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 3 }),
        (frequencies, slots, bases) => {
          const rewards = frequencies.map(() => [0, 1]);
          const pulls = periodicSchedule(rewards, frequencies, slots, bases);
          assert.equal(new Set(pulls.map(({ arm }) => arm)).size, pulls.length);
          for (const { arm, period, phase } of pulls) {
            const packable = [1, 3, 5]
              .slice(0, bases)
              .flatMap((base) => Array.from({ length: 8 }, (_, j) => base * 2 ** j));
            assert.equal(period, Math.min(...packable.filter((one) => one >= 1 / frequencies[arm]! - 1e-6)));
            assert.ok(phase >= 0 && phase < period);
          }
          // Every period divides 15 * 64: what holds for so many periods holds for ever.
          for (let t = 0; t < 15 * 64; t++) {
            assert.ok(pulls.filter(({ period, phase }) => t % period === phase).length <= slots);
          }
          // With a slot for every arm none is left out.
          if (slots >= frequencies.length) assert.equal(pulls.length, frequencies.length);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('earns no more than the best of all policies, and that no more than the bound', () => {
    const few = fc.array(recovering(4), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(few, (rewards) => {
        const { frequencies, bound } = relaxation(rewards, 1);
        const pulls = periodicSchedule(rewards, frequencies, 1, 1);
        // Periods that are powers of two and fill at most one slot always fit into it.
        assert.equal(pulls.length, frequencies.filter((x) => x > 1e-12).length);
        const earned = pulls.reduce((sum, { arm, period }) => sum + rewards[arm]![Math.min(period, 4)]! / period, 0);
        const best = bestPolicy(rewards);
        assert.ok(earned <= best + 1e-9 && best <= bound + 1e-9, `${earned} ${best} ${bound}`);
      }),
      { numRuns: 60 },
    );
  });

  it('is optimal where the best frequencies are periods that pack', () => {
    const steps = [2, 4, 4].map((threshold) => Array.from({ length: 5 }, (_, d) => Number(d >= threshold)));
    const { frequencies, bound } = relaxation(steps, 1);
    assert.deepEqual([frequencies, bound], [[0.5, 0.25, 0.25], 1]);
    const pulls = periodicSchedule(steps, frequencies, 1, 1);
    const earned = pulls.reduce((sum, { arm, period }) => sum + steps[arm]![period]! / period, 0);
    assert.deepEqual([earned, bestPolicy(steps)], [1, 1]);
  });

  describe('in short form', () => {
    let records: readonly TrialRecord[];
    before(async () => {
      records = await shortRun(experiment, { periods: 100 }, { seeds: [0, 1] });
    });

    it('logs finite numbers, never more pulls than slots, and at most the bound', () => {
      assertSound(experiment, records);
      for (const { series } of records) {
        assert.ok(
          series.curves.overloads!.values.every((overload) => overload === 0),
          series.arm,
        );
        // Of a period that does not divide the rounds that count, one pull more than its share can fall into them.
        assert.ok(
          series.curves.ratio_to_bound!.values.every((ratio) => ratio < 1.05),
          series.arm,
        );
      }
    });

    it('loses its claim where greedy choice, or the single base 1, stands in for the method', () => {
      assert.equal(verdictWith(experiment, records, undefined), 'holds');
      for (const by of ['greedy', 'powers_of_two']) {
        assert.equal(verdictWith(experiment, records, { of: 'periodic', by }), 'fails', by);
      }
    });
  });
});
