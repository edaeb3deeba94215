import assert from 'node:assert/strict';
import {
  chainAccuracy,
  chainExpectedSum,
  chainPolicy,
  chainPrompts,
  modularChain,
  sampleSolution,
  type ChainPrompt,
} from '../../../src/runtime/sdk/modular-chain.ts';
import { createRng } from '../../../src/runtime/sdk/rng.ts';
import { logProbabilities, sumAlong, type TokenResponse } from '../../../src/runtime/sdk/token-mdp.ts';

const rng = createRng('modular-chain', 3);
const chain = modularChain(rng, { digits: 3, operators: 4 });
const prompts = chainPrompts(chain, rng, { count: 12, length: 4 });
const logits = chainPolicy(chain, rng, { deviation: 0.8, skill: [0.5, 1.5] });
const logPolicy = logProbabilities(chain, logits);

/** Every answer to a prompt, in the place that the description of a table gives it. */
function allAnswers({ start, operators }: ChainPrompt): readonly TokenResponse[] {
  return Array.from({ length: 3 ** operators.length }, (_, code) => {
    const tokens = operators.map((_operator, t) => Math.floor(code / 3 ** t) % 3);
    const rows = operators.map((operator, t) => operator * 3 + (t === 0 ? start : tokens[t - 1]!));
    return { tokens, rows, cells: rows.map((row, t) => row * 3 + tokens[t]!) };
  });
}

/** Mean over prompts of the expectation of what each answer counts, term by term. */
function bruteForce(value: (answer: TokenResponse, prompt: ChainPrompt) => number): number {
  const sums = prompts.map((prompt) =>
    allAnswers(prompt).reduce((sum, answer) => sum + Math.exp(sumAlong(logPolicy, answer)) * value(answer, prompt), 0),
  );
  return sums.reduce((sum, one) => sum + one, 0) / prompts.length;
}

function close(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);
}

describe('modular chain', () => {
  it('has operators that are permutations, and answers that come from applying them in turn', () => {
    for (let operator = 0; operator < 4; operator++) {
      assert.deepEqual([0, 1, 2].map((digit) => chain.apply(operator, digit)).sort(), [0, 1, 2]);
    }
    for (const { start, operators, answer } of prompts) {
      const [a, b, c, d] = operators;
      assert.equal(answer, chain.apply(d!, chain.apply(c!, chain.apply(b!, chain.apply(a!, start)))));
    }
  });

  it('scores a policy exactly as a sum over all answers does', () => {
    close(
      bruteForce(() => 1),
      1,
    );
    close(
      chainAccuracy(chain, logPolicy, prompts),
      bruteForce(({ tokens }, { answer }) => (tokens.at(-1) === answer ? 1 : 0)),
    );
    const table = Float64Array.from({ length: chain.size }, () => rng.normal());
    close(
      chainExpectedSum(chain, logPolicy, table, prompts),
      bruteForce((answer) => sumAlong(table, answer)),
    );
  });

  it('scores a policy that is never wrong, and one that guesses, as they are', () => {
    const knows = logProbabilities(chain, chainPolicy(chain, rng, { deviation: 0, skill: [800, 800] }));
    const guesses = logProbabilities(chain, chainPolicy(chain, rng, { deviation: 0, skill: [0, 0] }));
    close(chainAccuracy(chain, knows, prompts), 1);
    close(chainAccuracy(chain, guesses, prompts), 1 / 3);
    // Its entropy is 0, though the log-probability of what it never writes is not.
    close(chainExpectedSum(chain, knows, knows, prompts), 0);
    close(chainExpectedSum(chain, guesses, guesses, prompts), -4 * Math.log(3));
  });

  it('adds to the logit of the right digit one skill for each operator, in its range', () => {
    const skills = chainPolicy(chain, rng, { deviation: 0, skill: [1, 2] });
    for (let operator = 0; operator < 4; operator++) {
      const first = skills[chain.row(operator, 0) * 3 + chain.apply(operator, 0)]!;
      assert.ok(first >= 1 && first < 2);
      for (let digit = 0; digit < 3; digit++) {
        for (let token = 0; token < 3; token++) {
          const expected = token === chain.apply(operator, digit) ? first : 0;
          assert.equal(skills[chain.row(operator, digit) * 3 + token], expected);
        }
      }
    }
  });

  it('samples answers as often as their probability says, and verifies their last digit', () => {
    const prompt = prompts[0]!;
    const answers = new Map(allAnswers(prompt).map((answer) => [answer.tokens.join(), answer]));
    const counts = new Map<string, number>();
    const draws = 40_000;
    for (let i = 0; i < draws; i++) {
      const { tokens, rows, cells, passed } = sampleSolution(chain, logPolicy, prompt, rng);
      const same = answers.get(tokens.join())!;
      assert.equal(`${rows.join()} ${cells.join()}`, `${same.rows.join()} ${same.cells.join()}`);
      assert.equal(passed, tokens.at(-1) === prompt.answer);
      counts.set(tokens.join(), (counts.get(tokens.join()) ?? 0) + 1);
    }
    for (const [key, answer] of answers) {
      const probability = Math.exp(sumAlong(logPolicy, answer));
      const error = 5 * Math.sqrt((probability * (1 - probability)) / draws);
      assert.ok(Math.abs((counts.get(key) ?? 0) / draws - probability) < error + 1e-4);
    }
  });
});
