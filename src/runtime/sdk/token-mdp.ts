import { logSoftmax, logSumExp } from './logits.ts';
import type { Rng } from './rng.ts';

/** Tables of numbers for tokens in context, flat: the tokens of one context lie side by side, `vocabulary` of them. */
export interface TokenTable {
  readonly vocabulary: number;
  /** Numbers in a table. */
  readonly size: number;
}

/**
 * Generation of a response of fixed length as a Markov decision process. The state is the position and the token
 * before it, so that everything about a policy can be computed exactly, though there are vocabulary^horizon responses.
 *
 * Policies, references and rewards are tables with one number for each position, previous token and token, flat in this
 * order (`index`). At position 0 the previous token is `vocabulary`, a token of its own.
 */
export interface TokenMdp extends TokenTable {
  /** Tokens of a response. */
  readonly horizon: number;
  /** Rows of a table: positions times previous tokens. */
  readonly rows: number;
  /** Row of a position after a token. Its numbers lie from `row * vocabulary` on. */
  readonly row: (position: number, previous: number) => number;
  /** Logits of the policy that the language model begins with. */
  readonly reference: Float64Array;
  /** The hidden reward of each token in its place; a response's score is their sum. */
  readonly reward: Float64Array;
}

/** A response and where it passes through the tables. */
export interface TokenResponse {
  readonly tokens: readonly number[];
  /** Row of each token. */
  readonly rows: readonly number[];
  /** Index of each token in a table. */
  readonly cells: readonly number[];
}

/**
 * A token MDP with random reference and reward.
 *
 * @param options.referenceDeviation of the reference's logits; 0 is the uniform policy.
 * @param options.rewardDeviation of the reward of a token.
 */
export function tokenMdp(
  rng: Rng,
  options: {
    readonly vocabulary: number;
    readonly horizon: number;
    readonly referenceDeviation: number;
    readonly rewardDeviation: number;
  },
): TokenMdp {
  const { vocabulary, horizon, referenceDeviation, rewardDeviation } = options;
  const rows = horizon * (vocabulary + 1);
  const size = rows * vocabulary;
  return {
    vocabulary,
    horizon,
    size,
    rows,
    row: (position, previous) => position * (vocabulary + 1) + previous,
    reference: Float64Array.from({ length: size }, () => rng.normal(0, referenceDeviation)),
    reward: Float64Array.from({ length: size }, () => rng.normal(0, rewardDeviation)),
  };
}

/** Log-probabilities of a table of logits, row by row. */
export function logProbabilities({ vocabulary, size }: TokenTable, logits: Float64Array): Float64Array {
  const result = new Float64Array(size);
  // Called for every update of a policy, so without a list for each row.
  for (let from = 0; from < size; from += vocabulary) {
    let largest = -Infinity;
    for (let cell = from; cell < from + vocabulary; cell++) largest = Math.max(largest, logits[cell]!);
    let sum = 0;
    for (let cell = from; cell < from + vocabulary; cell++) sum += Math.exp(logits[cell]! - largest);
    const normaliser = largest + Math.log(sum);
    for (let cell = from; cell < from + vocabulary; cell++) result[cell] = logits[cell]! - normaliser;
  }
  return result;
}

/** Draws one response token by token from a policy, given as log-probabilities. */
export function sampleResponse(mdp: TokenMdp, logPolicy: Float64Array, rng: Rng): TokenResponse {
  const { vocabulary, horizon } = mdp;
  const tokens: number[] = [];
  const rows: number[] = [];
  let previous = vocabulary;
  for (let position = 0; position < horizon; position++) {
    const row = mdp.row(position, previous);
    const from = row * vocabulary;
    let token = 0;
    let rest = rng.uniform() - Math.exp(logPolicy[from]!);
    while (rest >= 0 && token < vocabulary - 1) rest -= Math.exp(logPolicy[from + ++token]!);
    rows.push(row);
    tokens.push(token);
    previous = token;
  }
  return { tokens, rows, cells: rows.map((row, t) => row * vocabulary + tokens[t]!) };
}

/** Sum of a table's numbers along a response: of the reward its score, of log-probabilities its log-likelihood. */
export function sumAlong(table: Float64Array, response: TokenResponse): number {
  let sum = 0;
  for (const cell of response.cells) sum += table[cell]!;
  return sum;
}

/** Adds a number to each of a table's cells that a response passes. */
export function addAlong(table: Float64Array, response: TokenResponse, value: number): void {
  for (const cell of response.cells) table[cell]! += value;
}

/**
 * Gradient of a weighted log-likelihood, sum over all cells of weight * log-probability, with respect to the logits: what
 * policy gradients and preference losses of a softmax policy come down to.
 *
 * @param logPolicy log-probabilities of the logits.
 * @param weights one number a cell: the sum of the coefficients of its log-probability.
 */
export function logitGradient(
  { vocabulary, size }: TokenTable,
  logPolicy: Float64Array,
  weights: Float64Array,
): Float64Array {
  const gradient = new Float64Array(size);
  for (let from = 0; from < size; from += vocabulary) {
    let total = 0;
    for (let cell = from; cell < from + vocabulary; cell++) total += weights[cell]!;
    for (let cell = from; cell < from + vocabulary; cell++) {
      gradient[cell] = weights[cell]! - Math.exp(logPolicy[cell]!) * total;
    }
  }
  return gradient;
}

/** Expected sum of a table's numbers along the responses of a policy (log-probabilities), exactly. */
export function expectedSum(mdp: TokenMdp, logPolicy: Float64Array, table: Float64Array): number {
  const { vocabulary, horizon } = mdp;
  const values = new Float64Array(mdp.rows);
  for (let position = horizon - 1; position >= 0; position--) {
    for (let previous = 0; previous <= vocabulary; previous++) {
      const row = mdp.row(position, previous);
      for (let token = 0; token < vocabulary; token++) {
        const cell = row * vocabulary + token;
        const later = position + 1 < horizon ? values[mdp.row(position + 1, token)]! : 0;
        values[row]! += Math.exp(logPolicy[cell]!) * (table[cell]! + later);
      }
    }
  }
  return values[mdp.row(0, vocabulary)]!;
}

/**
 * The policy that has the highest expected reward minus `temperature` times its KL divergence from the reference.
 *
 * @returns its log-probabilities, and the value of that objective.
 */
export function optimalPolicy(
  mdp: TokenMdp,
  temperature: number,
): { readonly logPolicy: Float64Array; readonly value: number } {
  const { vocabulary, horizon, reward } = mdp;
  const logReference = logProbabilities(mdp, mdp.reference);
  const logPolicy = new Float64Array(mdp.size);
  const values = new Float64Array(mdp.rows);
  for (let position = horizon - 1; position >= 0; position--) {
    for (let previous = 0; previous <= vocabulary; previous++) {
      const row = mdp.row(position, previous);
      const scores = Array.from({ length: vocabulary }, (_, token) => {
        const cell = row * vocabulary + token;
        const later = position + 1 < horizon ? values[mdp.row(position + 1, token)]! : 0;
        return logReference[cell]! + (reward[cell]! + later) / temperature;
      });
      values[row] = temperature * logSumExp(scores);
      logPolicy.set(logSoftmax(scores), row * vocabulary);
    }
  }
  return { logPolicy, value: values[mdp.row(0, vocabulary)]! };
}
