import { accuracy, atLeast, atMost, correlation, createGlyphs, crossEntropies, denseNetwork } from 'marginalia';
import { experiment, float, glyphBatch, int, mean } from 'marginalia';
import type { DenseNetwork, GlyphImages, Numbers, Rng } from 'marginalia';

// A Unified and General Framework for Continual Learning
// Wang, Li, Shen and Huang, ICLR 2024, arXiv 2403.13249
//
// Refresh learning wraps any continual-learning loss, here that of replay (equation: Unified objective with alpha = beta = 0
// and the replayed images in the task's loss): before each step down, a smaller one up along the inverse-Fisher gradient
// (equations: Unlearn, Relearn). The step down then knows the curvature, so that the pair of steps prefers a small
// Fisher-weighted gradient norm, which is to say flat places (equation: What it minimises (approximately)).

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet refresh-step
/**
 * One step of refresh learning (equations: Unlearn, Relearn). The weights go on from where unlearning took them, so the net
 * step is about eta - J gamma.
 *
 * @param theta weights, flat.
 * @param grad gradient of the continual-learning loss on the current batch.
 * @param fisher running mean of squared gradients: the diagonal Fisher information.
 * @param o J unlearning steps of rate gamma, a relearning step of rate eta; the inverse Fisher is damp / (damp + fisher), and
 * `noise` scales the noise of unlearning, whose numbers `normal` draws.
 * @returns the new weights.
 */
export function refreshStep(
  theta: Float32Array,
  grad: (t: Float32Array) => Float32Array,
  fisher: Float32Array,
  o: { gamma: number; eta: number; damp: number; noise: number; J: number; normal: () => number },
): Float32Array {
  const next = theta.slice();
  for (let j = 0; j < o.J; j++) {
    const g = grad(next);
    for (let i = 0; i < next.length; i++) {
      const inverse = o.damp / (o.damp + fisher[i]!);
      const noise = o.noise > 0 ? o.noise * Math.sqrt(2 * o.gamma * inverse) * o.normal() : 0;
      next[i] = next[i]! + o.gamma * inverse * g[i]! + noise;
    }
  }
  const g = grad(next);
  for (let i = 0; i < next.length; i++) next[i]! -= o.eta * g[i]!;
  return next;
}
// #endregion

// --- A network's loss, and what is measured of it ------------------------------------------------------------------------------

/** Images, their classes, and how much each counts in the loss. */
export interface Batch {
  readonly pixels: Float32Array;
  readonly labels: readonly number[];
  readonly weights: readonly number[];
}

/** Loss of a network, the weighted sum of cross-entropies, with its gradient, for any parameters. */
export function lossOf(network: DenseNetwork, { pixels, labels, weights }: Batch) {
  const run = (theta: Float32Array) => {
    network.writeParameters(theta);
    return crossEntropies(network.forward(pixels, labels.length), labels);
  };
  return {
    at: (theta: Float32Array) => run(theta).losses.reduce((sum, loss, n) => sum + weights[n]! * loss, 0),
    gradient: (theta: Float32Array): Float32Array => {
      const { gradient } = run(theta);
      for (let i = 0; i < gradient.length; i++) gradient[i]! *= weights[Math.floor(i / 10)]!;
      network.backward(gradient);
      return network.gradient();
    },
  };
}

const dot = (a: Numbers, b: Numbers) => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};
const moved = (theta: Float32Array, by: number, along: Float32Array) => theta.map((t, i) => t + by * along[i]!);
const unit = (list: Float32Array) => {
  const length = Math.sqrt(dot(list, list));
  return list.map((value) => value / length);
};

type Gradient = (theta: Float32Array) => Float32Array;
/**
 * Correlation, over random directions, of what a little unlearning changes in the gradient with the slope of the penalty
 * g' F^-1 g / 2, by differences (short ones, for ReLU has kinks): the theorem that the pair of steps descends this penalty.
 */
export function identityCorrelation(gradient: Gradient, theta: Float32Array, inverse: Float32Array, rng: Rng): number {
  const penalty = (t: Float32Array) => gradient(t).reduce((sum, g, i) => sum + (inverse[i]! * g * g) / 2, 0);
  const g = gradient(theta);
  const up = g.map((value, i) => value * inverse[i]!);
  const change = moved(gradient(moved(theta, 3e-4, up)), -1, g);
  const directions = Array.from({ length: 20 }, () => unit(theta.map(() => rng.normal())));
  const changes = directions.map((u) => dot(u, change));
  const slopes = directions.map((u) => penalty(moved(theta, 3e-5, u)) - penalty(moved(theta, -3e-5, u)));
  return correlation(changes, slopes);
}

