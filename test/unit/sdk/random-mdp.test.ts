import assert from 'node:assert/strict';
import { createRng, randomMdp } from 'marginalia';

describe('random Markov decision processes', () => {
  const options = { states: 40, actions: 5, spread: 1.5, sparsity: 0.6 };
  const mdp = randomMdp(createRng('random mdp', 1), options);
  const cells = Array.from(mdp.probabilities);
  const kept = cells.filter((probability) => probability > 1e-9);

  it('go from every state by every action to some state', () => {
    for (let state = 0; state < mdp.states; state++) {
      assert.ok(!mdp.isTerminal(state));
      for (let action = 0; action < mdp.actions; action++) {
        const outcomes = mdp.transitions(state, action);
        assert.ok(Math.abs(outcomes.reduce((sum, { probability }) => sum + probability, 0) - 1) < 1e-12);
        outcomes.forEach(({ next, probability }, i) => {
          assert.equal(next, i);
          assert.equal(probability, mdp.probabilities[(state * 5 + action) * 40 + next]);
        });
      }
    }
  });

  it('leave the given share of next states out, and spread the logits of the others as told', () => {
    assert.ok(Math.abs(kept.length / cells.length - 0.4) < 0.02);
    // Within a row the logarithms differ from their mean as the logits do.
    const deviations = Array.from({ length: 200 }, (_, row) => {
      const logs = cells.slice(row * 40, (row + 1) * 40).flatMap((p) => (p > 1e-9 ? [Math.log(p)] : []));
      const centre = logs.reduce((sum, value) => sum + value, 0) / logs.length;
      return logs.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (logs.length - 1);
    });
    const variance = deviations.reduce((sum, value) => sum + value, 0) / deviations.length;
    assert.ok(Math.abs(Math.sqrt(variance) - 1.5) < 0.1, `${Math.sqrt(variance)}`);
  });

  it('have probabilities even where nothing is kept', () => {
    const { probabilities } = randomMdp(createRng('random mdp', 2), { ...options, states: 2, sparsity: 0.95 });
    assert.ok(probabilities.every((p) => p > 0 && p <= 1));
  });
});
