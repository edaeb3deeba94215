import { accuracy, atLeast, createGlyphs, crossEntropies, denseNetwork, experiment, float } from 'marginalia';
import { glyphBatch, int, mean, type Rng } from 'marginalia';

// Counter-Current Learning: A Biologically Plausible Dual Network Approach for Deep Learning
// Kao and Hariharan, NeurIPS 2024, arXiv 2409.19841
//
// A second network runs from the label to the input (equation: Forward and feedback passes), and each layer of either network
// is pulled towards its counterpart by a loss of its own (equation: Local losses); only the last forward layer learns from
// cross-entropy (equation: Output layer). No gradient crosses a layer: here each layer is a network of its own, which is given
// numbers and an error of its own outputs, and hands back nothing.

// --- The method ---------------------------------------------------------------------------------------------------------

// #region snippet counter-current
/**
 * The local loss of one pair of layers (equation: Local losses): the cosine of each image with each class's feedback should be
 * 1 for its own class and 0 for the others. Mean over the images, summed over the classes.
 *
 * @param forward activations, [batch][width].
 * @param feedback activations of the matching feedback layer, one row a class, [classes][width].
 * @param labels class of each row of `forward`.
 * @returns the loss and its gradients, which go to these two layers and no further.
 */
export function ccLocalLoss(
  forward: number[][],
  feedback: number[][],
  labels: number[],
): { loss: number; dForward: number[][]; dFeedback: number[][] } {
  const directions = (rows: number[][]) =>
    rows.map((row) => {
      const length = Math.max(Math.sqrt(row.reduce((sum, value) => sum + value * value, 0)), 1e-12);
      return { length, unit: row.map((value) => value / length) };
    });
  const [a, b] = [directions(forward), directions(feedback)];
  const [toForward, toFeedback] = [forward, feedback].map((rows) => rows.map((row) => row.map(() => 0)));
  let loss = 0;
  for (let n = 0; n < a.length; n++) {
    for (let k = 0; k < b.length; k++) {
      const [u, v, du, dv] = [a[n]!.unit, b[k]!.unit, toForward![n]!, toFeedback![k]!];
      let error = labels[n] === k ? -1 : 0;
      for (let j = 0; j < u.length; j++) error += u[j]! * v[j]!;
      loss += error ** 2 / a.length;
      const slope = (2 * error) / a.length;
      for (let j = 0; j < u.length; j++) {
        du[j]! += slope * v[j]!;
        dv[j]! += slope * u[j]!;
      }
    }
  }
  // An activation's length does not matter: what is left of the gradient lies across it.
  const across = (gradients: number[][], rows: typeof a) =>
    rows.map(({ unit, length }, n) => {
      const along = gradients[n]!.reduce((sum, value, j) => sum + value * unit[j]!, 0);
      return gradients[n]!.map((value, j) => (value - along * unit[j]!) / length);
    });
  return { loss, dForward: across(toForward!, a), dFeedback: across(toFeedback!, b) };
}
// #endregion

/** Mean cosine of images with their own class's feedback, minus that with the other classes'; and all of them by class. */
export function alignmentOf(forward: number[][], feedback: number[][], labels: ArrayLike<number>) {
  const length = (row: readonly number[]) => Math.hypot(...row) || 1;
  // The mean cosine of a class's images is the cosine with the mean of their directions.
  const means = feedback.map((row) => row.map(() => 0));
  const counts = feedback.map(() => 0);
  forward.forEach((row, n) => {
    const [own, size] = [means[labels[n]!]!, length(row)];
    for (let j = 0; j < row.length; j++) own[j]! += row[j]! / size;
    counts[labels[n]!]!++;
  });
  const cosines = means.map((sums, c) =>
    feedback.map((row) => row.reduce((sum, v, j) => sum + v * sums[j]!, 0) / length(row) / Math.max(1, counts[c]!)),
  );
  const own = mean(cosines.map((row, c) => row[c]!));
  return { cosines, alignment: (own - mean(cosines.flat())) * (10 / 9) };
}

// --- Networks ---------------------------------------------------------------------------------------------------------------

const elu = (z: number) => (z > 0 ? z : Math.exp(z) - 1);
const eluSlope = (value: number) => (value > 0 ? 1 : value + 1); // From the value of ELU.

