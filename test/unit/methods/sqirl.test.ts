import assert from 'node:assert/strict';
import { backwardInduction, createRng, mean, sampleEpisode, type TabularMdp, type TrialRecord } from 'marginalia';
import experiment, { worlds } from '../../../snippets/rl-theory/sqirl/experiment.ts';
import { shortRun, verdictWith } from './short-run.ts';
import { snippetFunction } from './snippet-function.ts';

type Episode = { s: number; a: number; r: number }[];
type SqirlStep = (episodes: Episode[], i: number, k: number, nStates: number, nActions: number) => Int32Array;

describe('sqirl', () => {
  let sqirlStep: SqirlStep;
  before(async () => {
    sqirlStep = await snippetFunction<SqirlStep>('rl-theory/sqirl', 'sqirl-iteration', 'sqirlStep');
  });

  it('averages returns with k = 1, and backs up the best of the next step with k = 2', () => {
    // In state 0 action 0 pays 1 and ends; action 1 leads to state 1, where action 0 pays 2 and action 1 costs 3.
    const episodes: Episode[] = [
      [{ s: 0, a: 0, r: 1 }],
      [
        { s: 0, a: 1, r: 0 },
        { s: 1, a: 0, r: 2 },
      ],
      [
        { s: 0, a: 1, r: 0 },
        { s: 1, a: 1, r: -3 },
      ],
    ];
    assert.deepEqual([...sqirlStep(episodes, 0, 1, 3, 2)], [0, -1, -1]);
    assert.deepEqual([...sqirlStep(episodes, 0, 2, 3, 2)], [1, -1, -1]);
    assert.deepEqual([...sqirlStep(episodes, 0, 9, 3, 2)], [1, -1, -1]);
    assert.deepEqual([...sqirlStep(episodes, 1, 1, 3, 2)], [-1, 0, -1]);
  });

  it('does not take what was never tried for better than what costs something', () => {
    const episodes: Episode[] = [[{ s: 0, a: 1, r: -1 }], [{ s: 0, a: 2, r: -2 }]];
    assert.deepEqual([...sqirlStep(episodes, 0, 1, 2, 4)], [1, -1]);
  });

  it("agrees with exact backups of random actions' values where it has much data", () => {
    const rng = createRng('sqirl', 1);
    const table = Array.from({ length: 3 }, () =>
      [0, 1].map(() => {
        const share = rng.uniform(0.2, 0.8);
        return [
          { next: rng.int(0, 3), probability: share },
          { next: rng.int(0, 3), probability: 1 - share },
        ];
      }),
    );
    const rewards = table.map((row) => row.map(() => rng.normal()));
    const mdp: TabularMdp = { states: 3, actions: 2, isTerminal: () => false, transitions: (s, a) => table[s]![a]! };
    const reward = (s: number, a: number) => rewards[s]![a]!;
    const episodes = Array.from({ length: 20_000 }, () =>
      sampleEpisode(mdp, 4, () => rng.int(0, 2), rng).map(({ state, action }) => ({
        s: state,
        a: action,
        r: reward(state, action),
      })),
    );
    let compared = 0;
    for (const k of [1, 2, 3]) {
      for (const i of [0, 1, 2]) {
        const { q } = backwardInduction(mdp, reward, 4, (row, _, t) => (t < i + k ? Math.max(...row) : mean(row)));
        sqirlStep(episodes, i, k, 3, 2).forEach((action, s) => {
          const gap = q[i]![s]![0]! - q[i]![s]![1]!;
          if (action < 0 || Math.abs(gap) < 0.15) return;
          assert.equal(action, gap > 0 ? 0 : 1, `k ${k}, step ${i}, state ${s}`);
          compared++;
        });
      }
    }
    assert.ok(compared > 10);
  });

  it('has corridors that need exactly one more backup than they have cells, and grids that need none less', () => {
    const solvedWith = (name: string, k: number) => {
      const world = worlds.find((one) => one.name === name)!;
      const q = Array.from(
        { length: world.horizon },
        (_, t) => world.plan((row, _s, at) => (at < t + k ? Math.max(...row) : mean(row))).q[t]!,
      );
      return world.shareOf((t, s) => q[t]![s]!.map((value) => (value > Math.max(...q[t]![s]!) - 1e-12 ? 1 : 0)));
    };
    for (const [name, needed] of [
      ['corridor 1', 2],
      ['corridor 2', 3],
    ] as const) {
      for (const k of [1, 2, 3, 4]) {
        if (k >= needed) assert.ok(Math.abs(solvedWith(name, k) - 1) < 1e-9, `${name} ${k}`);
        else assert.ok(solvedWith(name, k) < 0.6, `${name} ${k}: ${solvedWith(name, k)}`);
      }
    }
    assert.ok(solvedWith('lock 4', 1) > 0.999 && solvedWith('open 3', 1) > 0.9);
  });

  describe('in short form', () => {
    let records: readonly TrialRecord[];
    const short = { episodes: 32, cap: 2000 };
    before(async () => {
      records = await shortRun(experiment, short, { seeds: [0, 1] });
    });

    it('logs a cost of all problems for all arms, and draws the corridors', () => {
      for (const { series, figures } of records) {
        const { steps, values } = series.curves.cost!;
        assert.deepEqual(steps, [1, 2, 3, 4, 5, 6, 7, 8]);
        assert.ok(values.every((cost) => Number.isFinite(cost) && cost > 0));
        if (series.arm !== 'sqirl') continue;
        assert.deepEqual(series.curves.corridor2!.steps, [1, 2, 3]);
        assert.ok(series.curves.corridor2!.values.every((share) => share <= 1 + 1e-9));
        assert.equal(figures['corridor 2']!.layers.length, 3);
      }
    });

    it('gives the same curves for the same seed and others for another', async () => {
      const [again] = await shortRun(experiment, short, { arms: ['sqirl'], seeds: [1] });
      const [zero, one] = records.filter(({ series }) => series.arm === 'sqirl');
      assert.deepEqual(again!.series.curves, one!.series.curves);
      assert.notDeepEqual(zero!.series.curves, one!.series.curves);
    });

    it('loses its claim where no backup is made', () => {
      assert.equal(verdictWith(experiment, records, { of: 'sqirl', by: 'unbacked' }), 'fails');
    });
  });
});
