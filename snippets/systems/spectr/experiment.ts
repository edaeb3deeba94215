import { atLeast, atMost, experiment, float, int, mean, softmax, type Curve, type Rng } from 'marginalia';

// SpecTr: Fast Speculative Decoding via Optimal Transport
// Sun, Suresh, Ro, Beirami, Jain and Yu, NeurIPS 2023, arXiv 2310.15141
//
// A small model drafts k tokens for a position, and the large model keeps at most one so that what is emitted still follows
// the large model's law exactly. Which one to keep is a transport problem (equation: Transport with membership cost); K-SEQ
// tries the drafts in turn with the usual acceptance ratio divided by a common rho (equation: K-SEQ acceptance test), chosen
// so that the residual stays a probability law (equation: Choice of rho and residual).

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet spectr-kseq
/**
 * Keeps one of k drafts, or draws a replacement, so that the result follows `q` exactly (equations: K-SEQ acceptance test,
 * Choice of rho and residual).
 *
 * @param p the draft model's law over the vocabulary, summing to 1.
 * @param q the target model's law.
 * @param drafts tokens drawn independently from p.
 * @param rand uniform on [0, 1).
 * @param rho what the acceptance ratio is divided by; from `kSeqRho` up to k the result follows q.
 */
export function kSeqSelect(
  p: number[],
  q: number[],
  drafts: number[],
  rand: () => number,
  rho = kSeqRho(p, q, drafts.length),
): { token: number; accepted: boolean; rho: number } {
  for (const token of drafts) {
    if (rand() * rho * p[token]! < q[token]!) return { token, accepted: true, rho };
  }
  const beta = p.reduce((sum, px, x) => sum + Math.min(px, q[x]! / rho), 0);
  const repeats = beta > 0 ? (1 - (1 - beta) ** drafts.length) / beta : drafts.length;
  const residual = q.map((qx, x) => Math.max(0, qx - Math.min(p[x]!, qx / rho) * repeats));
  let left = rand() * residual.reduce((sum, mass) => sum + mass, 0);
  const drawn = residual.findIndex((mass) => (left -= mass) < 0);
  return { token: drawn < 0 ? residual.indexOf(Math.max(...residual)) : drawn, accepted: false, rho };
}

/** The smallest rho whose k tries accept no token more often than q has it; by bisection on [1, k]. */
export function kSeqRho(p: number[], q: number[], k: number): number {
  let [low, high] = [1, k];
  for (let step = 0; step < 45 && high > low; step++) {
    const rho = (low + high) / 2;
    const beta = p.reduce((sum, px, x) => sum + Math.min(px, q[x]! / rho), 0);
    if (1 - (1 - beta) ** k <= rho * beta) high = rho;
    else low = rho;
  }
  return high;
}
// #endregion

/** Chance that K-SEQ accepts one of k drafts: 1 - (1 - beta)^k at its rho. */
export function kSeqAcceptance(p: readonly number[], q: readonly number[], rho: number, k: number): number {
  return 1 - (1 - p.reduce((sum, px, x) => sum + Math.min(px, q[x]! / rho), 0)) ** k;
}

/** The transport optimum by its dual, a minimum over subsets H of the vocabulary: q(H) + 1 - p(H)^k. */
export function transportOptimum(p: readonly number[], q: readonly number[], k: number): number {
  let best = 1;
  for (let subset = 1; subset < 1 << p.length; subset++) {
    let [massP, massQ] = [0, 0];
    for (let x = 0; x < p.length; x++) {
      if ((subset >> x) & 1) {
        massP += p[x]!;
        massQ += q[x]!;
      }
    }
    best = Math.min(best, massQ + 1 - massP ** k);
  }
  return best;
}

type Select = (p: number[], q: number[], drafts: number[], rand: () => number) => { token: number; accepted: boolean };

