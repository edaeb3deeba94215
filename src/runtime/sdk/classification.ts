/** Rows of features, each with the number of its class. */
export interface LabelledRows {
  /** [count, features]. */
  readonly inputs: Float32Array;
  /** Class of each row, from 0. */
  readonly labels: ArrayLike<number>;
}

/**
 * Some of the rows, as `denseNetwork` trains on them.
 *
 * @param numbers which of them, from 0, in this order; one may come more than once.
 * @param classes that there are.
 * @returns inputs [numbers, features] and targets [numbers, classes], one-hot.
 * @throws RangeError where the inputs are no rows of one length.
 */
export function classBatch(
  { inputs, labels }: LabelledRows,
  numbers: ArrayLike<number>,
  classes: number,
): { readonly inputs: Float32Array; readonly targets: Float32Array } {
  const features = rowLength('classBatch', 'inputs', inputs, labels);
  const rows = new Float32Array(numbers.length * features);
  const targets = new Float32Array(numbers.length * classes);
  for (let row = 0; row < numbers.length; row++) {
    const n = numbers[row]!;
    rows.set(inputs.subarray(n * features, (n + 1) * features), row * features);
    targets[row * classes + labels[n]!] = 1;
  }
  return { inputs: rows, targets };
}

/**
 * The class of the largest output of each row; of equal ones the first.
 *
 * @param outputs [count, classes].
 */
export function likeliestClasses(outputs: ArrayLike<number>, classes: number): Uint8Array {
  return Uint8Array.from({ length: outputs.length / classes }, (_, n) => {
    let best = 0;
    for (let k = 1; k < classes; k++) if (outputs[n * classes + k]! > outputs[n * classes + best]!) best = k;
    return best;
  });
}

/**
 * Share of rows whose largest output is that of their class; of equal ones the first counts.
 *
 * @param outputs [count, classes].
 * @param labels class of each row, from 0.
 */
export function accuracy(outputs: ArrayLike<number>, labels: ArrayLike<number>): number {
  const classes = rowLength('accuracy', 'outputs', outputs, labels);
  return likeliestClasses(outputs, classes).filter((best, n) => best === labels[n]).length / labels.length;
}

/**
 * Area under the ROC curve: the share of pairs of a positive and a negative row in which the positive one has the higher
 * score; equal scores count half. NaN where one of the two kinds is missing.
 *
 * @param positive as long as the scores.
 */
export function areaUnderCurve(scores: ArrayLike<number>, positive: readonly boolean[]): number {
  const order = positive.map((_, n) => n).sort((a, b) => scores[a]! - scores[b]!);
  let [below, above, right] = [0, 0, 0];
  for (let i = 0; i < order.length;) {
    const score = scores[order[i]!];
    let [positives, negatives] = [0, 0];
    for (; i < order.length && scores[order[i]!] === score; i++) {
      if (positive[order[i]!]) positives++;
      else negatives++;
    }
    right += positives * (below + negatives / 2);
    below += negatives;
    above += positives;
  }
  return right / (below * above);
}

/**
 * Cross-entropy of softmax predictions row by row, for losses that weigh rows on their own.
 *
 * @param outputs [count, classes].
 * @param labels class of each row, from 0.
 * @returns the loss of each row in nats, and how it changes with each output of the row, [count, classes].
 */
export function crossEntropies(
  outputs: ArrayLike<number>,
  labels: ArrayLike<number>,
): { readonly losses: Float64Array; readonly gradient: Float64Array } {
  const classes = rowLength('crossEntropies', 'outputs', outputs, labels);
  const losses = new Float64Array(labels.length);
  const gradient = new Float64Array(outputs.length);
  for (let n = 0; n < labels.length; n++) {
    const from = n * classes;
    let highest = -Infinity;
    for (let k = 0; k < classes; k++) highest = Math.max(highest, outputs[from + k]!);
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += gradient[from + k] = Math.exp(outputs[from + k]! - highest);
    for (let k = 0; k < classes; k++) gradient[from + k]! /= sum;
    losses[n] = Math.log(sum) + highest - outputs[from + labels[n]!]!;
    gradient[from + labels[n]!]! -= 1;
  }
  return { losses, gradient };
}

function rowLength(caller: string, what: string, values: ArrayLike<number>, labels: ArrayLike<number>): number {
  const length = values.length / labels.length;
  if (!(Number.isInteger(length) && length > 0)) {
    throw new RangeError(`${caller}: ${values.length} ${what} are no rows of one length for ${labels.length} labels.`);
  }
  return length;
}
