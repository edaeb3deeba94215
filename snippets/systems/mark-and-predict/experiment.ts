import { atLeast, atMost, experiment, float, int, type Rng } from 'marginalia';

// Paging with Succinct Predictions
// Antoniadis, Boyar, Eliáš, Favrholdt, Hoeksma, Larsen, Polak and Simon, ICML 2023, arXiv 2210.02775
//
// A cache is told one bit with each request. Mark&Predict orders the unmarked pages of the marking algorithm by phase bits
// (equation: Mark&Predict eviction): 1 says that the page will not be requested in the next phase. Mark0 throws a page out
// as soon as it is served where its discard bit says that the offline optimum would. Good bits bring both close to the
// optimum, and wrong ones cost a bounded amount each (equations: Mark&Predict guarantee, Mark0 guarantee).

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet mark-and-predict
/**
 * The page to evict on a miss with a full cache (equation: Mark&Predict eviction).
 *
 * @param cache pages in the cache.
 * @param marked marked pages; cleared here, to begin a new phase, when every page of the cache is marked.
 * @param bit latest prediction for each page: 1 where it should be absent from the next phase.
 * @param rng uniform on [0, 1).
 */
export function evictMarkAndPredict(
  cache: Set<number>,
  marked: Set<number>,
  bit: Map<number, 0 | 1>,
  rng: () => number,
): number {
  if ([...cache].every((page) => marked.has(page))) marked.clear();
  const unmarked = [...cache].filter((page) => !marked.has(page));
  const droppable = unmarked.filter((page) => bit.get(page) === 1);
  const candidates = droppable.length > 0 ? droppable : unmarked;
  return candidates[Math.floor(rng() * candidates.length)]!;
}
// #endregion

/** A request with its two predictions. */
interface Request {
  readonly page: number;
  readonly phaseBit: 0 | 1;
  readonly discardBit: 0 | 1;
}

/** Serves the requests with one of the policies; `onFault` hears the number of each request that was not in the cache. */
function serve(
  requests: readonly Request[],
  size: number,
  policy: Policy,
  rng: Rng,
  onFault: (t: number) => void,
): number {
  const cache = new Set<number>();
  const marked = new Set<number>();
  const bit = new Map<number, 0 | 1>();
  const noBits = new Map<number, 0 | 1>();
  const uniform = () => rng.uniform();
  let faults = 0;

  function victim(): number {
    if (policy === 'lru') return cache.values().next().value!;
    if (policy === 'blind') {
      const pages = [...cache];
      const droppable = pages.filter((page) => bit.get(page) === 1);
      return rng.choice(droppable.length > 0 ? droppable : pages);
    }
    return evictMarkAndPredict(cache, marked, policy === 'mark_and_predict' ? bit : noBits, uniform);
  }

  for (const [t, { page, phaseBit, discardBit }] of requests.entries()) {
    if (!cache.has(page)) {
      faults++;
      onFault(t);
      if (cache.size === size) cache.delete(victim());
    } else if (policy === 'lru') {
      cache.delete(page);
    }
    cache.add(page);
    marked.add(page);
    bit.set(page, phaseBit);
    if (policy === 'mark0' && discardBit === 1) cache.delete(page);
  }
  return faults;
}

type Policy = 'mark_and_predict' | 'mark0' | 'marker' | 'lru' | 'blind';

// --- The testbed: a drifting Zipf stream with oracle bits -----------------------------------------------------------------

/** Nine requests of ten follow Zipf's law over a slowly changing order of the pages; the tenth scans them in order. */
function drawPages(rng: Rng, requests: number, pages: number): number[] {
  const weights = Array.from({ length: pages }, (_, rank) => (rank + 1) ** -1.1);
  const order = rng.shuffle(Array.from({ length: pages }, (_, page) => page));
  return Array.from({ length: requests }, (_, t) => {
    if (t > 0 && t % 400 === 0) {
      for (let i = 0; i < 25; i++) {
        const [a, b] = [rng.int(0, pages), rng.int(0, pages)];
        [order[a], order[b]] = [order[b]!, order[a]!];
      }
    }
    return rng.uniform() < 0.9 ? order[rng.weighted(weights)]! : order[t % pages]!;
  });
}

/** Belady's optimum: its faults, and for each request whether the page is evicted before it is asked for again. */
function belady(pages: readonly number[], size: number): { faults: number; discarded: (0 | 1)[] } {
  const nextUse = new Array<number>(pages.length);
  const upcoming = new Map<number, number>();
  for (let t = pages.length - 1; t >= 0; t--) {
    nextUse[t] = upcoming.get(pages[t]!) ?? Infinity;
    upcoming.set(pages[t]!, t);
  }
  const cache = new Map<number, { next: number; since: number }>();
  const discarded = new Array<0 | 1>(pages.length).fill(0);
  let faults = 0;
  for (const [t, page] of pages.entries()) {
    if (!cache.has(page)) {
      faults++;
      if (cache.size === size) {
        const [victim, { since }] = [...cache].reduce((far, entry) => (entry[1].next > far[1].next ? entry : far));
        cache.delete(victim);
        discarded[since] = 1;
      }
    }
    cache.set(page, { next: nextUse[t]!, since: t });
  }
  return { faults, discarded };
}

/** Phases are the longest blocks with at most `size` distinct pages; 1 where the page is absent from the next phase. */
function phaseBits(pages: readonly number[], size: number): (0 | 1)[] {
  const phases: { start: number; members: Set<number> }[] = [];
  for (const [t, page] of pages.entries()) {
    const phase = phases.at(-1);
    if (phase === undefined || (phase.members.size === size && !phase.members.has(page))) {
      phases.push({ start: t, members: new Set([page]) });
    } else {
      phase.members.add(page);
    }
  }
  return phases.flatMap(({ start }, i) =>
    pages.slice(start, phases[i + 1]?.start).map((page) => (phases[i + 1]?.members.has(page) ? 0 : 1)),
  );
}

