import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createRng, type TrialRecord } from 'marginalia';
import experiment, { meanReturn, play, train } from '../../../snippets/offline-rl/tq-saco/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';
import { snippetFunction } from './snippet-function.ts';

type TqSaco = (
  data: { s: number; a: number; r: number; end: boolean }[],
  gRandom: number,
  gExpert: number,
  refPairs: number,
) => { tq: number; saco: number };

describe('tq-saco', () => {
  let tqSaco: TqSaco;
  before(async () => {
    tqSaco = await snippetFunction<TqSaco>('offline-rl/tq-saco', 'tq-saco', 'tqSaco');
  });

  const trajectory = fc.array(fc.record({ s: fc.nat(5), a: fc.nat(2), r: fc.integer({ min: -3, max: 3 }) }), {
    minLength: 1,
    maxLength: 6,
  });
  const closed = (list: { s: number; a: number; r: number }[]) =>
    list.map((step, i) => ({ ...step, end: i === list.length - 1 }));

  it('measures the mean return between random and expert, and the share of pairs, in any order of trajectories', () => {
    fc.assert(
      fc.property(fc.array(trajectory, { minLength: 1, maxLength: 6 }), trajectory, (trajectories, open) => {
        const returns = trajectories.map((list) => list.reduce((sum, { r }) => sum + r, 0));
        const meanReturnOf = returns.reduce((a, b) => a + b) / returns.length;
        const data = trajectories.flatMap(closed);
        const { tq, saco } = tqSaco(data, -2, 2, 18);
        assert.ok(Math.abs(tq - (meanReturnOf + 2) / 4) < 1e-12);
        const seen = Array.from({ length: 18 }, (_, i) => data.some(({ s, a }) => s * 3 + a === i));
        assert.ok(Math.abs(saco - seen.filter(Boolean).length / 18) < 1e-12);
        const turned = tqSaco([...trajectories].reverse().flatMap(closed), -2, 2, 18);
        assert.ok(Math.abs(turned.tq - tq) < 1e-12 && turned.saco === saco);
        // A trajectory that is cut off has no return, but what it tried counts.
        const cut = tqSaco([...data, ...open.map((step) => ({ ...step, end: false }))], -2, 2, 18);
        assert.ok(cut.tq === tq && cut.saco >= saco);
      }),
    );
  });

  it('puts random data at 0 and expert data at 1', () => {
    const data = closed([{ s: 0, a: 0, r: 3 }]);
    assert.equal(tqSaco(data, 3, 5, 1).tq, 0);
    assert.equal(tqSaco(data, 1, 3, 1).tq, 1);
    assert.ok(Number.isNaN(tqSaco([], 0, 1, 1).tq));
  });

  describe('on the gridworld', () => {
    const rng = () => createRng('tq-saco', 1);
    const everything = () => play(20_000, () => (_, draw) => draw.int(0, 4), rng());
    // From each start the goal is 14 steps away, less the row and the column one starts in.
    const best = [0, 1, 2, 1, 2, 3, 2, 3].reduce((sum, ahead) => sum + 1 - 0.01 * (13 - ahead), 0) / 8;

    it('learns the best return from data that cover it, whatever values it starts from', () => {
      for (const arm of ['constrained', 'offline_q', 'zeros'] as const) {
        const act = train(arm, everything(), 0.4, 0.1, rng());
        assert.ok(Math.abs(meanReturn(act, rng()) - best) < 1e-9, arm);
      }
    });

    it('copies the data with cloning, and is misled by what one path does not show without a constraint', () => {
      const planner = train('zeros', everything(), 0, 0, rng());
      const narrow = play(1000, () => planner, rng());
      const returned = (arm: 'bc' | 'constrained' | 'offline_q') =>
        meanReturn(train(arm, narrow, 0.4, 0.1, rng()), rng());
      assert.ok(Math.abs(returned('bc') - best) < 1e-9);
      assert.ok(Math.abs(returned('constrained') - best) < 1e-9);
      assert.ok(returned('offline_q') < best - 0.2);
    });
  });

  describe('in short form', () => {
    let records: readonly TrialRecord[];
    const short = { starts: 1 };
    before(async () => {
      records = await shortRun(experiment, short, { seeds: [0, 1] });
    });

    it('logs finite metrics of 24 datasets, the same for every arm, and draws them', () => {
      assertSound(experiment, records);
      const of = (arm: string) => records.find(({ series }) => series.arm === arm && series.seed === 1)!;
      for (const arm of ['offline_q', 'bc', 'zeros']) {
        assert.deepEqual(of(arm).series.curves.tq, of('constrained').series.curves.tq);
        assert.deepEqual(of(arm).series.curves.saco, of('constrained').series.curves.saco);
      }
      const [points] = of('bc').figures.datasets!.layers;
      assert.ok(points?.type === 'points' && points.value?.length === 24);
    });

    it('gives the same curves for the same seed and others for another', async () => {
      const [again] = await shortRun(experiment, short, { arms: ['offline_q'], seeds: [1] });
      const [zero, one] = records.filter(({ series }) => series.arm === 'offline_q');
      assert.deepEqual(again!.series.curves, one!.series.curves);
      assert.notDeepEqual(zero!.series.curves, one!.series.curves);
    });

    it('loses its claim where all actions are allowed, or cloning stands in for the method', () => {
      assert.equal(verdictWith(experiment, records, { of: 'constrained', by: 'offline_q' }), 'fails');
      assert.equal(verdictWith(experiment, records, { of: 'constrained', by: 'bc' }), 'fails');
    });

    it('loses its claim where Q-learning over-estimates nothing', () => {
      assert.equal(verdictWith(experiment, records, { of: 'offline_q', by: 'zeros' }), 'fails');
    });
  });
});
