import assert from 'node:assert/strict';
import {
  describedChoices,
  numberProblem,
  seedsProblem,
  storedChoices,
} from '../../../src/extension/runs/run-choices.ts';
import type { ExperimentDescription } from '../../../src/runtime/runs/record.ts';

const budget = { type: 'int', default: 100, min: 1, max: 1000, about: 'updates' } as const;
const description: ExperimentDescription = {
  paper: 'rex',
  question: '?',
  statement: '.',
  compute: 'none',
  seeds: 5,
  params: {
    budget,
    mode: { type: 'choice', default: 'a', choices: ['a', 'b'], about: '' },
    fast: { type: 'flag', default: false, about: '' },
  },
  arms: { rex: { role: 'method', about: '' }, linear: { role: 'baseline', about: '' } },
  metrics: {},
};

describe('choices for a run', () => {
  it('that were kept are proposed again as far as the experiment still declares them', () => {
    const kept = {
      params: { budget: 200, mode: 'c', fast: true, gone: 1 },
      seeds: 3,
      arms: ['rex', 'gone'],
      backend: 'wasm',
    };
    assert.deepEqual(storedChoices(description, kept), {
      params: { budget: 200, fast: true },
      seeds: 3,
      arms: ['rex'],
      backend: 'wasm',
    });
  });

  it('that make no sense are forgotten', () => {
    for (const value of [undefined, null, 7, { seeds: -1 }, { params: { budget: 1e9 } }, { arms: ['gone'] }]) {
      assert.deepEqual(storedChoices(description, value), {});
    }
  });

  it('read in one line', () => {
    assert.equal(describedChoices({}), 'as the experiment declares it');
    assert.equal(
      describedChoices({ params: { budget: 200 }, arms: ['rex', 'linear'], seeds: 1, backend: 'cpu' }),
      'budget = 200, rex against linear, 1 seed, cpu',
    );
  });

  it('are checked while they are typed', () => {
    assert.equal(numberProblem(budget, '50'), undefined);
    for (const text of ['', 'x', '1.5', '0', '1001', 'NaN']) assert.ok(numberProblem(budget, text), text);
    assert.equal(numberProblem({ ...budget, type: 'float' }, '1.5'), undefined);
    assert.equal(seedsProblem('3'), undefined);
    for (const text of ['0', '2.5', '', '100000']) assert.ok(seedsProblem(text), text);
  });
});
