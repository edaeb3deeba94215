import type { Numbers } from './statistics.ts';

/** log(exp(x₁) + exp(x₂) + …), without overflow. -Infinity for an empty list or one of only -Infinity. */
export function logSumExp(values: Numbers): number {
  let largest = -Infinity;
  for (const value of values) largest = Math.max(largest, value);
  if (!Number.isFinite(largest)) return largest;
  let sum = 0;
  for (const value of values) sum += Math.exp(value - largest);
  return largest + Math.log(sum);
}

/** Logarithms of the softmax probabilities. */
export function logSoftmax(logits: Numbers): number[] {
  const normaliser = logSumExp(logits);
  return Array.from(logits, (logit) => logit - normaliser);
}

/**
 * Softmax probabilities of logits over a temperature. A logit of -Infinity has probability 0; uniform where all are.
 *
 * @param temperature above 0. Default 1.
 */
export function softmax(logits: Numbers, temperature = 1): number[] {
  let largest = -Infinity;
  for (const logit of logits) largest = Math.max(largest, logit);
  if (largest === -Infinity) return Array.from(logits, () => 1 / logits.length);
  let sum = 0;
  const weights = Array.from(logits, (logit) => {
    const weight = Math.exp((logit - largest) / temperature);
    sum += weight;
    return weight;
  });
  return weights.map((weight) => weight / sum);
}

/** 1 / (1 + exp(-x)), the probability that a log-odds of x stands for. */
export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