/** Wrong on purpose: the single-draft test for each draft, then the single-draft residual. Its output does not follow q. */
const selectNaively: Select = (p, q, drafts, rand) => {
  for (const token of drafts) {
    if (rand() * p[token]! < q[token]!) return { token, accepted: true };
  }
  const residual = q.map((qx, x) => Math.max(0, qx - p[x]!));
  let left = rand() * residual.reduce((sum, mass) => sum + mass, 0);
  const drawn = residual.findIndex((mass) => (left -= mass) < 0);
  return { token: drawn < 0 ? residual.length - 1 : drawn, accepted: false };
};

// --- The testbed: random pairs of laws, and a pair of bigram models -------------------------------------------------------

/** A target law and a draft law that misses it by noise of deviation `tau` on the logits. */
function drawPair(rng: Rng, vocabulary: number, tau: number): { p: number[]; q: number[] } {
  const target = Array.from({ length: vocabulary }, () => rng.normal(0, 2));
  return { q: softmax(target), p: softmax(target.map((logit) => logit + rng.normal(0, tau))) };
}

/** Decodes with k draft paths of `block` tokens a call of the large model; calls `emitted` with tokens and calls so far. */
function decode(
  rows: readonly { p: number[]; q: number[] }[],
  { select, k, block, tokens }: { select: Select; k: number; block: number; tokens: number },
  rng: Rng,
  emitted: (tokens: number, calls: number) => void,
): void {
  const rand = () => rng.uniform();
  let last = 0;
  let count = 0;
  for (let calls = 1; count < tokens; calls++) {
    let paths = Array.from({ length: k }, () => {
      const path: number[] = [];
      for (let j = 0; j < block; j++) path.push(rng.weighted(rows[path.at(-1) ?? last]!.p));
      return path;
    });
    let position = 0;
    for (; position < block; position++) {
      const { p, q } = rows[last]!;
      const drafts = paths.map((path) => path[position]!);
      const { token, accepted } = select(p, q, drafts, rand);
      last = token;
      count++;
      if (!accepted) break;
      paths = paths.filter((path) => path[position] === token);
    }
    if (position === block) {
      last = rng.weighted(rows[last]!.q);
      count++;
    }
    emitted(count, calls);
  }
}

// --- The experiment -----------------------------------------------------------------------------------------------------

const draftCounts = [1, 2, 4, 8];
const samples = 200_000;

