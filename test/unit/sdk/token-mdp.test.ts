import assert from 'node:assert/strict';
import { createRng } from '../../../src/runtime/sdk/rng.ts';
import {
  expectedSum,
  logitGradient,
  logProbabilities,
  optimalPolicy,
  sampleResponse,
  sumAlong,
  tokenMdp,
  type TokenMdp,
  type TokenResponse,
} from '../../../src/runtime/sdk/token-mdp.ts';

const small = tokenMdp(createRng('token-mdp', 5), {
  vocabulary: 3,
  horizon: 4,
  referenceDeviation: 0.8,
  rewardDeviation: 0.6,
});
const logReference = logProbabilities(small, small.reference);

/** Every response there is. */
function allResponses({ vocabulary, horizon, row }: TokenMdp): TokenResponse[] {
  return Array.from({ length: vocabulary ** horizon }, (_, code) => {
    const tokens = Array.from({ length: horizon }, (_token, t) => Math.floor(code / vocabulary ** t) % vocabulary);
    const rows = tokens.map((_token, t) => row(t, t === 0 ? vocabulary : tokens[t - 1]!));
    return { tokens, rows, cells: rows.map((index, t) => index * vocabulary + tokens[t]!) };
  });
}

const responses = allResponses(small);

function close(actual: number, expected: number, tolerance = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

describe('token MDP', () => {
  it('has tables with one number for each position, previous token and token', () => {
    assert.equal(small.size, 4 * (3 + 1) * 3);
    const cells = new Set(responses.flatMap(({ cells: passed }) => passed));
    // Later than the first position no response has the opening token before it.
    assert.equal(cells.size, 3 + 3 * 3 * 3);
    assert.ok([...cells].every((cell) => cell < small.size));
  });

  it('has log-probabilities that sum to 1 over tokens and over responses', () => {
    for (let from = 0; from < small.size; from += 3) {
      close(
        logReference.subarray(from, from + 3).reduce((sum, value) => sum + Math.exp(value), 0),
        1,
      );
    }
    close(
      responses.reduce((sum, response) => sum + Math.exp(sumAlong(logReference, response)), 0),
      1,
    );
  });

  it('has expected sums equal to those over all responses', () => {
    const expected = responses.reduce(
      (sum, response) => sum + Math.exp(sumAlong(logReference, response)) * sumAlong(small.reward, response),
      0,
    );
    close(expectedSum(small, logReference, small.reward), expected);
  });

  it('has as best policy the reference weighted by exp(reward / temperature), response by response', () => {
    const temperature = 0.4;
    const { logPolicy, value } = optimalPolicy(small, temperature);
    const weights = responses.map((response) =>
      Math.exp(sumAlong(logReference, response) + sumAlong(small.reward, response) / temperature),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    responses.forEach((response, i) => close(Math.exp(sumAlong(logPolicy, response)), weights[i]! / total));
    close(value, temperature * Math.log(total));
  });

  it('samples responses as often as their probability says', () => {
    const rng = createRng('token-mdp samples', 0);
    const counts = new Map<string, number>();
    const byTokens = new Map(responses.map((response) => [response.tokens.join(), response]));
    const draws = 40_000;
    for (let i = 0; i < draws; i++) {
      const { tokens, rows, cells } = sampleResponse(small, logReference, rng);
      const same = byTokens.get(tokens.join())!;
      assert.equal(`${rows.join()} ${cells.join()}`, `${same.rows.join()} ${same.cells.join()}`);
      counts.set(tokens.join(), (counts.get(tokens.join()) ?? 0) + 1);
    }
    for (const response of responses) {
      const probability = Math.exp(sumAlong(logReference, response));
      const error = 5 * Math.sqrt((probability * (1 - probability)) / draws);
      assert.ok(Math.abs((counts.get(response.tokens.join()) ?? 0) / draws - probability) < error + 1e-4);
    }
  });

  it('has gradients equal to finite differences', () => {
    const rng = createRng('token-mdp gradient', 1);
    const weights = Float64Array.from({ length: small.size }, () => rng.normal());
    const objective = (logits: Float64Array) =>
      logProbabilities(small, logits).reduce((sum, value, cell) => sum + weights[cell]! * value, 0);
    const gradient = logitGradient(small, logReference, weights);
    for (let cell = 0; cell < small.size; cell++) {
      const [up, down] = [small.reference.slice(), small.reference.slice()];
      up[cell]! += 1e-5;
      down[cell]! -= 1e-5;
      close(gradient[cell]!, (objective(up) - objective(down)) / 2e-5, 1e-6);
    }
  });
});
