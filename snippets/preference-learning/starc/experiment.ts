import { atLeast, atMost, experiment, float, int, mean, type Curve, type Figure, type Rng } from 'marginalia';

// STARC: A General Framework For Quantifying Differences Between Reward Functions
// Skalse, Farnik, Motwani, Jenner, Gleave and Abate, ICLR 2024, arXiv 2309.15257
//
// Two rewards order all policies alike exactly when they agree after potential shaping and redistribution over next states
// are removed (equation: Canonicalisation) and the scale is divided out (equation: Standardised reward and metric). The
// distance of what remains bounds the regret of optimising one reward in place of the other (equation: Soundness). Pairs of
// rewards between like and unlike are put into disguises that change no policy's rank; a good distance sees through them.

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

// --- The distances it is compared with ------------------------------------------------------------------------------------

/** A Markov decision process with a reward on transitions: both flat in the order (s, a, s'). */
export interface World {
  readonly S: number;
  readonly A: number;
  readonly gamma: number;
  readonly P: Float64Array;
}

/** Sum over next states of kernel times values, for each (s, a). */
function expectation(kernel: Float64Array, values: Float64Array, S: number): Float64Array {
  const sums = new Float64Array(kernel.length / S);
  for (let sa = 0; sa < sums.length; sa++) {
    for (let next = 0; next < S; next++) sums[sa]! += kernel[sa * S + next]! * values[sa * S + next]!;
  }
  return sums;
}

/** Mean over the actions of numbers by (s, a). */
const overActions = (values: Float64Array, S: number, A: number) =>
  Float64Array.from({ length: S }, (_, s) => mean(values.subarray(s * A, (s + 1) * A)));

/** EPIC: shaping is removed by averages over actions and next states drawn uniformly, whatever the kernel. */
function epic(R: Float64Array, { S, A, gamma, P }: World): Float64Array {
  const D = overActions(expectation(P.map(() => 1 / S), R, S), S, A); // prettier-ignore
  const all = mean(D);
  return R.map((r, i) => r + gamma * D[i % S]! - D[Math.floor(i / (S * A))]! - gamma * all);
}

/** DARD: as EPIC, with next states by the kernel: S' after s' and S'' after s. */
function dard(R: Float64Array, { S, A, gamma, P }: World): Float64Array {
  const D = overActions(expectation(P, R, S), S, A);
  // E R(S'', A, S'): S'' follows s, S' follows s' of the transition, and the two are drawn apart.
  const actionMeans = (values: Float64Array) =>
    Array.from({ length: S }, (_, s) => {
      const row = new Float64Array(S);
      for (let i = 0; i < A * S; i++) row[i % S]! += values[s * A * S + i]! / A;
      return row;
    });
  const [after, between] = [actionMeans(P), actionMeans(R)];
  const meanBetween = after.map((from) => between[0]!.map((_, y) => sumOf(from, (p, x) => p * between[x]![y]!)));
  const crossed = meanBetween.map((row) => after.map((from) => sumOf(from, (p, y) => p * row[y]!)));
  return R.map((r, i) => {
    const [s, next] = [Math.floor(i / (S * A)), i % S];
    return r + gamma * D[next]! - D[s]! - gamma * crossed[s]![next]!;
  });
}

const sumOf = (values: Float64Array, term: (value: number, i: number) => number) =>
  values.reduce((sum, value, i) => sum + term(value, i), 0);

/** sqrt((1 - correlation) / 2). */
function pearsonDistance(a: Float64Array, b: Float64Array): number {
  return Math.sqrt(Math.max(0, 1 - correlation(a, b)) / 2);
}

function correlation(a: ArrayLike<number> & Iterable<number>, b: ArrayLike<number> & Iterable<number>): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += (a[i]! - meanA) * (b[i]! - meanB);
    aa += (a[i]! - meanA) ** 2;
    bb += (b[i]! - meanB) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

const l2 = (a: Float64Array, b: Float64Array) => Math.sqrt(sumOf(a, (value, i) => (value - b[i]!) ** 2));

function unit(values: Float64Array): Float64Array {
  const norm = Math.hypot(...values);
  return values.map((value) => value / norm);
}

type Distance = (a: Float64Array, b: Float64Array, world: World) => number;

const val =
  (kernelOf: (P: Float64Array, S: number) => Float64Array): Distance =>
  (a, b, { S, A, gamma, P }) => {
    const kernel = kernelOf(P, S);
    return l2(starcVal(a, kernel, S, A, gamma), starcVal(b, kernel, S, A, gamma));
  };

const distances = {
  starc_val: val((P) => P),
  epic: ((a, b, world) => pearsonDistance(epic(a, world), epic(b, world))) as Distance,
  dard: ((a, b, world) => pearsonDistance(dard(a, world), dard(b, world))) as Distance,
  raw_l2: ((a, b) => l2(unit(a), unit(b))) as Distance,
  uniform_kernel: val((P, S) => P.map(() => 1 / S)),
};

// --- The testbed: random worlds, rewards in disguise, and their regret --------------------------------------------------------

