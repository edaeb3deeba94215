import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  chainPolicy,
  chainPrompts,
  createRng,
  logProbabilities,
  modularChain,
  sampleSolution,
  type TrialRecord,
} from 'marginalia';
import experiment, { oreoGradients, oreoResiduals, type Logged } from '../../../snippets/offline-rl/oreo/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

const number = fc.double({ min: -5, max: 5, noNaN: true });

describe('oreo', () => {
  it('has no residuals at the soft-optimal policy and its values, on any tree of answers', () => {
    // Answers of three bits with any reference probabilities and verdicts. Over whole answers the best policy is the
    // reference weighted by exp(r / beta); of a prefix V is beta times the log of the mean of these weights after it.
    const answer = fc.record({ mass: fc.double({ min: 0.01, max: 1, noNaN: true }), right: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(answer, { minLength: 8, maxLength: 8 }),
        fc.double({ min: 0.1, max: 3, noNaN: true }),
        (leaves, beta) => {
          const below = (prefix: string) => leaves.filter((_, i) => i.toString(2).padStart(3, '0').startsWith(prefix));
          const reference = (prefix: string) => below(prefix).reduce((sum, { mass }) => sum + mass, 0);
          const weighted = (prefix: string) =>
            below(prefix).reduce((sum, { mass, right }) => sum + mass * Math.exp(right ? 1 / beta : 0), 0);
          const value = (prefix: string) => beta * Math.log(weighted(prefix) / reference(prefix));
          for (const [i, { right }] of leaves.entries()) {
            const code = i.toString(2).padStart(3, '0');
            const prefixes = [0, 1, 2].map((t) => code.slice(0, t));
            const logRatios = prefixes.map((prefix, t) => {
              const next = code.slice(0, t + 1);
              return Math.log(weighted(next) / weighted(prefix)) - Math.log(reference(next) / reference(prefix));
            });
            const residuals = oreoResiduals(prefixes.map(value), logRatios, right ? 1 : 0, beta);
            assert.ok(
              residuals.every((residual) => Math.abs(residual) < 1e-9),
              residuals.join(' '),
            );
          }
        },
      ),
    );
  });

  it('differs between steps by what soft Bellman consistency asks of a single step', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(number, number), { minLength: 2, maxLength: 9 }),
        number,
        fc.double({ min: 0.01, max: 2, noNaN: true }),
        (steps, reward, beta) => {
          const [values, logRatios] = [steps.map(([v]) => v), steps.map(([, ratio]) => ratio)];
          const residuals = oreoResiduals(values, logRatios, reward, beta);
          for (let t = 0; t + 1 < values.length; t++) {
            const step = values[t]! - values[t + 1]! + beta * logRatios[t]!;
            assert.ok(Math.abs(residuals[t]! - residuals[t + 1]! - step) < 1e-9);
          }
          assert.ok(Math.abs(residuals.at(-1)! - (values.at(-1)! - reward + beta * logRatios.at(-1)!)) < 1e-9);
        },
      ),
    );
  });

  describe('gradients', () => {
    const rng = createRng('oreo test', 1);
    const chain = modularChain(rng, { digits: 3, operators: 3 });
    const reference = logProbabilities(chain, chainPolicy(chain, rng, { deviation: 1, skill: [0, 1] }));
    const logits = chainPolicy(chain, rng, { deviation: 1, skill: [0, 1] });
    const now = logProbabilities(chain, logits);
    const batch = chainPrompts(chain, rng, { count: 5, length: 3 }).map((prompt, p): Logged => {
      const solution = sampleSolution(chain, reference, prompt, rng);
      return { solution, states: solution.cells.map((_, t) => 3 * p + t) };
    });
    const values = Float64Array.from({ length: 15 }, () => rng.uniform());
    const [beta, alpha] = [0.4, 0.3];

    /**
     * The losses as they stand in the paper, of values and of log-probabilities; log-ratios of later steps come from
     * `held`, which a derivative does not move.
     */
    function loss(v: Float64Array, log: Float64Array, held: Float64Array): number {
      let sum = 0;
      for (const { solution, states } of batch) {
        const { cells, rows, passed } = solution;
        for (let t = 0; t < cells.length; t++) {
          let rest = log[cells[t]!]! - reference[cells[t]!]!;
          for (let i = t + 1; i < cells.length; i++) rest += held[cells[i]!]! - reference[cells[i]!]!;
          sum += (v[states[t]!]! - (passed ? 1 : 0) + beta * rest) ** 2 / cells.length;
          for (let token = 0; token < 3; token++) {
            const cell = rows[t]! * 3 + token;
            sum += (alpha / cells.length) * Math.exp(log[cell]!) * (log[cell]! - reference[cell]!);
          }
        }
      }
      return sum / batch.length;
    }

    const slopes = (at: Float64Array, f: (moved: Float64Array) => number) =>
      at.map((_value, i) => {
        const moved = (by: number) => at.map((one, j) => (j === i ? one + by : one));
        return (f(moved(1e-5)) - f(moved(-1e-5))) / 2e-5;
      });
    const assertSame = (a: Float64Array, b: Float64Array) =>
      a.forEach((one, i) => assert.ok(Math.abs(one - b[i]!) < 1e-7, `${i}: ${one} ${b[i]}`));

    it('are those of the value loss and of the policy loss with later steps held', () => {
      const { policy, value } = oreoGradients(chain, { now, reference, values }, batch, {
        beta,
        alpha,
        coupled: false,
      });
      assertSame(
        value,
        slopes(values, (moved) => loss(moved, now, now)),
      );
      assertSame(
        policy,
        slopes(logits, (moved) => loss(values, logProbabilities(chain, moved), now)),
      );
    });

    it('are those of the loss without the stop, where it is taken out', () => {
      const { policy } = oreoGradients(chain, { now, reference, values }, batch, { beta, alpha, coupled: true });
      assertSame(
        policy,
        slopes(logits, (moved) => loss(values, logProbabilities(chain, moved), logProbabilities(chain, moved))),
      );
    });
  });

  describe('in short form', () => {
    let records: readonly TrialRecord[];
    before(async () => {
      records = await shortRun(experiment, { prompts: 150, updates: 300 }, { seeds: [0, 1] });
    });

    it('brings the Bellman residual down further with a value a step than with one a prompt or none', () => {
      const residual = (arm: string) =>
        records.find(({ series }) => series.arm === arm)!.series.curves.bellman_residual!.values;
      assert.ok(residual('oreo').at(-1)! < residual('oreo')[0]!);
      assert.ok(residual('oreo').at(-1)! < residual('prompt_value').at(-1)!);
      assert.ok(residual('oreo').at(-1)! < residual('fixed_value').at(-1)!);
      assertSound(
        experiment,
        records.filter(({ series }) => series.arm !== 'rft' && series.arm !== 'dpo'),
      );
    });

    it('loses its claim where filtering, pairing or a fixed value stands in for the method', () => {
      for (const by of ['rft', 'dpo', 'fixed_value']) {
        assert.equal(verdictWith(experiment, records, { of: 'oreo', by }), 'fails', by);
      }
    });
  });
});