const optimizer = { type: 'sgd', rate: 1 } as const;
/** A chain of layers without biases, ELU after each but the last. A layer sees numbers and an error, nothing behind it. */
export function chain(rng: Rng, sizes: readonly number[]) {
  const layers = sizes.slice(1).map((outputs, i) => {
    const layer = denseNetwork(rng, { sizes: [sizes[i]!, outputs], activation: 'linear', optimizer });
    const bound = 1 / Math.sqrt(sizes[i]!);
    const isWeight = (n: number) => n < sizes[i]! * outputs;
    layer.writeParameters(layer.readParameters().map((_, n) => (isWeight(n) ? rng.uniform(-bound, bound) : 0)));
    return layer;
  });
  let activations: Float32Array[] = [];
  return {
    layers,
    /** Activations of all layers for these inputs, the inputs themselves first. */
    forward(inputs: Float32Array, rows: number): Float32Array[] {
      activations = [inputs];
      layers.forEach((layer, i) => {
        const sums = layer.forward(activations[i]!, rows);
        activations.push(i < layers.length - 1 ? sums.map(elu) : sums);
      });
      return activations;
    },
    /** Gradient of a layer's weights where `error` is that of its activations, after `forward`. */
    weightGradient(i: number, error: ArrayLike<number>): Float32Array {
      const own = new Float32Array(error);
      if (i < layers.length - 1) for (let n = 0; n < own.length; n++) own[n]! *= eluSlope(activations[i + 1]![n]!);
      layers[i]!.backward(own);
      return layers[i]!.gradient().fill(0, sizes[i]! * sizes[i + 1]!); // The biases stay at zero.
    },
    /** One step down these gradients, which are cut together to a norm of 1. A layer without one stays. */
    step(gradients: readonly (Float32Array | undefined)[], rate: number): void {
      const norm = Math.sqrt(gradients.reduce((sum, one) => sum + (one?.reduce((s, g) => s + g * g, 0) ?? 0), 0));
      layers.forEach((layer, i) => {
        layer.rate = rate / Math.max(1, norm);
        if (gradients[i]) layer.step(gradients[i]);
      });
    },
  };
}

function rowsOf(values: Float32Array, rows: number): number[][] {
  const width = values.length / rows;
  return Array.from({ length: rows }, (_, n) => Array.from(values.subarray(n * width, (n + 1) * width)));
}

function flat(rows: readonly (readonly number[])[], factor: number): Float32Array {
  const width = rows[0]!.length;
  const result = new Float32Array(rows.length * width);
  for (const [n, row] of rows.entries()) for (let j = 0; j < width; j++) result[n * width + j] = factor * row[j]!;
  return result;
}

// --- The testbed: classes of two pictures each --------------------------------------------------------------------------------

function drawImages(sets: readonly ReturnType<typeof createGlyphs>[], count: number, rng: Rng) {
  const [pixels, labels] = [new Float32Array(count * 64), new Uint8Array(count)];
  sets.forEach((draw, i) => {
    const half = draw(count / 2, 1.2, rng);
    half.pixels.forEach((value, j) => (pixels[i * half.pixels.length + j] = value / 1.5));
    labels.set(half.labels, i * half.labels.length);
  });
  return { pixels, labels };
}

// --- The experiment -----------------------------------------------------------------------------------------------------

const [batch, testImages] = [32, 1000];
const classes = Float32Array.from({ length: 100 }, (_, i) => (i % 11 === 0 ? 1 : 0));
const layerMetric = { better: 'higher', unit: 'cosine', step: 'update' } as const;

