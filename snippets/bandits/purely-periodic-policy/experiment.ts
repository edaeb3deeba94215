import { atLeast, atMost, experiment, int, type Rng } from 'marginalia';

// Offline Planning and Online Learning under Recovering Rewards
// Simchi-Levi, Zheng and Zhu, 2021, arXiv 2106.14813
//
// K of N arms are pulled in each period. An arm's reward falls to nothing when it is pulled and recovers while it rests.
// A concave relaxation says how often each arm should be pulled (equations: Per-arm rate and envelope, Upper bound); the
// frequencies are rounded to periods that pack into slots without collisions (equation: Rounding to packable periods), and
// each arm is then pulled exactly periodically. What is lost to rounding vanishes as K grows (equation: Guarantees).

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet concave-envelope
/**
 * Upper concave envelope of (0, 0) and the points (1/d, reward[d]/d) (equation: Per-arm rate and envelope).
 *
 * @param reward reward[d]: expected reward of a pull after d periods of rest, nondecreasing; reward[0] is not used.
 * @returns corners of the envelope, ascending in x: x is the pull frequency, y the reward per period. Its falling tail, where
 * pulling more often earns less, is left out.
 */
export function recoveryEnvelope(reward: number[]): { x: number; y: number }[] {
  const corners = [{ x: 0, y: 0 }];
  for (let d = reward.length - 1; d >= 1; d--) {
    const point = { x: 1 / d, y: reward[d]! / d };
    // A corner that lies on or under the line from the one before it to the new point is none.
    while (corners.length > 1) {
      const [before, last] = [corners.at(-2)!, corners.at(-1)!];
      if ((last.y - before.y) * (point.x - before.x) > (point.y - before.y) * (last.x - before.x)) break;
      corners.pop();
    }
    corners.push(point);
  }
  return corners.filter(({ y }, i) => i === 0 || y > corners[i - 1]!.y);
}
// #endregion

/** The best long-run frequencies, at most `slots` in total, and what they would earn a period (equation: Upper bound). */
export function relaxation(rewards: readonly number[][], slots: number): { frequencies: number[]; bound: number } {
  const segments = rewards.flatMap((reward, arm) => {
    const corners = recoveryEnvelope(reward);
    return corners.slice(1).map(({ x, y }, i) => {
      const length = x - corners[i]!.x;
      return { arm, length, slope: (y - corners[i]!.y) / length };
    });
  });
  const frequencies = rewards.map(() => 0);
  let left = slots;
  let bound = 0;
  // The envelopes are concave, so taking segments from the steepest down takes each arm's in order.
  for (const { arm, length, slope } of segments.sort((a, b) => b.slope - a.slope)) {
    const taken = Math.min(length, left);
    frequencies[arm]! += taken;
    bound += slope * taken;
    left -= taken;
  }
  return { frequencies, bound };
}

/** An arm of a schedule: pulled in every period t with t mod `period` = `phase`. */
interface Pull {
  readonly arm: number;
  readonly period: number;
  readonly phase: number;
}

/**
 * Rounds every frequency down to one over a packable period q 2^j (equation: Rounding to packable periods), packs the arms
 * of each odd base q into slots, and keeps the `slots` slots that earn most.
 */
export function periodicSchedule(
  rewards: readonly number[][],
  frequencies: readonly number[],
  slots: number,
  bases: number,
) {
  const rounded = frequencies.flatMap((frequency, arm) => {
    if (frequency <= 1e-12) return [];
    const options = Array.from({ length: bases }, (_, i) => {
      const base = 2 * i + 1;
      const power = Math.max(0, Math.ceil(Math.log2(1 / (frequency * base)) - 1e-9));
      return { arm, base, period: base * 2 ** power };
    });
    return [options.reduce((best, option) => (option.period < best.period ? option : best))];
  });

  const packed: { value: number; pulls: Pull[] }[] = [];
  for (const base of new Set(rounded.map((one) => one.base))) {
    let open: { value: number; pulls: Pull[]; free: { period: number; phase: number }[] } | undefined;
    for (const { arm, period } of rounded.filter((one) => one.base === base).sort((a, b) => a.period - b.period)) {
      if (open === undefined || open.free.length === 0) {
        open = { value: 0, pulls: [], free: Array.from({ length: base }, (_, phase) => ({ period: base, phase })) };
        packed.push(open);
      }
      // Periods only grow, so every free residue class has a period that divides this one: split it until it fits.
      const { period: free, phase } = open.free.pop()!;
      let step = free;
      while (step < period) {
        open.free.push({ period: step * 2, phase: phase + step });
        step *= 2;
      }
      open.pulls.push({ arm, period, phase });
      open.value += rewards[arm]![Math.min(period, rewards[arm]!.length - 1)]! / period;
    }
  }
  return packed
    .sort((a, b) => b.value - a.value)
    .slice(0, slots)
    .flatMap(({ pulls }) => pulls);
}

// --- The testbed: arms that recover -------------------------------------------------------------------------------------

/** reward[d] for d = 0 … recovery: an exponential, a step or a line up to a ceiling. */
function drawArm(rng: Rng, recovery: number): number[] {
  const ceiling = rng.uniform(0.3, 1);
  const shape = rng.int(0, 3);
  const tau = rng.uniform(1, 9);
  const threshold = rng.int(2, 14);
  return Array.from({ length: recovery + 1 }, (_, d) => {
    if (d === 0) return 0;
    if (shape === 0) return ceiling * (1 - Math.exp(-d / tau));
    if (shape === 1) return d >= threshold ? ceiling : 0.1 * ceiling;
    return ceiling * Math.min(1, d / threshold);
  });
}