// --- The experiment -----------------------------------------------------------------------------------------------------

const flipPercents = [0, 5, 10, 20, 30, 50, 70, 100];

export default experiment({
  paper: 'mark-and-predict',
  question:
    'Do one-bit predictions bring marking close to the offline optimum, with smooth degradation and a bounded loss when all bits are wrong?',
  params: {
    cache: int(32, { min: 4, max: 128, about: 'pages that the cache holds' }),
    pages: int(100, { min: 10, max: 1000, about: 'distinct pages; more than the cache holds' }),
    requests: int(20000, { min: 1000, max: 100000, about: 'length of the stream' }),
    shown_flip: float(0.1, { min: 0, max: 1, about: 'share of wrong bits for which the running fault rate is drawn' }),
  },
  arms: {
    mark_and_predict: { role: 'method', about: 'marking; phase bits choose among the unmarked pages' },
    mark0: { role: 'method', about: 'marking; pages whose discard bit is 1 leave as soon as they are served' },
    marker: { role: 'ablation', about: 'marking without bits: a random unmarked page leaves' },
    lru: { role: 'baseline', about: 'the page that was not asked for the longest leaves' },
    blind: { role: 'baseline', about: 'follows the phase bits without any marks' },
  },
  metrics: {
    competitive_ratio: {
      better: 'lower',
      unit: "faults / optimum's",
      about: "faults over those of Belady's offline optimum",
      step: 'wrong bits, %',
    },
    bound_slack: {
      better: 'higher',
      unit: "faults / optimum's",
      about: 'additive guarantee minus measured ratio; below 0 the theorem would be violated',
      step: 'wrong bits, %',
    },
    fault_rate: { better: 'lower', unit: 'fraction', about: 'faults in the last 500 requests', step: 'request' },
  },

  trial({ arm, params, rng, log, progress }) {
    const { cache, pages, requests, shown_flip } = params;
    const stream = drawPages(rng.split('stream'), requests, pages);
    const optimum = belady(stream, cache);
    const truePhaseBits = phaseBits(stream, cache);
    const harmonic = Array.from({ length: cache }, (_, i) => 1 / (i + 1)).reduce((sum, term) => sum + term, 0);

    const predictionsWith = (share: number) => {
      const flips = rng.split(`flips ${share}`);
      const flipped = (bit: 0 | 1) => (flips.uniform() < share ? ((1 - bit) as 0 | 1) : bit);
      return stream.map((page, t): Request => ({
        page,
        phaseBit: flipped(truePhaseBits[t]!),
        discardBit: flipped(optimum.discarded[t]!),
      }));
    };

    for (const [i, percent] of flipPercents.entries()) {
      const predicted = predictionsWith(percent / 100);
      const faults = serve(predicted, cache, arm, rng.split(`draws ${percent}`), () => undefined);
      const ratio = faults / optimum.faults;
      log(percent, { competitive_ratio: ratio });
      if (arm === 'mark_and_predict' || arm === 'mark0') {
        const [said, truth] =
          arm === 'mark0'
            ? [predicted.map(({ discardBit }) => discardBit), optimum.discarded]
            : [predicted.map(({ phaseBit }) => phaseBit), truePhaseBits];
        const wrong = (bit: 0 | 1) => said.filter((one, t) => one === bit && truth[t] !== bit).length / optimum.faults;
        const bound = arm === 'mark0' ? 1 + 2 * harmonic * wrong(0) + wrong(1) : 2 + harmonic * wrong(0) + wrong(1);
        log(percent, { bound_slack: bound - ratio });
      }
      progress((i + 1) / (flipPercents.length + 1));
    }

    const faultTimes: number[] = [];
    serve(predictionsWith(shown_flip), cache, arm, rng.split('shown'), (t) => faultTimes.push(t));
    for (let end = 500; end <= requests; end += 250) {
      log(end, { fault_rate: faultTimes.filter((t) => t >= end - 500 && t < end).length / 500 });
    }
  },

  claim: {
    statement:
      'With correct bits Mark0 matches the offline optimum and Mark&Predict is within a factor 2 of it; wrong bits cost at most the stated additive terms; and Mark&Predict stays near plain marking even when every bit is wrong.',
    check({ at, curve }) {
      const ratio = (arm: Policy, percent: number) => at(arm, 'competitive_ratio', percent, 'mean');
      const slack = (arm: 'mark_and_predict' | 'mark0') =>
        curve(arm, 'bound_slack', ({ values }) => Math.min(...values), 'mean');
      return [
        atMost('Mark&Predict over marking, correct bits', ratio('mark_and_predict', 0) / ratio('marker', 0), 0.85),
        atMost('Mark&Predict over the optimum, correct bits', ratio('mark_and_predict', 0), 2),
        atMost('Mark0 over the optimum, correct bits', ratio('mark0', 0), 1.001),
        atLeast('slack of the Mark&Predict guarantee, worst share of wrong bits', slack('mark_and_predict'), 0),
        // With correct bits Mark0 equals the optimum, and its guarantee leaves no slack at all.
        atLeast('slack of the Mark0 guarantee, worst share of wrong bits', slack('mark0'), -0.001),
        atMost(
          'Mark&Predict over marking, all bits wrong',
          ratio('mark_and_predict', 100) / ratio('marker', 100),
          1.35,
        ),
        atMost('Mark&Predict over blind, all bits wrong', ratio('mark_and_predict', 100) / ratio('blind', 100), 0.65),
      ];
    },
  },
});
