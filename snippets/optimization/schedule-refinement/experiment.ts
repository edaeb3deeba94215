import { absoluteLoss, addScaled, atMost, choice, createGlyphs, crossEntropies, denseNetwork, dot } from 'marginalia';
import {
  experiment,
  float,
  glyphBatch,
  heavyTailedRegression,
  int,
  leastAbsoluteDeviations,
  mean,
  norm,
} from 'marginalia';
import type { Curve, Figure, GlyphImages, Regression, Rng } from 'marginalia';

// Optimal Linear Decay Learning Rate Schedules and Further Refinements
// (first version: When, Why and How Much? Adaptive Learning Rate Scheduling by Refinement)
// Defazio, Cutkosky, Mehta and Mishchenko, arXiv 2310.07831
//
// A bound on the weighted regret of SGD is one on its last iterate, if step t is scaled by the share of the weight that is
// still to come (equation: Weights to schedule). Equal weights give linear decay (equation: Worst-case optimal schedule);
// weights from the gradient norms of an earlier run give a schedule for the next one (equation: Refined weights).
// Part A is L1 regression, where the theorem holds word for word. Part B refines the schedule of a classifier.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet refined-schedule
/**
 * The schedule of learning rates that the gradient norms of an earlier run ask for (Defazio et al., arXiv 2310.07831).
 *
 * @param gradNorms one norm a step, all above 0: l2 norms for SGD, l1 norms for Adam.
 * @param window width in steps of the median filter, odd; about a tenth of the run.
 * @param power 2 for SGD, 1 for Adam.
 * @returns a multiplier a step, whose peak is 1 and whose last is 0; the peak rate is still to be tuned.
 */
export function refinedSchedule(gradNorms: number[], window: number, power: 1 | 2): number[] {
  const weights = medianFilter(gradNorms, window).map((norm) => norm ** -power);
  let toCome = 0;
  const rates = weights.map(() => 0);
  for (let t = weights.length - 1; t >= 0; t--) {
    rates[t] = weights[t]! * toCome;
    toCome += weights[t]!;
  }
  const peak = rates.reduce((most, rate) => Math.max(most, rate), 0);
  return rates.map((rate) => rate / peak);
}

/** The median of the values in a window around each, mirrored at the ends. */
function medianFilter(values: number[], window: number): number[] {
  const last = values.length - 1;
  const reach = Math.min(Math.floor(window / 2), last);
  const at = (i: number) => values[last - Math.abs(last - Math.abs(i))]!;
  const sorted = Array.from({ length: 2 * reach + 1 }, (_, i) => at(i - reach)).sort((a, b) => a - b);
  return values.map((_, t) => {
    if (t > 0) {
      sorted.splice(sorted.indexOf(at(t - reach - 1)), 1);
      const next = at(t + reach);
      const place = sorted.findIndex((value) => value > next);
      sorted.splice(place < 0 ? sorted.length : place, 0, next);
    }
    return sorted[reach]!;
  });
}
// #endregion

type Schedule = 'linear' | 'refined' | 'unfiltered' | 'weights_alone' | 'cosine' | 'constant' | 'inverse_sqrt';

/** The multiplier of each step; `norms` are those of an earlier run with linear decay. */
function multipliers(schedule: Schedule, norms: number[], tau: number): number[] {
  const T = norms.length;
  const window = 2 * Math.floor((tau * T) / 2) + 1;
  if (schedule === 'refined') return refinedSchedule(norms, window, 2);
  if (schedule === 'unfiltered') return refinedSchedule(norms, 1, 2);
  if (schedule === 'weights_alone') {
    const filtered = medianFilter(norms, window);
    const least = Math.min(...filtered);
    return filtered.map((norm) => (least / norm) ** 2);
  }
  const profiles = {
    linear: (t: number) => 1 - t / T,
    cosine: (t: number) => (1 + Math.cos((Math.PI * t) / T)) / 2,
    constant: () => 1,
    inverse_sqrt: (t: number) => Math.sqrt(T / t),
  };
  return norms.map((_, i) => profiles[schedule](i + 1));
}

// --- What is trained --------------------------------------------------------------------------------------------------------

