import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { mean, type TrialRecord } from 'marginalia';
import experiment, { shrinkingDartboardStep } from '../../../snippets/bandits/switching-cost-feedback/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';
import { stepLaw } from './step-law.ts';

/** The law of the next action after one step, exactly, and the chance that the step draws anew. */
function transition(weights: number[], action: number, losses: number[], eta: number) {
  const step = (first: number, second: number) => {
    const numbers = [first, second];
    let used = 0;
    const after = shrinkingDartboardStep(weights, action, losses, eta, () => numbers[used++]!);
    return { ...after, used };
  };
  const [kept] = stepLaw((uniform) => step(uniform, 0).used - 1, 2);
  const drawn = stepLaw((uniform) => step(1 - 2 ** -53, uniform).action, weights.length);
  const law = drawn.map((share, a) => (1 - kept!) * share + (a === action ? kept! : 0));
  return { law, redraw: 1 - kept!, weights: step(0, 0).weights };
}

const normalised = (weights: readonly number[]) => {
  const total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / total);
};

const lossesOf = (actions: number) =>
  fc.array(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: actions, maxLength: actions }), {
    minLength: 1,
    maxLength: 12,
  });

describe('switching-cost-feedback', () => {
  it('plays each action exactly as often as exponential weights do, and pays for it at most their regret', () => {
    const games = fc.integer({ min: 2, max: 4 }).chain(lossesOf);
    fc.assert(
      fc.property(games, fc.double({ min: 0.05, max: 3, noNaN: true }), (rounds, eta) => {
        const actions = rounds[0]!.length;
        const totals = new Array<number>(actions).fill(0);
        let weights = totals.map(() => 1);
        let law = normalised(weights);
        let [expected, redraws] = [0, 0];
        for (const losses of rounds) {
          expected += losses.reduce((sum, loss, a) => sum + law[a]! * loss, 0);
          const steps = law.map((_, action) => transition(weights, action, losses, eta));
          redraws += steps.reduce((sum, { redraw }, action) => sum + law[action]! * redraw, 0);
          law = law.map((_, next) => steps.reduce((sum, step, action) => sum + law[action]! * step.law[next]!, 0));
          weights = steps[0]!.weights;
          losses.forEach((loss, a) => (totals[a]! += loss));
          const exponential = normalised(totals.map((total) => Math.exp(-eta * total)));
          for (const [a, chance] of law.entries()) assert.ok(Math.abs(chance - exponential[a]!) < 1e-9);
        }
        const best = Math.min(...totals);
        const [bound, few] = [Math.log(actions) / eta + (eta * rounds.length) / 8, Math.log(actions) + eta * best];
        assert.ok(expected - best <= bound + 1e-9, `regret ${expected - best} above ${bound}`);
        // Redraws are as rare as the weights' total falls, which is where the square root of the rounds comes from.
        assert.ok(redraws <= few + 1e-9, `${redraws} redraws above ${few}`);
      }),
      { numRuns: 20 },
    );
  });

  it('keeps an action that loses nothing, and forgets one with exp(-eta loss)', () => {
    const { law, redraw } = transition([0.2, 3, 1], 1, [1, 0, 1], 0.7);
    assert.deepEqual([redraw, law[1]], [0, 1]);
    assert.ok(Math.abs(transition([5, 3], 0, [0.5, 0.1], 2).redraw - (1 - Math.exp(-1))) < 1e-12);
  });

  describe('on the two-action game', () => {
    const horizon = 2000;
    const many = { horizon, repetitions: 30 };

    /** Regret with switches at the worst gap, exactly: over the difference of the losses seen of the two actions. */
    function worstRegret(batches: number, lazy: boolean): number {
      const eta = Math.sqrt((8 * Math.log(2)) / batches);
      const length = Math.ceil(horizon / batches);
      return Math.max(
        ...[0.01, 0.02, 0.04, 0.08, 0.16, 0.3].map((gap) => {
          /** Chance of the worse action where it has lost `ahead` more often than the better one. */
          const worse = (ahead: number) => 1 / (1 + Math.exp(eta * ahead));
          let differences = new Map([[0, 1]]);
          let regret = 0;
          for (let start = 0; start < horizon; start += length) {
            const after = new Map<number, number>();
            for (const [ahead, chance] of differences) {
              regret += chance * worse(ahead) * gap * Math.min(length, horizon - start);
              for (const [better, other] of [
                [0, 0],
                [0, 1],
                [1, 0],
                [1, 1],
              ] as const) {
                // prettier-ignore
                const part = chance * (better ? 0.5 - gap : 0.5 + gap) * 0.5;
                const next = ahead + other - better;
                const [toBetter, toWorse] = lazy ? [1 - Math.exp(-eta * other), 1 - Math.exp(-eta * better)] : [1, 1];
                const changes =
                  worse(ahead) * toBetter * (1 - worse(next)) + (1 - worse(ahead)) * toWorse * worse(next);
                regret += part * changes;
                after.set(next, (after.get(next) ?? 0) + part);
              }
            }
            differences = after;
          }
          return regret;
        }),
      );
    }

    for (const [arm, lazy] of [
      ['observations', true],
      ['resampling', false],
    ] as const) {
      // prettier-ignore
      it(`has with ${arm} the regret that summing over all losses gives`, async () => {
        const records = await shortRun(experiment, many, { arms: [arm], seeds: [0, 1] });
        // Of the smaller budgets, which are summed over quickly; together, as few games leave each of them noisy.
        const budgets = records[0]!.series.curves.regret!.steps.slice(0, 3);
        const exact = mean(budgets.map((budget) => worstRegret(Math.floor(budget / 2), lazy)));
        const measured = mean(records.flatMap(({ series }) => series.curves.regret!.values.slice(0, 3)));
        assert.ok(Math.abs(measured / exact - 1) < 0.1, `${measured} ${exact}`);
      });
    }
  });

  describe('in short form', () => {
    let records: readonly TrialRecord[];
    before(async () => {
      records = await shortRun(experiment, { horizon: 2000 }, { seeds: [0, 1] });
    });

    it('logs finite numbers, and one regret for the bandit at every budget', () => {
      const bandits = records.filter(({ series }) => series.arm === 'bandit');
      assertSound(experiment, bandits);
      for (const { series } of bandits) assert.equal(new Set(series.curves.regret!.values).size, 1);
      const at = (arm: string, metric: string) =>
        records.find(({ series }) => series.arm === arm)!.series.curves[metric]!;
      assert.deepEqual(at('observations', 'regret').steps, at('resampling', 'regret').steps);
      const [lazy, eager] = ['observations', 'resampling'].map((arm) => at(arm, 'switches').values.at(-1)!);
      assert.ok(lazy! < eager! / 4);
    });

    it('loses its claim where the bandit, or drawing anew each time, stands in for the method', () => {
      assert.equal(verdictWith(experiment, records, undefined), 'holds');
      for (const by of ['bandit', 'resampling']) {
        assert.equal(verdictWith(experiment, records, { of: 'observations', by }), 'fails', by);
      }
    });
  });
});