export default experiment({
  paper: 'spectr',
  seeds: 10,
  question:
    'With several drafts a position, how much acceptance does K-SEQ gain over one draft, how near is it to the transport optimum, and is the output law still exactly the target’s?',
  params: {
    k: int(4, { min: 1, max: 16, about: 'drafts a position when decoding' }),
    vocabulary: int(12, { min: 4, max: 14, about: 'tokens; the optimum is found over all their subsets' }),
    tau: float(1, { min: 0.1, max: 4, about: 'mismatch of draft and target logits' }),
    block: int(4, { min: 1, max: 12, about: 'drafted tokens of a path' }),
    tokens: int(20000, { min: 1000, max: 200000, about: 'tokens to decode' }),
    pairs: int(60, { min: 5, max: 300, about: 'random pairs of laws' }),
  },
  arms: {
    k_seq: { role: 'method', about: 'k drafts, the acceptance ratio divided by rho' },
    speculative: { role: 'baseline', about: 'one draft: ordinary speculative decoding' },
    rho_is_k: { role: 'ablation', about: 'k drafts with rho = k: always valid, too timid' },
    naive: { role: 'baseline', about: 'k drafts with the single-draft test and residual: biased' },
    optimum: { role: 'reference', about: 'the transport optimum' },
  },
  metrics: {
    acceptance: {
      better: 'higher',
      unit: 'probability',
      about: 'chance that the emitted token is one of the drafts, mean over pairs',
      step: 'drafts k',
      stepScale: 'log',
    },
    guarantee_ratio: {
      better: 'higher',
      unit: 'ratio',
      about: 'acceptance over (1 - (1 - 1/k)^k) times the optimum, worst pair; below 1 the theorem would be violated',
      step: 'drafts k',
      stepScale: 'log',
    },
    block_efficiency: { better: 'higher', unit: 'tokens / call', about: 'emitted tokens a call so far', step: 'token' },
    distance_to_target: {
      better: 'lower',
      unit: 'total variation',
      about: 'of the emitted law to the target law, on one pair',
      step: 'drafts k',
    },
  },

  trial({ arm, params, rng, log, progress }) {
    const { k, vocabulary, tau, block, tokens, pairs } = params;
    const pairsRng = rng.split('pairs');
    const laws = Array.from({ length: pairs }, () => drawPair(pairsRng, vocabulary, tau));

    for (const drafts of draftCounts) {
      const optima = laws.map(({ p, q }) => transportOptimum(p, q, drafts));
      const accepted = laws.map(({ p, q }, i) => {
        if (arm === 'optimum') return optima[i]!;
        if (arm === 'speculative') return kSeqAcceptance(p, q, 1, 1);
        if (arm === 'naive') return kSeqAcceptance(p, q, 1, drafts);
        return kSeqAcceptance(p, q, arm === 'k_seq' ? kSeqRho(p, q, drafts) : drafts, drafts);
      });
      const guaranteed = 1 - (1 - 1 / drafts) ** drafts;
      log(drafts, {
        acceptance: mean(accepted),
        guarantee_ratio: Math.min(...accepted.map((value, i) => value / (guaranteed * optima[i]!))),
      });
      progress((0.4 * drafts) / 8);
    }
    if (arm === 'optimum') return;

    const drafts = arm === 'speculative' ? 1 : k;
    const timid: Select = (p, q, tried, rand) => kSeqSelect(p, q, tried, rand, tried.length);
    const select = { k_seq: kSeqSelect as Select, speculative: kSeqSelect, rho_is_k: timid, naive: selectNaively }[arm];
    const { p, q } = laws[0]!;
    const rho = kSeqRho(p, q, drafts);
    const onePair = (tried: number[], rand: () => number) =>
      select === kSeqSelect ? kSeqSelect(p, q, tried, rand, rho) : select(p, q, tried, rand);
    const draws = rng.split('draws');
    const counts = q.map(() => 0);
    for (let i = 0; i < samples; i++) {
      const tried = Array.from({ length: drafts }, () => draws.weighted(p));
      counts[onePair(tried, () => draws.uniform()).token]!++;
    }
    const distance = counts.reduce((sum, count, x) => sum + Math.abs(count / samples - q[x]!), 0) / 2;
    log(drafts, { distance_to_target: distance });
    progress(0.7);

    const rowsRng = rng.split('bigrams');
    const rows = Array.from({ length: vocabulary }, () => drawPair(rowsRng, vocabulary, tau));
    decode(rows, { select, k: drafts, block, tokens }, rng.split('decoding'), (count, calls) => {
      if (calls % 100 === 0) log(count, { block_efficiency: count / calls });
    });
  },

  claim: {
    statement:
      'Several drafts with the K-SEQ rule accept clearly more than one draft, never fall below 1 - (1 - 1/k)^k of the transport optimum, and leave the output law unchanged.',
    check({ final, at, curve, paired }) {
      const worst = ({ values }: Curve) => Math.min(...values);
      const gain = at('k_seq', 'acceptance', 4) - at('speculative', 'acceptance', 4);
      const distance = final('k_seq', 'distance_to_target', 'mean');
      return [
        atLeast('acceptance above one draft, k = 4', gain, 0.08),
        // The bisection ends a rounding error away from equality.
        atLeast('acceptance over its guarantee, worst pair', curve('k_seq', 'guarantee_ratio', worst), 1 - 1e-6),
        atLeast('tokens a call over one draft', paired(efficiencyRatio), 1.15),
        atMost('total variation to the target', distance, 0.01),
        atLeast("the naive rule's distance over that", final('naive', 'distance_to_target', 'mean') / distance, 3),
      ];
    },
  },
});

/** Both decode with the same bigram models, so they are compared seed by seed. */
function efficiencyRatio(curves: (arm: 'k_seq' | 'speculative', metric: 'block_efficiency') => Curve): number {
  const last = (arm: 'k_seq' | 'speculative') => curves(arm, 'block_efficiency').values.at(-1)!;
  return last('k_seq') / last('speculative');
}
