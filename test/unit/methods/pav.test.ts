import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createRng, logProbabilities, type TrialRecord } from 'marginalia';
import experiment, {
  bestOf,
  effectiveReward,
  planted,
  procedural,
  terms,
  valuesOf,
} from '../../../snippets/llm-reasoning/pav/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

const rng = createRng('pav test', 1);
const task = planted(rng, { length: 2, horizon: 3 });
const logPolicy = logProbabilities(
  task,
  Float64Array.from({ length: task.size }, () => rng.normal()),
);

/** Every response of three tokens, with its states, its probability, and whether it contains the sequence. */
const responses = Array.from({ length: 15 ** 3 }, (_, code) => {
  const tokens = [code % 15, Math.floor(code / 15) % 15, Math.floor(code / 225)];
  const rows = [0];
  for (const token of tokens) rows.push(task.after(rows.at(-1)!, token));
  const probability = tokens.reduce((product, token, t) => product * Math.exp(logPolicy[rows[t]! * 15 + token]!), 1);
  const [first, second] = task.sequence;
  const right = [0, 1].some((t) => tokens[t] === first && tokens[t + 1] === second);
  return { rows, probability, right };
});

const expectation = (value: (response: (typeof responses)[0]) => number) =>
  responses.reduce((sum, response) => sum + response.probability * value(response), 0);

function close(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);
}

describe('pav', () => {
  it('ends rightly where a response contains the sequence, as often as a sum over all responses says', () => {
    for (const { rows, right } of responses) assert.equal(rows.at(-1) === task.rightEnd, right);
    close(
      valuesOf(task, logPolicy)[0]!,
      expectation(({ right }) => (right ? 1 : 0)),
    );
  });

  it("rewards steps so that a response's progress is its outcome less what the prover expected of its start", () => {
    const prover = bestOf(4, valuesOf(task, procedural(task, 3)));
    for (const { rows, right } of responses) {
      const progress = rows.slice(1).map((row, t) => effectiveReward(0, prover[row]!, prover[rows[t]!]!, 2));
      close(
        progress.reduce((sum, one) => sum + one, 0),
        2 * ((right ? 1 : 0) - prover[0]!),
      );
    }
  });

  it('has as best of K the chance that one of K independent completions ends rightly', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 6 }), (chance, K) => {
        let sum = 0;
        for (let code = 1; code < 2 ** K; code++) {
          const rights = code.toString(2).replaceAll('0', '').length;
          sum += chance ** rights * (1 - chance) ** (K - rights);
        }
        assert.ok(Math.abs(bestOf(K, Float64Array.of(chance))[0]! - sum) < 1e-9);
      }),
    );
  });

  it('has the terms of a good prover that sums over all responses have', () => {
    const own = valuesOf(task, logPolicy);
    const prover = valuesOf(task, procedural(task, 4));
    const gain = (values: Float64Array, rows: readonly number[], t: number) =>
      values[rows[t + 1]!]! - values[rows[t]!]!;
    const steps = [0, 1, 2];
    close(
      terms(task, logPolicy, prover).aligned,
      expectation(({ rows }) => steps.reduce((sum, t) => sum + (gain(prover, rows, t) * gain(own, rows, t)) / 3, 0)),
    );
    // A policy as its own prover: its advantages have mean 0 in every state, so both terms are their mean square.
    const { apart, aligned } = terms(task, logPolicy, own);
    close(apart, aligned);
    close(
      apart,
      expectation(({ rows }) => steps.reduce((sum, t) => sum + gain(own, rows, t) ** 2 / 3, 0)),
    );
  });

  it('has a weak prover that tells steps apart where the base policy hardly ever succeeds', () => {
    const long = planted(rng, { length: 8, horizon: 12 });
    const base = procedural(long, 5);
    const weak = valuesOf(long, procedural(long, 3));
    assert.ok(weak[0]! < valuesOf(long, base)[0]! && valuesOf(long, base)[0]! < 2e-4);
    assert.ok(terms(long, base, weak).aligned > 0);
    assert.ok(terms(long, base, bestOf(4, valuesOf(long, base))).apart > terms(long, base, weak).apart);
  });

  describe('in short form', () => {
    let records: readonly TrialRecord[];
    before(async () => {
      records = await shortRun(experiment, { iters: 120 }, { seeds: [0, 1] });
    });

    it('loses its claim where the outcome alone, or the sum of all progress, stands in for the method', () => {
      assertSound(experiment, records);
      for (const by of ['outcome', 'summed']) {
        const swapped = records.map((record) =>
          record.series.arm === 'weak'
            ? { ...record, series: { ...record.series, curves: curvesOf(by, record.series.seed) } }
            : record,
        );
        assert.equal(verdictWith(experiment, swapped, { of: 'best_of_4', by }), 'fails', by);
      }
    });

    const curvesOf = (arm: string, seed: number) =>
      records.find(({ series }) => series.arm === arm && series.seed === seed)!.series.curves;
  });
});
