import {
  accuracy,
  atLeast,
  createGlyphs,
  crossEntropies,
  denseNetwork,
  experiment,
  float,
  glyphBatch,
} from 'marginalia';
import { int, mean, type Curve, type DenseNetwork, type Figure, type GlyphImages, type Rng } from 'marginalia';

// Cyclical Curriculum Learning
// Kesgin and Amasyali, IEEE Transactions on Neural Networks and Learning Systems 2023, arXiv 2202.05531
//
// A curriculum trains on easy samples first and on more and more of them; then it is over. Here the share of the data swings
// up and down instead (equation: Cycle of data sizes), and what is not taken in full is drawn with preference for samples
// that an earlier model found easy (equation: Easy-biased sampling). Budgets are counted in samples, not in passes.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet cycle-sizes
/**
 * Shares of the training set in each pass of a cyclical curriculum (equation: Cycle of data sizes).
 *
 * @param nMin smallest share, above 0: where it begins, rising.
 * @param nMax largest share.
 * @param alpha a share is divided by it while rising, multiplied while falling; between 0 and 1.
 * @param budget epoch equivalents: passes are added until the shares sum to it.
 */
export function cycleSizes(nMin: number, nMax: number, alpha: number, budget: number): number[] {
  const sizes: number[] = [];
  let rising = true;
  for (let [n, sum] = [nMin, 0]; sum < budget - 1e-9;) {
    sizes.push(n);
    sum += n;
    if (n >= nMax) rising = false;
    else if (n <= nMin) rising = true;
    n = rising ? Math.min(n / alpha, nMax) : Math.max(n * alpha, nMin);
  }
  return sizes;
}
// #endregion

/**
 * Draws some samples without replacement, one after another in proportion to the weights of those that are left (equation:
 * Easy-biased sampling). Waiting times with these rates end in that order, so the first to end are taken.
 */
export function drawWeighted(weights: readonly number[], count: number, rng: Rng): number[] {
  const waits = weights.map((weight) => -Math.log(1 - rng.uniform()) / weight);
  return [...waits.keys()].sort((a, b) => waits[a]! - waits[b]!).slice(0, count);
}

// --- The testbed: images of very different noise, some of them with a wrong label ----------------------------------------

interface TrainingSet extends GlyphImages {
  /** Whether a sample's label was replaced by a random one (which may be the right one). */
  readonly relabelled: readonly boolean[];
}

function drawTrainingSet(
  draw: ReturnType<typeof createGlyphs>,
  count: number,
  labelNoise: number,
  rng: Rng,
): TrainingSet {
  const { pixels, labels } = draw(count, 0, rng);
  const relabelled = Array.from(labels, () => rng.uniform() < labelNoise);
  relabelled.forEach((isNew, n) => {
    const noise = rng.uniform(0.4, 2.24);
    for (let i = n * 64; i < (n + 1) * 64; i++) pixels[i]! += noise * rng.normal();
    if (isNew) labels[n] = rng.int(0, 10);
  });
  return { pixels, labels, relabelled };
}

const newNetwork = (rng: Rng, rate: number) =>
  denseNetwork(rng, { sizes: [64, 64, 10], activation: 'relu', optimizer: { type: 'sgd', rate, momentum: 0.9 } });

/** One pass over these samples in their order, in batches of 16. */
function trainOn(network: DenseNetwork, data: GlyphImages, samples: readonly number[]): void {
  for (let i = 0; i < samples.length; i += 16) {
    const numbers = samples.slice(i, i + 16);
    const { inputs, targets } = glyphBatch(data, numbers);
    network.train(inputs, numbers.length, { loss: 'cross-entropy', targets });
  }
}

/** Loss of every training sample after some ordinary epochs of a network with a seed of its own. */
function scores(data: GlyphImages, epochs: number, rate: number, rng: Rng): readonly number[] {
  const network = newNetwork(rng, rate);
  for (let epoch = 0; epoch < epochs; epoch++) trainOn(network, data, rng.shuffle([...data.labels.keys()]));
  return [...crossEntropies(network.forward(data.pixels, data.labels.length), data.labels).losses];
}

// --- The experiment -----------------------------------------------------------------------------------------------------

const samples = 600;
const overfittedEpochs = 30;
type Schedule = 'cycle' | 'grow' | 'small' | 'all';
type Weights = 'easy' | 'easy by a late model' | 'uniform' | 'hard';

const recipes = {
  cyclical: ['cycle', 'easy'],
  vanilla: ['all', 'uniform'],
  curriculum: ['grow', 'easy'],
  easy_only: ['small', 'easy'],
  random_cyclical: ['cycle', 'uniform'],
  anti: ['cycle', 'hard'],
  late_scores: ['cycle', 'easy by a late model'],
} as const satisfies Record<string, readonly [Schedule, Weights]>;

function sizesOf(schedule: Schedule, nMin: number, alpha: number, budget: number): number[] {
  if (schedule === 'cycle') return cycleSizes(nMin, 1, alpha, budget);
  const sizes: number[] = [];
  const growth = { grow: 1.15, small: 1, all: 1 }[schedule];
  for (let [n, sum] = [schedule === 'all' ? 1 : nMin, 0]; sum < budget - 1e-9; n = Math.min(1, n * growth)) {
    sizes.push(n);
    sum += n;
  }
  return sizes;
}

const step = 'epoch equivalents';

