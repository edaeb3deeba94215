import { atLeast, atMost, correlation, experiment, float, greedyPolicy, int, mean } from 'marginalia';
import { policyValues, randomMdp, valueIteration, type Rng } from 'marginalia';

// STARC: A General Framework For Quantifying Differences Between Reward Functions
// Skalse, Farnik, Motwani, Jenner, Gleave and Abate, ICLR 2024, arXiv 2309.15257
//
// Pairs of rewards between like and unlike are put into disguises that change no policy's rank. A good distance sees through
// them and grows with the regret of optimising one reward in place of the other (equation: Soundness).

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet starc-val
/**
 * Standardised reward by Value-Adjusted Levelling with the uniform policy (equations: Canonicalisation, Standardised reward
 * and metric). The distance of two rewards is the L2 norm of the difference of their standardised rewards.
 *
 * @param R rewards, R[(s * A + a) * S + s'].
 * @param P transition probabilities in the same order.
 * @param gamma discount, below 1.
 * @returns one number for each s * A + a, of L2 norm 1, or all zero where the reward ranks no policy above another.
 */
export function starcVal(R: Float64Array, P: Float64Array, S: number, A: number, gamma: number): Float64Array {
  const expected = new Float64Array(S * A);
  for (let i = 0; i < R.length; i++) expected[Math.floor(i / S)]! += P[i]! * R[i]!;
  const valueNext = (V: Float64Array, sa: number) => {
    let sum = 0;
    for (let next = 0; next < S; next++) sum += P[sa * S + next]! * V[next]!;
    return sum;
  };
  // Rewards and transitions of the uniform policy, and its values by sweeps until nothing changes any more.
  const r = new Float64Array(S);
  const T = new Float64Array(S * S);
  for (let sa = 0; sa < S * A; sa++) {
    const s = Math.floor(sa / A);
    r[s]! += expected[sa]! / A;
    for (let next = 0; next < S; next++) T[s * S + next]! += P[sa * S + next]! / A;
  }
  const V = new Float64Array(S);
  for (let change = 1, largest = 1; change > 1e-14 * largest;) {
    [change, largest] = [0, 0];
    for (let s = 0; s < S; s++) {
      let value = r[s]!;
      for (let next = 0; next < S; next++) value += gamma * T[s * S + next]! * V[next]!;
      change = Math.max(change, Math.abs(value - V[s]!));
      largest = Math.max(largest, Math.abs(value));
      V[s] = value;
    }
  }
  const C = expected.map((reward, sa) => reward - V[Math.floor(sa / A)]! + gamma * valueNext(V, sa));
  // What is left of a trivial reward is rounding, which must not be blown up to norm 1.
  const norm = Math.hypot(...C);
  return norm > 1e-9 * Math.hypot(...R) ? C.map((c) => c / norm) : C.fill(0);
}
// #endregion

// --- The testbed: random worlds, rewards in disguise, and their regret --------------------------------------------------

/** A Markov decision process. Its probabilities P, like a reward R on transitions, are flat in the order (s, a, s'). */
export type World = ReturnType<typeof drawWorld>;

export function drawWorld(rng: Rng, S: number, A: number, gamma: number) {
  const mdp = randomMdp(rng, { states: S, actions: A, spread: 1.5, sparsity: 0.6 });
  return { mdp, P: mdp.probabilities, S, A, gamma };
}

/** Shaping by a random potential, next-state noise without its mean under the kernel, and a random scale. */
export function disguise(R: Float64Array, world: World, rng: Rng, shaping: number, noise: number): Float64Array {
  const { S, A, gamma, P } = world;
  const [shapingScale, noiseScale] = [rng.uniform(0, shaping), rng.uniform(0, noise)];
  const phi = Float64Array.from({ length: S }, () => shapingScale * rng.normal());
  const Z = R.map(() => noiseScale * rng.normal());
  const meanZ = expectation(P, Z, S);
  const scale = Math.exp(rng.normal());
  return R.map((r, i) => {
    const [s, sa, next] = [Math.floor(i / (S * A)), Math.floor(i / S), i % S];
    return scale * (r + gamma * phi[next]! - phi[s]! + Z[i]! - meanZ[sa]!);
  });
}