export function drawWorld(rng: Rng, S: number, A: number, gamma: number): World {
  const P = new Float64Array(S * A * S);
  for (let sa = 0; sa < S * A; sa++) {
    const row = Float64Array.from(
      { length: S },
      () => Math.exp(1.5 * rng.normal()) * (rng.uniform() < 0.6 ? 0 : 1) + 1e-12,
    );
    const total = sumOf(row, (value) => value);
    P.set(row.map((value) => value / total), sa * S); // prettier-ignore
  }
  return { S, A, gamma, P };
}

/** Shaping by a random potential, next-state noise without its mean under the kernel, and a random scale. */
export function disguise(
  R: Float64Array,
  { S, A, gamma, P }: World,
  rng: Rng,
  shaping: number,
  noise: number,
): Float64Array {
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

/** What the best policy of `chooser` returns under `judge`, from a uniform first state; by sweeps, to 1e-6 of the scale. */
function returnOf(chooser: Float64Array, judge: Float64Array, { S, A, gamma, P }: World): number {
  const [choosing, judging] = [expectation(P, chooser, S), expectation(P, judge, S)];
  const [V, J, policy] = [new Float64Array(S), new Float64Array(S), new Int32Array(S)];
  const next = (values: Float64Array, sa: number) => {
    let sum = 0;
    for (let n = 0; n < S; n++) sum += P[sa * S + n]! * values[n]!;
    return gamma * sum;
  };
  for (let sweep = 0; sweep < 100; sweep++) {
    for (let s = 0; s < S; s++) {
      let best = -Infinity;
      for (let sa = s * A; sa < (s + 1) * A; sa++) {
        const value = choosing[sa]! + next(V, sa);
        if (value > best) [best, policy[s]] = [value, sa];
      }
      V[s] = best;
    }
  }
  for (let sweep = 0; sweep < 100; sweep++) {
    for (let s = 0; s < S; s++) J[s] = judging[policy[s]!]! + next(J, policy[s]!);
  }
  return mean(J);
}

/** Share of the range of returns that is lost by optimising the other reward, mean of both directions (equation: Soundness). */
export function regret(a: Float64Array, b: Float64Array, world: World): number {
  const lost = (judge: Float64Array, other: Float64Array) => {
    const best = returnOf(judge, judge, world);
    const worst = returnOf(judge.map((r) => -r), judge, world); // prettier-ignore
    return (best - returnOf(other, judge, world)) / (best - worst);
  };
  return (lost(a, b) + lost(b, a)) / 2;
}

// --- The experiment -----------------------------------------------------------------------------------------------------

const disguises = { none: 0, shaping: 1, all: 2 } as const;
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
    correlation: {
      better: 'higher',
      unit: 'Pearson r',
      about: 'of distance and regret',
      step: 'disguise: 0 none, 1 shaping, 2 all',
    },
    invariance_error: {
      better: 'lower',
      unit: 'distance',
      about: 'of a reward and its disguised copy, mean',
      step: 'disguise: 0 none, 1 shaping, 2 all',
    },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const gamma = 0.9;
    const distance = distances[arm];
    const found = Object.keys(disguises).map(() => ({
      distance: [] as number[],
      regret: [] as number[],
      self: [] as number[],
    }));
    for (let m = 0; m < params.mdps; m++) {
      const draw = rng.split(`world ${m}`);
      const world = drawWorld(draw, params.states, params.actions, gamma);
      for (let pair = 0; pair < pairs; pair++) {
        const share = pair / (pairs - 1);
        const R1 = world.P.map(() => draw.normal());
        const R2 = world.P.map(() => draw.normal());
        const RB = R1.map((r, i) => (1 - share) * r + share * R2[i]!);
        // No disguise changes the regret, which a test shows; so it is computed once.
        const truth = regret(R1, RB, world);
        for (const level of Object.values(disguises)) {
          const hide = (R: Float64Array) =>
            level === disguises.none
              ? R
              : disguise(R, world, draw, 3, level === disguises.all ? params.redistribution : 0);
          const A = hide(R1);
          found[level]!.distance.push(distance(A, hide(RB), world));
          found[level]!.regret.push(truth);
          found[level]!.self.push(distance(R1, A, world));
        }
      }
      progress((m + 1) / params.mdps);
    }
    for (const [level, one] of found.entries()) {
      log(level, { correlation: correlation(one.distance, one.regret), invariance_error: mean(one.self) });
    }
    show('regret', scatter(found[disguises.none]!, found[disguises.all]!));
  },

  claim: {
    statement:
      'STARC distances are exactly invariant to reward transformations that leave the policy ordering unchanged and correlate with regret more strongly than EPIC and DARD.',
    // All arms of a seed meet the same worlds and pairs, so correlations are compared seed by seed.
    check({ at, paired }) {
      type Of = (arm: keyof typeof distances, metric: 'correlation') => Curve;
      const gain = (rival: keyof typeof distances, level: number) =>
        paired(
          (of: Of) => of('starc_val', 'correlation').values[level]! - of(rival, 'correlation').values[level]!,
          'mean',
        );
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

interface Found {
  readonly distance: readonly number[];
  readonly regret: readonly number[];
}

function scatter(plain: Found, disguised: Found): Figure {
  return {
    title: 'Distance and regret of each pair',
    x: { label: 'distance' },
    y: { label: 'regret', min: 0 },
    layers: [
      { type: 'points', label: 'all disguises', x: disguised.distance, y: disguised.regret },
      { type: 'points', label: 'no disguise', x: plain.distance, y: plain.regret },
    ],
  };
}