/** Part A: SGD on the mean absolute residual, one row a step, from 0: its end, and the norm of each subgradient. */
export function descend({ x, y }: Regression, rates: readonly number[], rng: Rng) {
  const w = new Float64Array(x[0]!.length);
  const norms = rates.map((rate) => {
    const i = rng.int(0, x.length);
    const sign = Math.sign(dot(x[i]!, w) - y[i]!);
    addScaled(w, -rate * sign, x[i]!);
    return norm(x[i]!);
  });
  return { w, norms };
}

/** Part B: SGD on a classifier: its loss on the first 1,500 images at the end, and the norm of each gradient. */
function train(images: GlyphImages, sizes: readonly number[], rates: readonly number[], rng: Rng) {
  const optimizer = { type: 'sgd', rate: 0 } as const;
  const network = denseNetwork(rng.split('weights'), { sizes, activation: 'relu', optimizer });
  const draws = rng.split('batches');
  const norms = rates.map((rate) => {
    const numbers = Array.from({ length: 32 }, () => draws.int(0, images.labels.length));
    const { inputs, targets } = glyphBatch(images, numbers);
    network.rate = rate;
    network.train(inputs, numbers.length, { loss: 'cross-entropy', targets });
    return norm(network.gradient());
  });
  const labels = images.labels.subarray(0, 1500);
  const outputs = network.forward(images.pixels.subarray(0, labels.length * 64), labels.length);
  network.dispose();
  return { loss: mean(crossEntropies(outputs, labels).losses), norms };
}

// --- The experiment -----------------------------------------------------------------------------------------------------

const onLogAxes = { better: 'lower', stepScale: 'log', scale: 'log' } as const;
/** Peak rates that every schedule is tuned over in part B. */
const baseRates = Array.from({ length: 7 }, (_, i) => 0.03 * 100 ** (i / 6));

