/**
 * Share of rows whose largest output is that of their class; of equal ones the first counts.
 *
 * @param outputs [count, classes].
 * @param labels class of each row, from 0.
 */
export function accuracy(outputs: ArrayLike<number>, labels: ArrayLike<number>): number {
  const classes = classesOf('accuracy', outputs, labels);
  let right = 0;
  for (let n = 0; n < labels.length; n++) {
    let best = 0;
    for (let k = 1; k < classes; k++) if (outputs[n * classes + k]! > outputs[n * classes + best]!) best = k;
    if (best === labels[n]) right++;
  }
  return right / labels.length;
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
  const classes = classesOf('crossEntropies', outputs, labels);
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

function classesOf(caller: string, outputs: ArrayLike<number>, labels: ArrayLike<number>): number {
  const classes = outputs.length / labels.length;
  if (!(Number.isInteger(classes) && classes > 0)) {
    throw new RangeError(`${caller}: ${outputs.length} outputs are no rows of one length for ${labels.length} labels.`);
  }
  return classes;
}
