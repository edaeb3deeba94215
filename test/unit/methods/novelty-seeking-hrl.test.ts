import assert from 'node:assert/strict';
import { areaUnderCurve, createRng, logistic, softmax } from 'marginalia';
import experiment, {
  climb,
  createPolicies,
  intentState,
  propensity,
} from '../../../snippets/recommender/novelty-seeking-hrl/experiment.ts';
import { assertSound, shortRun, verdictWith } from './short-run.ts';

describe('novelty-seeking-hrl', () => {
  const fresh = { novelClicks: 0, novelTrials: 0, famClicks: 0, famTrials: 0 };

  it('leans in a session the way the posterior of a lasting mood does, for every short history', () => {
    for (let novelTrials = 0; novelTrials <= 5; novelTrials++) {
      for (let famTrials = 0; famTrials + novelTrials <= 5; famTrials++) {
        for (let novelClicks = 0; novelClicks <= novelTrials; novelClicks++) {
          for (let famClicks = 0; famClicks <= famTrials; famClicks++) {
            const likelihood = (novel: number, familiar: number) =>
              novel ** novelClicks *
              (1 - novel) ** (novelTrials - novelClicks) *
              familiar ** famClicks *
              (1 - familiar) ** (famTrials - famClicks);
            const odds = Math.log(likelihood(0.6, 0.2) / likelihood(0.1, 0.5));
            const session = { novelClicks, novelTrials, famClicks, famTrials };
            const [, mood] = intentState({ clicks: 0, trials: 0 }, session);
            // The weights are rounded, so close to the edge of a bucket either will do.
            if (odds > 1.0) assert.equal(mood, 2, JSON.stringify(session));
            if (Math.abs(odds) < 0.6) assert.equal(mood, 1, JSON.stringify(session));
            if (odds < -1.0) assert.equal(mood, 0, JSON.stringify(session));
          }
        }
      }
    }
  });

  it('finds the trait from clicks on novel items, and half at first', () => {
    assert.deepEqual(intentState({ clicks: 0, trials: 0 }, fresh), [2, 1]);
    const rng = createRng('trait', 1);
    for (const [share, bucket] of [
      [0, 0],
      [0.3, 1],
      [0.7, 3],
      [1, 4],
    ] as const) {
      // prettier-ignore
      let clicks = 0;
      for (let trial = 0; trial < 5000; trial++) if (rng.uniform() < 0.6 * share) clicks++;
      assert.equal(intentState({ clicks, trials: 5000 }, fresh)[0], bucket);
    }
    // More clicks than a lasting mood would make are still the highest bucket.
    assert.equal(intentState({ clicks: 9, trials: 9 }, fresh)[0], 4);
  });

  it('climbs, in expectation, the gradient of the expected reward by finite differences', () => {
    const reward = (novel: boolean) => (novel ? 0.7 : 0.4);
    const policies = createPolicies(1);
    policies.high[0]!.set([0.3, -0.2, 0.5]);
    policies.low.set([-1, 0.4, 0.9]);
    const expected = () => reward(false) + (reward(true) - reward(false)) * propensity(policies, 0);
    const rate = 1e-3;
    const rise = { high: new Float64Array(3), low: new Float64Array(3) };
    softmax(policies.high[0]!).forEach((p, z) => {
      for (const novel of [false, true]) {
        const copy = { high: [policies.high[0]!.slice()], low: policies.low.slice(), value: policies.value.slice() };
        const chance = p * (novel ? logistic(policies.low[z]!) : 1 - logistic(policies.low[z]!));
        climb(copy, 0, z, novel, reward(novel), rate);
        for (let i = 0; i < 3; i++) {
          rise.high[i]! += (chance * (copy.high[0]![i]! - policies.high[0]![i]!)) / rate;
          rise.low[i]! += (chance * (copy.low[i]! - policies.low[i]!)) / rate;
        }
      }
    });
    for (const [values, found] of [
      [policies.high[0]!, rise.high],
      [policies.low, rise.low],
    ] as const) {
      // prettier-ignore
      for (let i = 0; i < 3; i++) {
        const at = values[i]!;
        values[i] = at + 1e-5;
        const above = expected();
        values[i] = at - 1e-5;
        const below = expected();
        values[i] = at;
        assert.ok(Math.abs((above - below) / 2e-5 - found[i]!) < 1e-6);
      }
    }
  });

  it('measures the area under the curve that comparing all pairs gives', () => {
    const rng = createRng('area', 1);
    const scores = Array.from({ length: 60 }, () => rng.int(0, 5));
    const positive = scores.map((score) => rng.uniform() < 0.2 + 0.1 * score);
    let [right, pairs] = [0, 0];
    for (const [i, up] of positive.entries()) {
      for (const [j, other] of positive.entries()) {
        if (!up || other) continue;
        pairs++;
        right += scores[i]! > scores[j]! ? 1 : scores[i] === scores[j] ? 0.5 : 0;
      }
    }
    assert.ok(Math.abs(areaUnderCurve(scores, positive) - right / pairs) < 1e-12);
  });

  it('loses its claim where one level, or none, stands in for both', async () => {
    const records = await shortRun(experiment, { users: 30, sessions: 12 }, { seeds: [0, 1] });
    assertSound(experiment, records);
    for (const by of ['session_only', 'static_only', 'flat', 'none']) {
      assert.notEqual(verdictWith(experiment, records, { of: 'hierarchical', by }), 'holds', by);
    }
    assert.equal(verdictWith(experiment, records, { of: 'hierarchical', by: 'session_only' }), 'fails');
  });
});