/** Share of the range of returns that is lost by optimising the other reward, mean of both directions (equation: Soundness). */
export function regret(a: Float64Array, b: Float64Array, { mdp, S, A, gamma, P }: World): number {
  const rewardOf = (R: Float64Array) => {
    const expected = expectation(P, R, S);
    return (s: number, action: number) => expected[s * A + action]!;
  };
  // From a uniform first state; after so many sweeps the values' error is below 3e-5 of their scale.
  const options = { gamma, sweeps: 100 };
  const returnOf = (chooser: Float64Array, judge: Float64Array) => {
    const policy = greedyPolicy(valueIteration(mdp, rewardOf(chooser), options).q);
    return mean(policyValues(mdp, policy, rewardOf(judge), options));
  };
  const lost = (judge: Float64Array, other: Float64Array) => {
    const opposite = judge.map((r) => -r);
    const [best, worst] = [returnOf(judge, judge), returnOf(opposite, judge)];
    return (best - returnOf(other, judge)) / (best - worst);
  };
  return (lost(a, b) + lost(b, a)) / 2;
}

// --- The distances ------------------------------------------------------------------------------------------------------

/** Sum over next states of kernel times values, for each (s, a). */
function expectation(kernel: Float64Array, values: Float64Array, S: number): Float64Array {
  const sums = new Float64Array(kernel.length / S);
  for (let i = 0; i < kernel.length; i++) sums[Math.floor(i / S)]! += kernel[i]! * values[i]!;
  return sums;
}

/** Mean over the actions of `size` numbers for each (s, a). */
function overActions(values: Float64Array, A: number, size: number): Float64Array {
  const means = new Float64Array(values.length / A);
  for (let i = 0; i < values.length; i++) means[Math.floor(i / (A * size)) * size + (i % size)]! += values[i]! / A;
  return means;
}

/**
 * R(s, a, s') + E [gamma R(s', A, Y) - R(s, A, X) - gamma R(X, A, Y)] with uniform actions A and next states X of s and Y of s'
 * by a kernel: EPIC's canonical reward where that is uniform, DARD's where it is the world's own.
 */
function averaged(R: Float64Array, kernel: Float64Array, { S, A, gamma }: World): Float64Array {
  const D = overActions(expectation(kernel, R, S), A, 1);
  const [after, between] = [overActions(kernel, A, S), overActions(R, A, S)];
  const timesTransposed = (M: Float64Array, N: Float64Array) =>
    M.map((_, cell) => {
      let sum = 0;
      for (let k = 0; k < S; k++) sum += M[Math.floor(cell / S) * S + k]! * N[(cell % S) * S + k]!;
      return sum;
    });
  const crossed = timesTransposed(after, timesTransposed(after, between));
  return R.map((r, i) => {
    const [s, next] = [Math.floor(i / (S * A)), i % S];
    return r + gamma * D[next]! - D[s]! - gamma * crossed[s * S + next]!;
  });
}

function unit(values: Float64Array): Float64Array {
  const norm = Math.hypot(...values);
  return values.map((value) => value / norm);
}

const uniform = ({ P, S }: World) => P.map(() => 1 / S);
const l2 = (x: Float64Array, y: Float64Array) => Math.sqrt(x.reduce((sum, value, i) => sum + (value - y[i]!) ** 2, 0));
const pearson = (x: Float64Array, y: Float64Array) => Math.sqrt(Math.max(0, 1 - correlation(x, y)) / 2);

type Distance = readonly [
  standardised: (R: Float64Array, world: World) => Float64Array,
  metric: (x: Float64Array, y: Float64Array) => number,
];

const distances = {
  starc_val: [(R, { P, S, A, gamma }) => starcVal(R, P, S, A, gamma), l2],
  epic: [(R, world) => averaged(R, uniform(world), world), pearson],
  dard: [(R, world) => averaged(R, world.P, world), pearson],
  raw_l2: [unit, l2],
  uniform_kernel: [(R, world) => starcVal(R, uniform(world), world.S, world.A, world.gamma), l2],
} satisfies Record<string, Distance>;

// --- The experiment -----------------------------------------------------------------------------------------------------

const disguises = { none: 0, shaping: 1, all: 2 } as const;
const step = 'disguise: 0 none, 1 shaping, 2 all';
const pairs = 16;

