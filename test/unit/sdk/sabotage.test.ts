import assert from 'node:assert/strict';
import { atLeast, experiment, sabotageClaim } from 'marginalia';
import type { TrialSeries } from 'marginalia';

const { definition } = experiment({
  paper: 'toy',
  question: 'Is ours better?',
  params: {},
  arms: {
    ours: { role: 'method', about: 'a' },
    theirs: { role: 'baseline', about: 'b' },
    halved: { role: 'ablation', about: 'c' },
    ceiling: { role: 'reference', about: 'd' },
  },
  metrics: {
    score: { better: 'higher', unit: 'points', about: 'e' },
    calls: { better: 'lower', unit: 'calls', about: 'f' },
  },
  trial: ({ log }) => log(0, { score: 0 }),
  claim: {
    statement: 'Ours is better, with few calls.',
    check: ({ final }) => [
      atLeast('ours minus theirs', final('ours', 'score') - final('theirs', 'score'), 1),
      atLeast('calls saved', 10 - final('ours', 'calls'), 1),
    ],
  },
});

const levels = { ours: [5, 2], theirs: [1, 20], halved: [3], ceiling: [9, 0] } as const;

const series: TrialSeries[] = Object.entries(levels).flatMap(([arm, [score, calls]]) =>
  [0, 1, 2].map((seed) => ({
    arm,
    seed,
    curves: {
      score: { steps: [0], values: [score + 0.1 * seed] },
      ...(calls !== undefined && { calls: { steps: [0], values: [calls] } }),
    },
  })),
);

describe('sabotage of a claim', () => {
  it('puts each baseline and ablation in the place of the method, and nothing else', () => {
    assert.deepEqual(Object.keys(sabotageClaim(definition, series)), ['theirs', 'halved']);
  });

  it('breaks a claim that is about the method', () => {
    assert.equal(sabotageClaim(definition, series).theirs, 'fails');
  });

  it("keeps the method's own numbers where the other arm logged none", () => {
    assert.equal(sabotageClaim(definition, series).halved, 'holds');
  });
});
