import {
  atMost,
  choice,
  createGlyphs,
  experiment,
  float,
  int,
  mean,
  mlp,
  softmaxCrossEntropy,
  variableOf,
} from 'marginalia';
import type { GlyphImages, Tensor, TensorFlow, Variable } from 'marginalia';

// REX: Revisiting Budgeted Training with an Improved Schedule
// Chen, Wolfe and Kyrillidis, MLSys 2022, arXiv 2107.04197
//
// A learning-rate schedule is a profile over the share of the budget that is used, sampled at some interval (equation:
// Profile and sampling rate). REX mirrors an exponential decay (equation: Schedule): it stays high for most of the run, so
// that more area lies under it than under a line or a cosine (equation: Area under the profile), and still ends at zero.
// Here one small network is trained with each schedule on 2, 10, 40 and 100 % of a full budget.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet rex-schedule
/**
 * Learning rate of the REX schedule (reflected exponential).
 *
 * @param step 0-based update.
 * @param totalSteps updates in the budget that is really used.
 * @param baseRate initial rate.
 * @returns the rate for this update; 0 from `totalSteps` on.
 */
export function rexSchedule(step: number, totalSteps: number, baseRate: number): number {
  if (step >= totalSteps) return 0;
  const left = 1 - step / totalSteps;
  return (baseRate * left) / (0.5 + 0.5 * left);
}
// #endregion

// --- The other schedules: profiles over the used share of the budget, 0 to 1 --------------------------------------------

const profiles = {
  linear: (used: number) => 1 - used,
  cosine: (used: number) => (1 + Math.cos(Math.PI * used)) / 2,
  step: (used: number) => (used < 0.5 ? 1 : used < 0.75 ? 0.1 : 0.01),
  exponential: (used: number) => Math.exp(-3 * used),
  constant: () => 1,
};

function rateOf(arm: 'rex' | keyof typeof profiles, step: number, total: number, base: number): number {
  return arm === 'rex' ? rexSchedule(step, total, base) : base * profiles[arm](step / total);
}

// --- Training -----------------------------------------------------------------------------------------------------------

/** Takes one step with the gradients, which come in the order of the variables. */
interface Optimiser {
  readonly update: (rate: number, gradients: readonly Tensor[]) => void;
  readonly dispose: () => void;
}

/** v <- 0.9 v + gradient, theta <- theta - rate v, from v = 0. */
function heavyBall(tf: TensorFlow, variables: readonly Variable[]): Optimiser {
  const optimizer = tf.train.momentum(1, 0.9);
  return {
    update(rate, gradients) {
      optimizer.setLearningRate(rate);
      optimizer.applyGradients(variables.map(({ name }, i) => ({ name, tensor: gradients[i]! })));
    },
    dispose: () => optimizer.dispose(),
  };
}

/** Adam with its usual decays, 0.9 and 0.999; a tenth of the rate suits it. */
function adamAtATenth(tf: TensorFlow, variables: readonly Variable[]): Optimiser {
  const firsts = variables.map((variable) => variableOf(tf, () => tf.zerosLike(variable)));
  const seconds = variables.map((variable) => variableOf(tf, () => tf.zerosLike(variable)));
  let steps = 0;
  return {
    update: (rate, gradients) => {
      steps++;
      const corrected = ((rate / 10) * Math.sqrt(1 - 0.999 ** steps)) / (1 - 0.9 ** steps);
      variables.forEach((variable, i) => {
        const [first, second, gradient] = [firsts[i]!, seconds[i]!, gradients[i]!];
        first.assign(tf.add(tf.mul(first, 0.9), tf.mul(gradient, 0.1)));
        second.assign(tf.add(tf.mul(second, 0.999), tf.mul(tf.square(gradient), 0.001)));
        variable.assign(tf.sub(variable, tf.mul(tf.div(first, tf.add(tf.sqrt(second), 1e-8)), corrected)));
      });
    },
    dispose: () => tf.dispose([...firsts, ...seconds]),
  };
}

/** The images with these numbers, [count, 64], and their classes one-hot, [count, 10]. */
function batchOf(tf: TensorFlow, { pixels, labels }: GlyphImages, numbers: readonly number[]) {
  const images = new Float32Array(numbers.length * 64);
  const oneHot = new Float32Array(numbers.length * 10);
  for (const [row, n] of numbers.entries()) {
    images.set(pixels.subarray(n * 64, n * 64 + 64), row * 64);
    oneHot[row * 10 + labels[n]!] = 1;
  }
  return { images: tf.tensor2d(images, [numbers.length, 64]), targets: tf.tensor2d(oneHot, [numbers.length, 10]) };
}

// --- The experiment -----------------------------------------------------------------------------------------------------

/** Percent of the full budget. */
const budgets = [2, 10, 40, 100];

