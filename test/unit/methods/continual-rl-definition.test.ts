import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createRng } from 'marginalia';
import experiment, {
  bestOfBasis,
  drawWorld,
  reachesBasis,
} from '../../../snippets/continual-learning/continual-rl-definition/experiment.ts';
import { shortRun, verdictWith } from './short-run.ts';

describe('continual-rl-definition', () => {
  it('says that an agent reaches the basis exactly where one behaviour is all there is from the step on', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2), { minLength: 1, maxLength: 12 }), fc.nat(11), (list, step) => {
        const fromStep = Math.min(step, list.length - 1);
        const { reached, lastChange, switches } = reachesBasis(Int32Array.from(list), fromStep);
        assert.equal(reached, new Set(list.slice(fromStep)).size === 1);
        assert.equal(switches === 0, reached);
        assert.equal(new Set(list.slice(Math.max(lastChange, 0))).size, 1);
        if (lastChange > 0) assert.notEqual(list[lastChange - 1], list[lastChange]);
      }),
    );
  });

  it('values the best base element as a long walk earns', () => {
    const rng = createRng('continual test', 0);
    const { P, R } = drawWorld(rng);
    // With full exploration all elements are the uniform policy.
    let [s, sum] = [0, 0];
    const steps = 200_000;
    for (let t = 0; t < steps; t++) {
      const a = rng.int(0, 3);
      sum += R[0]![s]![a]!;
      s = rng.weighted(P[s]![a]!);
    }
    assert.ok(Math.abs(bestOfBasis({ P, R }, R[0]!, 1) - sum / steps) < 0.01);
    // With the same reward for everything every element earns just that.
    assert.ok(Math.abs(bestOfBasis({ P, R }, P.map(() => [0.7, 0.7, 0.7]), 0.05) - 0.7) < 1e-9); // prettier-ignore
  });

  it('loses its claim where the frozen agent stands in for the one that goes on', async () => {
    const records = await shortRun(experiment, { steps: 8000 }, { seeds: [0, 1] });
    assert.equal(verdictWith(experiment, records, undefined), 'holds');
    assert.equal(verdictWith(experiment, records, { of: 'constant_high', by: 'frozen' }), 'fails');
    assert.equal(verdictWith(experiment, records, { of: 'constant_high', by: 'harmonic' }), 'fails');
  });
});