/** Plays `periods` periods; `pulled` names the arms of a period from how long each has rested. Rewards per period, after a warm-up. */
function play(
  rewards: readonly number[][],
  periods: number,
  pulled: (t: number, rest: readonly number[]) => readonly number[],
) {
  const warmUp = Math.floor(periods / 4);
  const rest = rewards.map((reward) => reward.length - 1);
  let earned = 0;
  let most = 0;
  for (let t = 0; t < periods; t++) {
    const arms = pulled(t, rest);
    most = Math.max(most, arms.length);
    for (const arm of arms) {
      if (t >= warmUp) earned += rewards[arm]![Math.min(rest[arm]!, rewards[arm]!.length - 1)]!;
    }
    for (const arm of rest.keys()) rest[arm]!++;
    for (const arm of arms) rest[arm] = 1;
  }
  return { perPeriod: earned / (periods - warmUp), most };
}

// --- The experiment -----------------------------------------------------------------------------------------------------

const slotCounts = [1, 2, 4, 8, 16, 32, 64] as const;

export default experiment({
  paper: 'purely-periodic-policy',
  question:
    'Does the share of the upper bound that the purely periodic policy earns tend to 1 as the number of slots grows, unlike myopic selection or a single family of periods?',
  params: {
    arms_per_slot: int(4, { min: 2, max: 10, about: 'arms for each slot, N / K' }),
    max_recovery: int(30, { min: 14, max: 60, about: 'periods of rest after which a reward is flat' }),
    periods: int(400, {
      min: 100,
      max: 4000,
      about: 'periods that each schedule is played; the first quarter does not count',
    }),
  },
  arms: {
    periodic: { role: 'method', about: 'periods q 2^j with about sqrt(K) odd bases q' },
    greedy: { role: 'baseline', about: 'the K arms whose reward is highest now, recovery curves known' },
    powers_of_two: { role: 'ablation', about: 'the same rounding with the single base 1' },
  },
  metrics: {
    ratio_to_bound: {
      better: 'higher',
      unit: 'fraction',
      about: 'reward a period over that of the relaxation',
      step: 'slots K',
      stepScale: 'log',
    },
    overloads: {
      better: 'lower',
      unit: 'pulls',
      about: 'most pulls in a period above K',
      step: 'slots K',
      stepScale: 'log',
    },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { arms_per_slot, max_recovery, periods } = params;
    for (const [i, slots] of slotCounts.entries()) {
      const armsRng = rng.split(`arms for ${slots} slots`);
      const rewards = Array.from({ length: slots * arms_per_slot }, () => drawArm(armsRng, max_recovery));
      const { frequencies, bound } = relaxation(rewards, slots);

      let played: { perPeriod: number; most: number };
      if (arm === 'greedy') {
        const now = (rest: readonly number[], one: number) => rewards[one]![Math.min(rest[one]!, max_recovery)]!;
        played = play(rewards, periods, (_, rest) =>
          [...rewards.keys()].sort((a, b) => now(rest, b) - now(rest, a)).slice(0, slots),
        );
      } else {
        const bases = arm === 'periodic' ? Math.max(1, Math.round(Math.sqrt(slots))) : 1;
        const schedule = periodicSchedule(rewards, frequencies, slots, bases);
        const pulledAt = (t: number) =>
          schedule.filter((pull) => t % pull.period === pull.phase).map((pull) => pull.arm);
        played = play(rewards, periods, pulledAt);
        if (slots === 16) show('schedule', raster(rewards.length, pulledAt));
      }
      log(slots, {
        ratio_to_bound: played.perPeriod / bound,
        overloads: Math.max(0, played.most - slots),
      });
      progress((i + 1) / slotCounts.length);
    }
  },

  claim: {
    statement:
      "The periodic policy's loss against the relaxation vanishes with more slots, so it is near-optimal with many, while greedy selection and powers of two keep a constant loss.",
    check({ at, curve }) {
      const ratio = (arm: 'periodic' | 'greedy' | 'powers_of_two', slots: number) =>
        at(arm, 'ratio_to_bound', slots, 'mean');
      return [
        atLeast('share of the bound with 64 slots', ratio('periodic', 64), 0.97),
        atLeast('share with 64 slots above that with 2', ratio('periodic', 64) - ratio('periodic', 2), 0.05),
        atLeast('share above greedy, 64 slots', ratio('periodic', 64) - ratio('greedy', 64), 0.02),
        atLeast('share above powers of two, 64 slots', ratio('periodic', 64) - ratio('powers_of_two', 64), 0.05),
        atMost(
          'pulls beyond the slots',
          curve('periodic', 'overloads', ({ values }) => Math.max(...values), 'mean'),
          0,
        ),
      ];
    },
  },
});

function raster(arms: number, pulledAt: (t: number) => readonly number[]) {
  const periods = 64;
  const values = Array.from({ length: arms }, () => new Array<number>(periods).fill(0));
  for (let t = 0; t < periods; t++) for (const arm of pulledAt(t)) values[arm]![t] = 1;
  return {
    title: 'Who is pulled when, 16 slots',
    x: { label: 'period', min: 0, max: periods },
    y: { label: 'arm', min: 0, max: arms },
    layers: [{ type: 'heatmap' as const, label: 'pulled', values, min: 0, max: 1 }],
  };
}