export default experiment({
  paper: 'rex',
  question:
    'With one initial rate and no other tuning, which schedule gives the lowest test loss when the budget is 2 %, 10 %, 40 % or 100 % of a full run?',
  compute: 'autodiff',
  // On par with the best at 100 % is a matter of a few percent: fewer seeds leave it open.
  seeds: 8,
  params: {
    t_max: int(2000, { min: 200, max: 20000, about: 'updates of the 100 % budget' }),
    base_lr: float(0.03, { min: 0.001, max: 0.3, about: 'initial rate, shared by all schedules' }),
    sigma: float(1.6, { min: 0.3, max: 3, about: 'pixel noise' }),
    pool: int(40_000, { min: 1_000, max: 100_000, about: 'training images; batches are drawn from them' }),
    batch: int(32, { min: 8, max: 256, about: 'images in a batch' }),
    optimizer: choice('momentum', {
      choices: ['momentum', 'adam'],
      about: 'heavy ball, or Adam at a tenth of the rate',
    }),
    sampling: choice('update', {
      choices: ['update', 'tenth'],
      about: 'rate taken from the profile at every update, or held for a tenth of the budget at a time',
    }),
  },
  arms: {
    rex: { role: 'method', about: 'reflected exponential, from the rate to 0' },
    linear: { role: 'baseline', about: 'falls in a line to 0' },
    cosine: { role: 'baseline', about: 'half a cosine, from 1 to 0' },
    step: { role: 'baseline', about: 'a tenth at half of the budget, a hundredth at three quarters' },
    exponential: { role: 'baseline', about: 'exp(-3) of the rate is left at the end' },
    constant: { role: 'baseline', about: 'no decay' },
  },
  metrics: {
    test_loss: {
      better: 'lower',
      unit: 'nats',
      about: 'mean test cross-entropy at the end of a budget',
      step: 'percent of the full budget',
      stepScale: 'log',
      scale: 'log',
    },
    test_error: {
      better: 'lower',
      unit: 'fraction',
      about: 'misclassified test images at the end of a budget',
      step: 'percent of the full budget',
      stepScale: 'log',
    },
    running_loss: { better: 'lower', unit: 'nats', about: 'test cross-entropy within the full budget', step: 'update' },
    learning_rate: { better: 'neither', unit: 'per update', about: 'rate within the full budget', step: 'update' },
  },

  trial({ arm, params, rng, tf, log, progress }) {
    const { t_max, base_lr, sigma, pool: poolSize, batch, optimizer, sampling } = params;
    const draw = createGlyphs(rng.split('prototypes'));
    const pool = draw(poolSize, sigma, rng.split('training images'));
    const test = draw(3_000, sigma, rng.split('test images'));
    const { images, targets } = batchOf(tf, test, [...test.labels.keys()]);
    const allUpdates = budgets.map((share) => Math.round((t_max * share) / 100));
    let done = 0;

    for (const [i, updates] of allUpdates.entries()) {
      const isFull = i === budgets.length - 1;
      const interval = sampling === 'update' ? 1 : Math.ceil(updates / 10);
      // The same first weights and the same batches for every budget and schedule.
      const net = mlp(tf, rng.split('weights'), [64, 64, 10]);
      const batches = rng.split('batches');
      const optimiser = optimizer === 'adam' ? adamAtATenth(tf, net.variables) : heavyBall(tf, net.variables);
      const testLoss = () => tf.tidy(() => softmaxCrossEntropy(tf, targets, net.logits(images)).dataSync()[0]!);

      for (let t = 0; t < updates; t++) {
        const rate = rateOf(arm, interval * Math.floor(t / interval), updates, base_lr);
        if (isFull && t % Math.ceil(updates / 200) === 0) log(t, { learning_rate: rate });
        if (isFull && t % Math.ceil(updates / 25) === 0) log(t, { running_loss: testLoss() });
        tf.tidy(() => {
          const drawn = Array.from({ length: batch }, () => batches.int(0, pool.labels.length));
          const data = batchOf(tf, pool, drawn);
          const loss = () => softmaxCrossEntropy(tf, data.targets, net.logits(data.images));
          const { grads } = tf.variableGrads(loss, [...net.variables]);
          optimiser.update(
            rate,
            net.variables.map((variable) => grads[variable.name]!),
          );
        });
        if (++done % 20 === 0) progress(done / allUpdates.reduce((sum, some) => sum + some, 0));
      }

      const loss = testLoss();
      const guesses = tf.tidy(() => tf.argMax(net.logits(images), 1).dataSync());
      const wrong = test.labels.filter((label, n) => label !== guesses[n]).length / test.labels.length;
      log(budgets[i]!, { test_loss: loss, test_error: wrong });
      if (isFull) log(updates, { running_loss: loss });
      net.dispose();
      optimiser.dispose();
    }
    tf.dispose([images, targets]);
  },

  claim: {
    statement:
      'REX beats the linear schedule and all other decaying profiles when the budget is small, and is on par with the best of all when the budget is large, without tuning anything but the initial rate.',
    // All arms of a seed share images, first weights and batches, so losses are compared seed by seed.
    check({ paired }) {
      const decays = ['linear', 'cosine', 'step', 'exponential'] as const;
      const ratioAt = (share: number, rivals: readonly (keyof typeof profiles)[]) => {
        const i = budgets.indexOf(share);
        return paired((curves) => {
          const losses = rivals.map((rival) => curves(rival, 'test_loss').values[i]!);
          return curves('rex', 'test_loss').values[i]! / Math.min(...losses);
        });
      };
      const small = [2, 10, 40];
      return [
        atMost(
          'test loss at small budgets, REX over linear',
          mean(small.map((share) => ratioAt(share, ['linear']))),
          0.975,
        ),
        ...small.map((share) => atMost(`test loss at ${share} %, REX over best decay`, ratioAt(share, decays), 1)),
        atMost('test loss at 100 %, REX over best of all', ratioAt(100, [...decays, 'constant']), 1.04),
      ];
    },
  },
});