export default experiment({
  paper: 'counter-current-learning',
  question:
    'Can a four-layer network trained only with counter-current local losses approach back-propagation, and is it the learned feedback network that does it?',
  seeds: 5,
  params: {
    updates: int(1500, { min: 50, max: 10_000, about: 'training updates on batches of 32' }),
    width: int(48, { min: 8, max: 128, about: 'units of each of the three hidden layers' }),
    lr: float(0.3, { min: 0.05, max: 2, about: 'rate, of both networks' }),
    loss_scale: float(4, { min: 0.1, max: 20, about: 'weight c of the local losses' }),
  },
  arms: {
    ccl: { role: 'method', about: 'both networks learn from local losses' },
    backprop: { role: 'baseline', about: 'the forward network learns from cross-entropy through all layers' },
    direct_feedback: { role: 'baseline', about: 'the output error comes to each layer through a fixed matrix' },
    output_only: { role: 'ablation', about: 'only the last layer learns' },
    fixed_feedback: { role: 'ablation', about: 'counter-current, the feedback network does not learn' },
    shuffled: { role: 'ablation', about: 'counter-current, labels of the local losses permuted in each batch' },
  },
  metrics: {
    test_acc: { better: 'higher', unit: 'fraction', about: 'of the forward network alone', step: 'update' },
    alignment_1: { ...layerMetric, about: 'of first hidden layers, own class minus others' },
    alignment_2: { ...layerMetric, about: 'of second hidden layers, own class minus others' },
    alignment_3: { ...layerMetric, about: 'of third hidden layers, own class minus others' },
  },

  trial({ arm, params, rng, log, show, progress }) {
    const { updates, width, lr, loss_scale } = params;
    const sets = ['A', 'B'].map((name) => createGlyphs(rng.split(`prototypes ${name}`)));
    const train = drawImages(sets, 4000, rng.split('training images'));
    const test = drawImages(sets, testImages, rng.split('test images'));
    const forward = chain(rng.split('forward network'), [64, width, width, width, 10]);
    const back = chain(rng.split('feedback network'), [10, width, width, width, 64]);
    const matrices = [1, 2, 3].map((l) => chain(rng.split(`fixed matrix ${l}`), [10, width]));
    const [batches, shuffles] = [rng.split('batches'), rng.split('shuffled labels')];

    for (let update = 0; update <= updates; update++) {
      if (update % Math.ceil(updates / 10) === 0 || update === updates) {
        const a = forward.forward(test.pixels, testImages);
        const b = back.forward(classes, 10);
        const pairs = [1, 2, 3].map((l) => alignmentOf(rowsOf(a[l]!, testImages), rowsOf(b[4 - l]!, 10), test.labels));
        pairs.forEach(({ alignment }, i) => log(update, { [`alignment_${i + 1}`]: alignment }));
        log(update, { test_acc: accuracy(a[4]!, test.labels) });
        show('cosines', {
          title: 'Cosine of the third hidden layers',
          x: { label: 'class of the feedback', min: 0, max: 10 },
          y: { label: 'class of the image', min: 0, max: 10 },
          layers: [{ type: 'heatmap', label: 'cosine', values: pairs[2]!.cosines, min: -1, max: 1 }],
        });
        progress(update / updates);
      }
      if (update === updates) break;
      const numbers = Array.from({ length: batch }, () => batches.int(0, train.labels.length));
      const labels = numbers.map((n) => train.labels[n]!);
      const a = forward.forward(glyphBatch(train, numbers).inputs, batch);
      const ofOutput = new Float32Array(crossEntropies(a[4]!, labels).gradient.map((value) => value / batch));
      const ofForward: (Float32Array | undefined)[] = [];
      ofForward[3] = forward.weightGradient(3, ofOutput);
      if (arm === 'ccl' || arm === 'fixed_feedback' || arm === 'shuffled') {
        const b = back.forward(classes, 10);
        const ofFeedback: Float32Array[] = [];
        const targets = arm === 'shuffled' ? shuffles.shuffle(labels) : labels;
        // Layer l of the forward network meets layer 4 - l of the feedback network; l = 0 are the images themselves.
        for (let l = 0; l < 4; l++) {
          const local = ccLocalLoss(rowsOf(a[l]!, batch), rowsOf(b[4 - l]!, 10), targets);
          if (l > 0) ofForward[l - 1] = forward.weightGradient(l - 1, flat(local.dForward, loss_scale));
          ofFeedback[3 - l] = back.weightGradient(3 - l, flat(local.dFeedback, loss_scale));
        }
        if (arm !== 'fixed_feedback') back.step(ofFeedback, lr);
      } else if (arm !== 'output_only') {
        for (let l = 2; l >= 0; l--) {
          const above = () => forward.layers[l + 1]!.inputGradient();
          const error = arm === 'backprop' ? above() : matrices[l]!.forward(ofOutput, batch)[1]!;
          ofForward[l] = forward.weightGradient(l, error);
        }
      }
      forward.step(ofForward, lr);
    }
  },

  claim: {
    statement:
      'Purely local counter-current losses train hidden layers to accuracy comparable with back-propagation, while the two networks align layer by layer.',
    check({ paired, final }) {
      const ahead = (rival: 'backprop' | 'output_only' | 'fixed_feedback', metric: 'test_acc' | 'alignment_3') =>
        paired((of) => of('ccl', metric).values.at(-1)! - of(rival, metric).values.at(-1)!);
      return [
        atLeast('test accuracy, counter-current minus back-propagation', ahead('backprop', 'test_acc'), -0.1),
        atLeast('test accuracy, counter-current minus last layer only', ahead('output_only', 'test_acc'), 0.25),
        atLeast('test accuracy, counter-current minus fixed feedback', ahead('fixed_feedback', 'test_acc'), 0.02),
        atLeast('alignment of the third layers at the end', final('ccl', 'alignment_3'), 0.6),
        atLeast('the same, minus that with fixed feedback', ahead('fixed_feedback', 'alignment_3'), 0.1),
      ];
    },
  },
});