// --- The experiment -----------------------------------------------------------------------------------------------------

const tasks = [0, 1, 2, 3, 4] as const;
const optimizer = { type: 'sgd', rate: 1 } as const;
const distances = [-0.4, -0.2, -0.1, 0, 0.1, 0.2, 0.4];
/** By arm: multiple of the steps' sizes, and what stands in the place of unlearning. */
const recipes = {
  refresh: [1, 'unlearn'],
  refresh_large: [2, 'unlearn'],
  replay: [1, 'nothing'],
  replay_large: [2, 'nothing'],
  random: [1, 'random move'],
  restored: [1, 'unlearn and come back'],
  fine_tuning: [1, 'nothing'],
} as const;

export default experiment({
  paper: 'refresh-learning',
  question:
    'Does wrapping replay in unlearn-then-relearn lead to flatter solutions (smaller loss rise and gradient norm per unit of loss) than plain replay with the same net step, and what does it do to accuracy?',
  seeds: 20,
  params: {
    gamma: float(0.05, { min: 0, max: 0.2, about: 'rate of unlearning; that of relearning is gamma + net_step' }),
    net_step: float(0.05, { min: 0.01, max: 0.2, about: 'rate of relearning minus unlearning; that of plain replay' }),
    damp: float(1, { min: 0.001, max: 10, about: 'damping of the Fisher information' }),
    noise: float(0, { min: 0, max: 1, about: 'scale of the noise of unlearning' }),
    memory: int(50, { min: 16, max: 500, about: 'images that are kept for replay' }),
    epochs: int(8, { min: 1, max: 50, about: 'passes over the images of a task' }),
  },
  arms: {
    refresh: { role: 'method', about: 'refresh learning' },
    refresh_large: { role: 'method', about: 'refresh learning with twice the steps, up and down' },
    replay: { role: 'baseline', about: 'plain replay with the net step' },
    replay_large: { role: 'baseline', about: 'plain replay with twice the net step' },
    random: { role: 'ablation', about: 'a random move of the same length instead of unlearning, then the net step' },
    restored: { role: 'baseline', about: 'comes back after unlearning and takes the net step there (as SAM does)' },
    fine_tuning: { role: 'baseline', about: 'no replay' },
  },
  metrics: {
    flat_ratio: { better: 'lower', unit: 'ratio', about: 'rise 0.2 up the gradient, over the loss', step: 'task' },
    loss: { better: 'lower', unit: 'nats', about: 'on the task and the memory', step: 'task', scale: 'log' },
    avg_acc: { better: 'higher', unit: 'fraction', about: 'test accuracy, mean over the tasks so far', step: 'task' },
    forgetting: { better: 'lower', unit: 'fraction', about: 'best minus final accuracy, first four tasks' },
    identity_corr: { better: 'higher', unit: 'correlation', about: 'of unlearning with the slope of the penalty' },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { gamma, net_step, damp, noise, memory: capacity, epochs } = params;
    const draw = createGlyphs(rng.split('prototypes'));
    const train = draw(1000, 1.3, rng.split('training images'));
    const test = draw(1000, 1.3, rng.split('test images'));
    const order = rng.split('order').shuffle([...tasks, ...tasks.map((task) => task + 5)]);
    const ofTask = ({ labels }: GlyphImages, task: number) =>
      [...labels.keys()].filter((n) => Math.floor(order.indexOf(labels[n]!) / 2) === task);
    const batchOf = (images: GlyphImages, parts: readonly (readonly number[])[]): Batch => ({
      pixels: glyphBatch(images, parts.flat()).inputs,
      labels: parts.flat().map((n) => images.labels[n]!),
      weights: parts.flatMap((part) => part.map(() => 1 / part.length)),
    });
    const [factor, unlearning] = recipes[arm];
    const [batches, moves] = [rng.split('batches'), rng.split('moves')];
    const options = { gamma: factor * gamma, damp, noise, normal: () => moves.normal() };
    const net = factor * net_step;

    const network = denseNetwork(rng.split('weights'), { sizes: [64, 64, 10], activation: 'relu', optimizer });
    let theta = network.readParameters();
    const fisher = theta.map(() => 0);
    const memory: number[] = [];
    let seen = 0;
    const best = [0, 0, 0, 0, 0];
    for (const task of tasks) {
      const own = ofTask(train, task);
      for (let epoch = 0; epoch < epochs; epoch++) {
        const shuffled = batches.shuffle(own);
        for (let i = 0; i < shuffled.length; i += 16) {
          const fresh = shuffled.slice(i, i + 16);
          const replayed = batches.shuffle(memory).slice(0, 16);
          const { gradient } = lossOf(network, batchOf(train, arm === 'fine_tuning' ? [fresh] : [fresh, replayed]));
          const g = gradient(theta);
          g.forEach((value, k) => (fisher[k] = 0.95 * fisher[k]! + 0.05 * value ** 2));
          if (unlearning === 'unlearn') {
            theta = refreshStep(theta, gradient, fisher, { ...options, eta: options.gamma + net, J: 1 });
          } else if (unlearning === 'unlearn and come back') {
            theta = moved(theta, -net, gradient(refreshStep(theta, gradient, fisher, { ...options, eta: 0, J: 1 })));
          } else {
            if (unlearning === 'random move') {
              const direction = unit(theta.map(() => moves.uniform(-1, 1)));
              theta = moved(theta, options.gamma * Math.sqrt(dot(g, g)), direction);
            }
            theta = refreshStep(theta, gradient, fisher, { ...options, eta: net, J: 0 });
          }
          // Reservoir: every image so far is in the memory with the same probability.
          for (const n of epoch === 0 ? fresh : []) {
            const place = seen < capacity ? seen : batches.int(0, seen + 1);
            if (place < capacity) memory[place] = n;
            seen++;
          }
        }
      }
      if (task === 0) {
        const { gradient } = lossOf(network, batchOf(train, [own]));
        const inverse = fisher.map((value) => damp / (damp + value));
        log(0, { identity_corr: identityCorrelation(gradient, theta, inverse, rng.split('directions')) });
      }
      network.writeParameters(theta);
      const accuracies = tasks.slice(0, task + 1).map((old) => {
        const { pixels, labels } = batchOf(test, [ofTask(test, old)]);
        return accuracy(network.forward(pixels, labels.length), labels);
      });
      accuracies.forEach((value, old) => (best[old] = Math.max(best[old]!, value)));
      const { at, gradient } = lossOf(network, batchOf(train, [[...own, ...memory]]));
      const up = unit(gradient(theta));
      const along = distances.map((distance) => at(moved(theta, distance, up)));
      const loss = at(theta);
      log(task + 1, { flat_ratio: along[5]! / loss - 1, loss, avg_acc: mean(accuracies) });
      if (task === 4) log(5, { forgetting: mean(tasks.slice(0, 4).map((old) => best[old]! - accuracies[old]!)) });
      show('slice', {
        title: 'Loss along its gradient around the weights, after the last task',
        x: { label: 'distance' },
        y: { label: 'nats' },
        layers: [{ type: 'line', label: 'loss', x: distances, y: along }],
      });
      progress((task + 1) / 5);
    }
  },

  claim: {
    statement:
      'Unlearning the current data a little before learning it acts as a penalty on the Fisher-weighted gradient norm and so finds flatter minima, usable on top of any replay or regularisation method.',
    check({ paired, final }) {
      type Arm = 'refresh' | 'refresh_large' | 'replay' | 'replay_large';
      const flatter = (method: Arm, plain: Arm) =>
        paired((of) => of(method, 'flat_ratio').values.at(-1)! / of(plain, 'flat_ratio').values.at(-1)!);
      const ahead = (method: Arm, plain: Arm) =>
        paired((of) => of(method, 'avg_acc').values.at(-1)! - of(plain, 'avg_acc').values.at(-1)!, 'mean');
      return [
        atMost('rise over loss, refresh over plain replay', flatter('refresh', 'replay'), 0.85),
        atMost('the same with twice the steps', flatter('refresh_large', 'replay_large'), 0.85),
        atLeast('accuracy, refresh minus plain replay', ahead('refresh', 'replay'), -0.08),
        atLeast('the same with twice the steps', ahead('refresh_large', 'replay_large'), -0.08),
        atLeast('correlation with the slope of the penalty', final('refresh', 'identity_corr'), 0.95),
      ];
    },
  },
});