export default experiment({
  paper: 'cyclical-curriculum',
  question:
    'At equal numbers of sample presentations, does cycling the data size between an easy-biased quarter and the full set give a better best accuracy than ordinary training and than a one-way curriculum?',
  seeds: 20,
  params: {
    epochs: int(30, { min: 5, max: 200, about: 'budget: presentations of samples over samples' }),
    n_min: float(0.25, { min: 0.05, max: 1, about: 'smallest share of the data in a pass' }),
    alpha: float(0.5, { min: 0.2, max: 0.95, about: 'factor between the shares of neighbouring passes' }),
    label_noise: float(0.2, { min: 0, max: 0.6, about: 'share of labels replaced by random ones' }),
    score_epochs: int(5, { min: 1, max: 50, about: 'training of the model that scores samples' }),
    rate: float(0.01, { min: 0.001, max: 0.5, about: 'step size of heavy ball, for all arms' }),
  },
  arms: {
    cyclical: { role: 'method', about: 'share swings between n_min and 1, easy samples preferred' },
    vanilla: { role: 'baseline', about: 'all samples in every pass' },
    curriculum: { role: 'baseline', about: 'share grows once from n_min by 1.15 a pass, easy samples preferred' },
    easy_only: { role: 'baseline', about: 'share n_min in every pass, easy samples preferred' },
    random_cyclical: { role: 'ablation', about: 'share swings, samples drawn uniformly' },
    anti: { role: 'ablation', about: 'share swings, hard samples preferred' },
    late_scores: { role: 'baseline', about: `cyclical, with scores after ${overfittedEpochs} epochs` },
  },
  metrics: {
    test_acc: { better: 'higher', unit: 'fraction', step, about: 'test images told right' },
    best_acc: { better: 'higher', unit: 'fraction', step, about: 'test accuracy after the pass that validated best' },
    last_acc: { better: 'higher', unit: 'fraction', step, about: 'test accuracy, mean of the last three passes' },
    share: { better: 'neither', unit: 'fraction', step, about: 'of the training set in the last pass' },
    right_labels: { better: 'neither', unit: 'fraction', step, about: 'of the last pass, labels left as they were' },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { epochs, n_min, alpha, label_noise, score_epochs, rate } = params;
    const draw = createGlyphs(rng.split('prototypes'));
    const data = drawTrainingSet(draw, samples, label_noise, rng.split('training images'));
    const validation = draw(1000, 1, rng.split('validation images'));
    const test = draw(2000, 1, rng.split('test images'));
    const [schedule, preference] = recipes[arm];

    const scoringEpochs = preference === 'easy by a late model' ? overfittedEpochs : score_epochs;
    const losses = scores(data, scoringEpochs, rate, rng.split('scores'));
    const weights = losses.map((loss) => {
      if (preference === 'uniform') return 1;
      return preference === 'hard' ? loss + 1e-3 : 1 / (loss + 1e-3);
    });

    const network = newNetwork(rng.split('network'), rate);
    const passes = rng.split('passes');
    const sizes = sizesOf(schedule, n_min, alpha, epochs);
    const measured = ({ pixels, labels }: GlyphImages) => accuracy(network.forward(pixels, labels.length), labels);
    const accuracies: number[] = [];
    let [seen, validated, best] = [0, -1, 0];
    for (const size of sizes) {
      const chosen = drawWeighted(weights, Math.max(16, Math.floor(size * samples)), passes);
      trainOn(network, data, passes.shuffle(chosen));
      seen += chosen.length / samples;
      const [valid, tested] = [measured(validation), measured(test)];
      if (valid > validated) [validated, best] = [valid, tested];
      accuracies.push(tested);
      const right = chosen.filter((n) => !data.relabelled[n]).length / chosen.length;
      log(seen, { test_acc: tested, best_acc: best, share: size, right_labels: right });
      progress(Math.min(1, seen / epochs));
    }
    log(seen, { last_acc: mean(accuracies.slice(-3)) });
    show('sizes', sizesFigure(sizes));
    show('weights', weightsFigure(weights, data.relabelled));
  },

  claim: {
    statement: 'Alternating curriculum and ordinary training cyclically gives better results than either alone.',
    // All arms of a seed share images and first weights.
    check({ paired }) {
      const ahead = (rival: keyof typeof recipes) =>
        paired(
          (of: (arm: keyof typeof recipes, metric: 'best_acc') => Curve) =>
            of('cyclical', 'best_acc').values.at(-1)! - of(rival, 'best_acc').values.at(-1)!,
          'mean',
        );
      return [
        atLeast('best accuracy, cyclical minus vanilla', ahead('vanilla'), 0.01),
        atLeast('best accuracy, cyclical minus curriculum', ahead('curriculum'), 0.003),
        atLeast('best accuracy, cyclical minus the same cycle without preference', ahead('random_cyclical'), 0.01),
      ];
    },
  },
});

function sizesFigure(sizes: readonly number[]): Figure {
  return {
    title: 'Share of the training set in each pass',
    x: { label: 'pass', min: -0.5, max: sizes.length - 0.5 },
    y: { label: 'share', min: 0, max: 1 },
    layers: [{ type: 'bars', label: 'share', x: [...sizes.keys()], height: sizes }],
  };
}

/** How often a weight falls into each bin of a logarithmic axis, by whether the label was replaced. */
function weightsFigure(weights: readonly number[], relabelled: readonly boolean[]): Figure {
  const bins = Array.from({ length: 25 }, (_, i) => -2 + i * 0.25);
  const binOf = (weight: number) => Math.min(24, Math.max(0, Math.round((Math.log10(weight) + 2) / 0.25)));
  const counts = (wanted: boolean) => {
    const height = bins.map(() => 0);
    weights.forEach((weight, n) => (height[binOf(weight)]! += relabelled[n] === wanted ? 1 : 0));
    return height;
  };
  return {
    title: 'Weights with which samples are drawn',
    x: { label: 'weight, power of ten' },
    y: { label: 'samples' },
    layers: [
      { type: 'bars', label: 'label as it was', x: bins, height: counts(false) },
      { type: 'bars', label: 'label replaced', x: bins, height: counts(true) },
    ],
  };
}
