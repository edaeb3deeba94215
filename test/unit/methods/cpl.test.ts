import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { TrialRecord } from 'marginalia';
import experiment from '../../../snippets/preference-learning/cpl/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';
import { snippetFunction } from './snippet-function.ts';

type CplLoss = (
  logpWin: number[],
  logpLose: number[],
  alpha: number,
  gamma: number,
  lambda: number,
) => { loss: number; dWin: number[]; dLose: number[] };

describe('cpl', () => {
  let cplLoss: CplLoss;
  before(async () => {
    cplLoss = await snippetFunction<CplLoss>('preference-learning/cpl', 'cpl-loss', 'cplLoss');
  });

  const logp = fc.array(fc.double({ min: -6, max: -0.01, noNaN: true }), { minLength: 1, maxLength: 6 });
  const inside = (min: number, max: number) => fc.double({ min, max, noNaN: true });

  it('has the loss of its formula, of exponentials', () => {
    fc.assert(
      fc.property(logp, logp, inside(0.05, 1), inside(0.5, 1), inside(0.1, 1), (win, lose, alpha, gamma, lambda) => {
        const sum = (list: number[]) => list.map((value, t) => gamma ** t * alpha * value).reduce((a, b) => a + b);
        const [up, down] = [Math.exp(sum(win)), Math.exp(lambda * sum(lose))];
        const { loss } = cplLoss(win, lose, alpha, gamma, lambda);
        assert.ok(Math.abs(loss + Math.log(up / (up + down))) < 1e-9);
      }),
    );
  });

  it('has the derivatives that finite differences have', () => {
    fc.assert(
      fc.property(logp, logp, inside(0.05, 1), inside(0.5, 1), inside(0.1, 1), (win, lose, alpha, gamma, lambda) => {
        const { dWin, dLose } = cplLoss(win, lose, alpha, gamma, lambda);
        const difference = (list: number[], t: number, lossOf: (changed: number[]) => number) => {
          const moved = (by: number) => list.map((value, i) => (i === t ? value + by : value));
          return (lossOf(moved(1e-5)) - lossOf(moved(-1e-5))) / 2e-5;
        };
        win.forEach((_, t) => {
          const expected = difference(win, t, (changed) => cplLoss(changed, lose, alpha, gamma, lambda).loss);
          assert.ok(Math.abs(dWin[t]! - expected) < 1e-7);
        });
        lose.forEach((_, t) => {
          const expected = difference(lose, t, (changed) => cplLoss(win, changed, alpha, gamma, lambda).loss);
          assert.ok(Math.abs(dLose[t]! - expected) < 1e-7);
        });
      }),
    );
  });

  it('does not overflow on hopeless segments', () => {
    const far = new Array<number>(50).fill(-1000);
    const lost = cplLoss(far, [-0.1], 1, 1, 1);
    assert.ok(Math.abs(lost.loss - 49_999.9) < 1e-6 && lost.dWin[0] === -1);
    assert.deepEqual(cplLoss([-0.1], far, 1, 1, 1).loss, 0);
  });

  describe('in short form', () => {
    let records: readonly TrialRecord[];
    const short = { pairs: 300, updates: 200 };
    before(async () => {
      records = await shortRun(experiment, short, { seeds: [0, 1] });
    });

    it('logs finite metrics, improves on its first policy, and draws a policy', () => {
      assertSound(experiment, records);
      const { curves } = records.find(({ series }) => series.arm === 'cpl')!.series;
      assert.deepEqual(curves.success!.steps, [0, 100, 200]);
      assert.ok(curves.kl_to_best!.values.at(-1)! < 0.8 * curves.kl_to_best!.values[0]!);
      assert.deepEqual(
        records[0]!.figures.policy!.layers.map(({ type }) => type),
        ['heatmap', 'points', 'points', 'arrows'],
      );
    });

    it('gives the same curves for the same seed and others for another', async () => {
      const [again] = await shortRun(experiment, short, { arms: ['cpl'], seeds: [1] });
      const [zero, one] = records.filter(({ series }) => series.arm === 'cpl');
      assert.deepEqual(again!.series.curves, one!.series.curves);
      assert.notDeepEqual(zero!.series.curves, one!.series.curves);
    });

    it('loses its claim where the unbiased loss, or imitation, stands in for the method', () => {
      assert.equal(verdictWith(experiment, records, { of: 'cpl', by: 'unbiased' }), 'fails');
      assert.equal(verdictWith(experiment, records, { of: 'cpl', by: 'sft' }), 'fails');
    });
  });
});