export default experiment({
  paper: 'schedule-refinement',
  question:
    'Does the last iterate of SGD with the linear-decay step obey DG/sqrt(T) and beat constant and 1/sqrt(t) steps, and does the schedule refined from logged gradient norms show warm-up and keep that performance?',
  seeds: 10,
  params: {
    steps: int(1600, { min: 200, max: 20_000, about: 'T of part A; a quarter and four times as many are run too' }),
    runs: int(20, { min: 1, max: 50, about: 'runs of SGD averaged in part A' }),
    updates: int(1000, { min: 50, max: 20_000, about: 'batches of 32 images in part B' }),
    tau: float(0.1, { min: 0.01, max: 0.5, about: 'width of the median filter as a share of T' }),
    dim: int(30, { min: 2, max: 200, about: 'features of the regression' }),
    classifier: choice('softmax', {
      choices: ['softmax', 'network'],
      about: 'part B: softmax regression, or 64 hidden units, which come to fit the images',
    }),
    sigma: float(1, { min: 0.3, max: 3, about: 'pixel noise of the images' }),
  },
  arms: {
    linear: { role: 'method', about: 'linear decay to 0, optimal in the worst case' },
    refined: { role: 'method', about: 'from the filtered gradient norms of a run with linear decay' },
    unfiltered: { role: 'ablation', about: 'refined from the gradient norms as they are' },
    weights_alone: { role: 'ablation', about: 'the refined weights, not scaled by the weight to come' },
    cosine: { role: 'baseline', about: 'half a cosine to 0' },
    constant: { role: 'baseline', about: 'one rate' },
    inverse_sqrt: { role: 'baseline', about: '1 / sqrt(t)' },
    bound: { role: 'reference', about: 'D G / sqrt(T) of the theorem' },
  },
  metrics: {
    gap: {
      ...onLogAxes,
      unit: 'loss',
      step: 'steps T',
      about: 'f(x_T) - f* of the last iterate, mean over runs (part A)',
    },
    training_loss: { ...onLogAxes, unit: 'nats', step: 'peak rate', about: 'of the classifier at the end (part B)' },
    multiplier: { better: 'neither', unit: 'of the peak rate', about: 'schedule of part B', step: 'update' },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { steps, runs, updates, tau, dim, sigma } = params;
    const problem = heavyTailedRegression(rng.split('regression'), 1000, dim);
    const best = leastAbsoluteDeviations(problem);
    const least = absoluteLoss(problem, best);
    const D = norm(best);
    const G = Math.sqrt(mean(problem.x.map((row) => dot(row, row))));
    for (const T of [Math.round(steps / 4), steps, 4 * steps]) {
      const scale = D / (G * Math.sqrt(T));
      if (arm === 'bound') {
        log(T, { gap: scale * G * G });
        continue;
      }
      const linear = multipliers('linear', new Array<number>(T).fill(1), tau).map((p) => scale * p);
      const { norms } = descend(problem, linear, rng.split(`first run of ${T}`));
      const rates = multipliers(arm, norms, tau).map((p) => scale * p);
      const draws = rng.split(`rows of ${T}`);
      const ends = Array.from({ length: runs }, () => descend(problem, rates, draws).w);
      log(T, { gap: mean(ends.map((w) => absoluteLoss(problem, w) - least)) });
    }
    if (arm === 'bound') return;

    const images = createGlyphs(rng.split('prototypes'))(6_000, sigma, rng.split('images'));
    const sizes = params.classifier === 'softmax' ? [64, 10] : [64, 64, 10];
    const runAll = (shape: number[]) =>
      baseRates.map((base) => {
        const rates = shape.map((p) => base * p);
        return train(images, sizes, rates, rng.split('training'));
      });
    const linear = multipliers('linear', new Array<number>(updates).fill(1), tau);
    const first = runAll(linear);
    const { norms } = first.reduce((one, other) => (other.loss < one.loss ? other : one));
    progress(0.5);
    const shape = multipliers(arm, norms, tau);
    for (let t = 0; t < updates - 1; t += 5) log(t, { multiplier: shape[t]! });
    log(updates - 1, { multiplier: shape.at(-1)! });
    (arm === 'linear' ? first : runAll(shape)).forEach(({ loss }, i) => log(baseRates[i]!, { training_loss: loss }));
    show('schedule', drawing(norms, shape, linear));
  },

  claim: {
    statement:
      'For the last iterate linear decay is the right worst-case schedule and clearly beats constant and 1/sqrt(t) steps; a schedule computed from observed gradient norms has warm-up and fast final annealing and does at least as well as linear decay on convex problems.',
    check({ paired, curve }) {
      const gapAt = (i: number, arm: Schedule, ...rivals: Schedule[]) =>
        paired((of) => of(arm, 'gap').values[i]! / Math.min(...rivals.map((rival) => of(rival, 'gap').values[i]!)));
      const loss = (rival: Schedule) =>
        paired((of) => least(of('refined', 'training_loss')) / least(of(rival, 'training_loss')));
      // A rate at which numbers overflow is not the best.
      const least = ({ values }: Curve) => Math.min(...values.filter(Number.isFinite));
      const ofBound = (of: (arm: 'linear' | 'bound', metric: 'gap') => Curve) =>
        Math.max(...of('linear', 'gap').values.map((gap, i) => gap / of('bound', 'gap').values[i]!));
      const multiplierAt = (share: number) =>
        curve('refined', 'multiplier', ({ values }) => values[Math.round(share * (values.length - 1))]!);
      const linearGap = gapAt(1, 'linear', 'constant', 'inverse_sqrt');
      const refinedGap = mean([0, 1, 2].map((i) => gapAt(i, 'refined', 'linear')));
      return [
        atMost('A: gap, linear over better of constant and 1/sqrt(t)', linearGap, 0.4),
        atMost('A: gap, linear over cosine', gapAt(1, 'linear', 'cosine'), 1.15),
        atMost('A: gap of linear over the bound, worst T', paired(ofBound), 1),
        atMost('A: gap, refined over linear, mean over T', refinedGap, 1.15),
        atMost('B: loss at the best rate, refined over linear', loss('linear'), 1.03),
        atMost('B: loss at the best rate, refined over constant', loss('constant'), 0.98),
        atMost('B: refined multiplier at the first update', multiplierAt(0), 0.9),
        atMost('B: refined multiplier after 97 % of the updates', multiplierAt(0.97), 0.15),
      ];
    },
  },
});

/** Gradient norms of the first run, and the schedule that it used beside the one that was made of them. */
function drawing(norms: readonly number[], shape: readonly number[], linear: readonly number[]): Figure {
  const t = norms.map((_, i) => i);
  const highest = Math.max(...norms);
  return {
    title: 'Gradient norms of the first run, and the schedule',
    x: { label: 'update', min: 0, max: norms.length },
    y: { label: 'share of the highest', min: 0, max: 1 },
    layers: [
      { type: 'points', label: 'gradient norm', x: t, y: norms.map((one) => one / highest) },
      { type: 'line', label: 'linear decay', x: t, y: linear },
      { type: 'line', label: 'this schedule', x: t, y: shape },
    ],
  };
}
