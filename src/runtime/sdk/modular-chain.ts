import type { Rng } from './rng.ts';
import type { TokenResponse, TokenTable } from './token-mdp.ts';

/**
 * The modular-chain task: a prompt is a digit and a few operators to apply one after another, an answer is the digit
 * after each of them, and a verifier looks at the last one. Operators are random permutations of the digits, so nothing
 * but practice tells what they do, and a slip is carried on.
 *
 * A policy is a table of logits with one number for each operator, digit before and digit written, flat in this order. How
 * often it is right is computed exactly, though there are very many prompts and answers.
 */
export interface ModularChain extends TokenTable {
  readonly operators: number;
  /** Row of an operator at a digit. Its numbers lie from `row * vocabulary` on. */
  readonly row: (operator: number, digit: number) => number;
  /** The digit that an operator really makes of a digit. */
  readonly apply: (operator: number, digit: number) => number;
}

/** A digit, operators to apply to it in turn, and the digit that this really gives. */
export interface ChainPrompt {
  readonly start: number;
  readonly operators: readonly number[];
  readonly answer: number;
}

/** A written answer to a prompt. */
export interface ChainSolution extends TokenResponse {
  /** The verdict: whether the last digit is right, by whatever way. */
  readonly passed: boolean;
}

/**
 * A modular chain with random operators.
 *
 * @param sizes.digits that there are, 2 or more.
 * @param sizes.operators that there are, 1 or more.
 */
export function modularChain(
  rng: Rng,
  { digits, operators }: { readonly digits: number; readonly operators: number },
): ModularChain {
  const tables = Array.from({ length: operators }, () => rng.shuffle([...Array(digits).keys()]));
  return {
    vocabulary: digits,
    operators,
    size: operators * digits * digits,
    row: (operator, digit) => operator * digits + digit,
    apply: (operator, digit) => tables[operator]![digit]!,
  };
}

/**
 * Logits of a policy that has a start, but only that: normal with this standard deviation, and higher at the right digit
 * by a skill that is drawn for each operator.
 *
 * @param options.skill range of the skill, in nats. `[0, 0]`: it knows nothing yet.
 */
export function chainPolicy(
  chain: ModularChain,
  rng: Rng,
  { deviation, skill }: { readonly deviation: number; readonly skill: readonly [number, number] },
): Float64Array {
  const { vocabulary, operators } = chain;
  const logits = Float64Array.from({ length: chain.size }, () => rng.normal(0, deviation));
  for (let operator = 0; operator < operators; operator++) {
    const bonus = rng.uniform(...skill);
    for (let digit = 0; digit < vocabulary; digit++) {
      logits[chain.row(operator, digit) * vocabulary + chain.apply(operator, digit)]! += bonus;
    }
  }
  return logits;
}

/** Random prompts of so many operators. */
export function chainPrompts(
  chain: ModularChain,
  rng: Rng,
  { count, length }: { readonly count: number; readonly length: number },
): readonly ChainPrompt[] {
  return Array.from({ length: count }, () => {
    const start = rng.int(0, chain.vocabulary);
    const operators = Array.from({ length }, () => rng.int(0, chain.operators));
    return { start, operators, answer: operators.reduce((digit, operator) => chain.apply(operator, digit), start) };
  });
}

/** Writes one answer to a prompt, digit by digit, with a policy given as log-probabilities. */
export function sampleSolution(
  chain: ModularChain,
  logPolicy: Float64Array,
  { start, operators, answer }: ChainPrompt,
  rng: Rng,
): ChainSolution {
  const { vocabulary } = chain;
  const tokens: number[] = [];
  const rows: number[] = [];
  const cells: number[] = [];
  let digit = start;
  for (const operator of operators) {
    const row = chain.row(operator, digit);
    const from = row * vocabulary;
    digit = 0;
    let rest = rng.uniform() - Math.exp(logPolicy[from]!);
    while (rest >= 0 && digit < vocabulary - 1) rest -= Math.exp(logPolicy[from + ++digit]!);
    rows.push(row);
    tokens.push(digit);
    cells.push(from + digit);
  }
  return { tokens, rows, cells, passed: digit === answer };
}

/** Probability that a policy (log-probabilities) gets a prompt right, on average over prompts, exactly. */
export function chainAccuracy(chain: ModularChain, logPolicy: Float64Array, prompts: readonly ChainPrompt[]): number {
  return expectationOver(chain, logPolicy, prompts).accuracy;
}

/**
 * Expected sum of a table's numbers along the answers of a policy (log-probabilities), on average over prompts, exactly: of
 * the policy's log-probabilities its entropy with the sign changed, of its log-ratio to another policy the KL divergence.
 */
export function chainExpectedSum(
  chain: ModularChain,
  logPolicy: Float64Array,
  table: Float64Array,
  prompts: readonly ChainPrompt[],
): number {
  return expectationOver(chain, logPolicy, prompts, table).sum;
}

/** Carries the distribution of the digit along every chain. */
function expectationOver(
  chain: ModularChain,
  logPolicy: Float64Array,
  prompts: readonly ChainPrompt[],
  table?: Float64Array,
): { readonly accuracy: number; readonly sum: number } {
  const { vocabulary } = chain;
  const policy = logPolicy.map(Math.exp);
  const expected = table?.map((value, cell) => (policy[cell]! > 0 ? policy[cell]! * value : 0));
  let [now, next] = [new Float64Array(vocabulary), new Float64Array(vocabulary)];
  let [accuracy, sum] = [0, 0];
  for (const { start, operators, answer } of prompts) {
    now.fill(0);
    now[start] = 1;
    for (const operator of operators) {
      next.fill(0);
      for (let digit = 0; digit < vocabulary; digit++) {
        const from = chain.row(operator, digit) * vocabulary;
        for (let token = 0; token < vocabulary; token++) {
          next[token]! += now[digit]! * policy[from + token]!;
          if (expected) sum += now[digit]! * expected[from + token]!;
        }
      }
      [now, next] = [next, now];
    }
    accuracy += now[answer]! / prompts.length;
  }
  return { accuracy, sum: sum / prompts.length };
}