export default experiment({
  paper: 'starc',
  question:
    'Does the STARC distance predict regret between reward functions better than EPIC, DARD and a raw L2 distance when rewards are disguised by shaping and redistribution?',
  params: {
    states: int(12, { min: 4, max: 40, about: 'states' }),
    actions: int(4, { min: 2, max: 8, about: 'actions' }),
    mdps: int(6, { min: 2, max: 100, about: 'random worlds, with 16 pairs of rewards each' }),
    redistribution: float(2, { min: 0, max: 5, about: 'largest scale of the next-state noise' }),
  },
  arms: {
    starc_val: { role: 'method', about: 'Value-Adjusted Levelling, L2 norm and L2 distance' },
    epic: { role: 'baseline', about: 'uniform next states, distance from the correlation' },
    dard: { role: 'baseline', about: 'next states by the kernel, distance from the correlation' },
    raw_l2: { role: 'baseline', about: 'L2 distance of rewards at unit norm' },
    uniform_kernel: { role: 'ablation', about: 'STARC with uniform next states in place of the kernel' },
  },
  metrics: {
    correlation: { better: 'higher', unit: 'Pearson r', about: 'of distance and regret', step },
    invariance_error: { better: 'lower', unit: 'distance', about: 'of a reward and its disguised copy, mean', step },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const [standardised, metric]: Distance = distances[arm];
    const found = Object.keys(disguises).map(() => ({
      distance: [] as number[],
      regret: [] as number[],
      self: [] as number[],
    }));
    for (let m = 0; m < params.mdps; m++) {
      const draw = rng.split(`world ${m}`);
      const world = drawWorld(draw, params.states, params.actions, 0.9);
      const distance = (a: Float64Array, b: Float64Array) => metric(standardised(a, world), standardised(b, world));
      for (let pair = 0; pair < pairs; pair++) {
        const share = pair / (pairs - 1);
        const R1 = world.P.map(() => draw.normal());
        const R2 = world.P.map(() => draw.normal());
        const RB = R1.map((r, i) => (1 - share) * r + share * R2[i]!);
        // No disguise changes the regret, which a test shows; so it is computed once.
        const truth = regret(R1, RB, world);
        for (const level of Object.values(disguises)) {
          const noise = level === disguises.all ? params.redistribution : 0;
          const hide = (R: Float64Array) => (level === disguises.none ? R : disguise(R, world, draw, 3, noise));
          const A = hide(R1);
          found[level]!.distance.push(distance(A, hide(RB)));
          found[level]!.regret.push(truth);
          found[level]!.self.push(distance(R1, A));
        }
      }
      progress((m + 1) / params.mdps);
    }
    for (const [level, one] of found.entries()) {
      log(level, { correlation: correlation(one.distance, one.regret), invariance_error: mean(one.self) });
    }
    const points = (label: string, level: number) =>
      ({ type: 'points', label, x: found[level]!.distance, y: found[level]!.regret }) as const;
    show('regret', {
      title: 'Distance and regret of each pair',
      x: { label: 'distance' },
      y: { label: 'regret', min: 0 },
      layers: [points('all disguises', disguises.all), points('no disguise', disguises.none)],
    });
  },

  claim: {
    statement:
      'STARC distances are exactly invariant to reward transformations that leave the policy ordering unchanged and correlate with regret more strongly than EPIC and DARD.',
    // All arms of a seed meet the same worlds and pairs, so correlations are compared seed by seed.
    check({ at, paired }) {
      const gain = (rival: keyof typeof distances, level: number) =>
        paired((curves) => {
          const [own, other] = [curves('starc_val', 'correlation'), curves(rival, 'correlation')];
          return own.values[level]! - other.values[level]!;
        }, 'mean');
      return [
        atLeast('correlation with regret above EPIC, all disguises', gain('epic', disguises.all), 0.15),
        atLeast('correlation with regret above DARD, all disguises', gain('dard', disguises.all), 0.15),
        atLeast('correlation with regret, all disguises', at('starc_val', 'correlation', disguises.all, 'mean'), 0.8),
        atMost('distance to a disguised copy', at('starc_val', 'invariance_error', disguises.all, 'mean'), 1e-6),
        atLeast('distance to a disguised copy by EPIC', at('epic', 'invariance_error', disguises.all, 'mean'), 0.1),
        atMost('correlation above EPIC, no disguise', Math.abs(gain('epic', disguises.none)), 0.08),
      ];
    },
  },
});
