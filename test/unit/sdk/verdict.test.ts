import assert from 'node:assert/strict';
import { atLeast, atMost, createResults, createRng, evaluateClaim, experiment, mean } from 'marginalia';
import type { Claim, TrialSeries } from 'marginalia';

type Check = Claim<string, string>['check'];

/** A method that scores `gap` above the baseline on average; both share the seed's difficulty, of deviation `shared`. */
function series(gap: number, { seeds = 5, shared = 0, own = 0.1 } = {}): TrialSeries[] {
  return Array.from({ length: seeds }, (_, seed) => {
    const rng = createRng('toy', seed);
    const difficulty = rng.normal(0, shared);
    const trial = (arm: string, level: number): TrialSeries => ({
      arm,
      seed,
      curves: { score: { steps: [0, 10], values: [0, level + difficulty + rng.normal(0, own)] } },
    });
    return [trial('ours', gap), trial('theirs', 0)];
  }).flat();
}

function claimOf(check: Check) {
  return experiment({
    paper: 'toy',
    question: 'Is ours better?',
    params: {},
    arms: { ours: { role: 'method', about: 'a' }, theirs: { role: 'baseline', about: 'b' } },
    metrics: { score: { better: 'higher', unit: 'points', about: 'c' } },
    trial: ({ log }) => log(0, { score: 0 }),
    claim: { statement: 'Ours is better.', check: check as never },
  }).definition;
}

const better = claimOf(({ final }) => [
  atLeast('ours minus theirs', final('ours', 'score') - final('theirs', 'score'), 0.5, 'points'),
]);

describe('the results of a run', () => {
  const toy: TrialSeries[] = [3, 1, 8, 2].flatMap((value, seed) => [
    { arm: 'ours', seed, curves: { score: { steps: [0, 5, 5, 10], values: [0, 1, value, 10 * value] } } },
    { arm: 'theirs', seed, curves: { score: { steps: [0], values: [value] } } },
  ]);
  const { final, at, curve, paired } = createResults(toy);

  it('combine last values over seeds', () => {
    assert.equal(final('ours', 'score'), 25);
    assert.equal(final('ours', 'score', 'mean'), 35);
    assert.equal(final('ours', 'score', 'iqm'), 25);
  });

  it('give the last value logged at a step', () => {
    assert.equal(at('ours', 'score', 5, 'mean'), 3.5);
    assert.throws(() => at('ours', 'score', 7), /ours#0 logged no 'score' at step 7/);
  });

  it('combine what is computed from the curves of one trial, or of all arms of a seed', () => {
    assert.equal(
      curve('ours', 'score', ({ values }) => values.length, 'mean'),
      4,
    );
    assert.equal(
      paired((of) => of('ours', 'score').values.at(-1)! / of('theirs', 'score').values.at(-1)!),
      10,
    );
  });

  it('count a seed as often as a resample does', () => {
    assert.equal(createResults(toy, [2, 2, 2, 1]).final('theirs', 'score', 'mean'), 6.25);
  });

  it('say which trial or metric is missing', () => {
    assert.throws(() => final('other', 'score'), /no results of the arm 'other' for seed 0/);
    assert.throws(() => final('ours', 'loss'), /ours#0 never logged 'loss'/);
  });
});

describe('the verdict on a claim', () => {
  it('holds where the value and its whole interval meet the bound', () => {
    const verdict = evaluateClaim(better, series(1));
    assert.equal(verdict.verdict, 'holds');
    assert.equal(verdict.seeds, 5);
    assert.ok(verdict.resamples >= 1000);
    const [condition] = verdict.conditions;
    assert.equal(condition!.unit, 'points');
    assert.ok(condition!.interval[0] <= condition!.value && condition!.value <= condition!.interval[1]);
    assert.ok(condition!.interval[0] >= 0.5);
  });

  it('fails where both miss it: a method that does nothing does not pass', () => {
    assert.equal(evaluateClaim(better, series(0)).verdict, 'fails');
  });

  it('is inconclusive where the bound lies within the interval', () => {
    assert.equal(evaluateClaim(better, series(0.5, { own: 1 })).verdict, 'inconclusive');
  });

  it('holds only if every condition does', () => {
    const conditions = (...bounds: number[]) =>
      claimOf(({ final }) => bounds.map((bound) => atLeast('ours', final('ours', 'score'), bound)));
    const verdictOf = (...bounds: number[]) => evaluateClaim(conditions(...bounds), series(1)).verdict;
    assert.equal(verdictOf(0, 0.1), 'holds');
    assert.equal(verdictOf(0, 1), 'inconclusive');
    assert.equal(verdictOf(0, 1, 5), 'fails');
    const mixed = claimOf(({ final }) => [
      atLeast('a', final('ours', 'score'), 0),
      atMost('b', final('ours', 'score'), 0),
    ]);
    assert.deepEqual(
      evaluateClaim(mixed, series(1)).conditions.map(({ outcome }) => outcome),
      ['holds', 'fails'],
    );
  });

  it('compares arms seed by seed: what a seed does to both arms does not widen the interval', () => {
    const [low, high] = evaluateClaim(
      claimOf(({ paired }) => [
        atLeast(
          'difference',
          paired((of) => of('ours', 'score').values[1]! - of('theirs', 'score').values[1]!, 'mean'),
          0.5,
        ),
      ]),
      series(1, { shared: 50 }),
    ).conditions[0]!.interval;
    assert.ok(high - low < 0.5, `the interval is ${low} to ${high}`);
  });

  it('has an interval that covers the truth about as often as it says', () => {
    const statement = claimOf(({ final }) => [atLeast('mean', final('ours', 'score', 'mean'), 0)]);
    let covered = 0;
    for (let repetition = 0; repetition < 150; repetition++) {
      const rng = createRng('coverage', repetition);
      const trials = Array.from({ length: 20 }, (_, seed) => ({
        arm: 'ours',
        seed,
        curves: { score: { steps: [0], values: [rng.normal(3, 1)] } },
      }));
      const [low, high] = evaluateClaim(statement, trials, { resamples: 200 }).conditions[0]!.interval;
      if (low <= 3 && 3 <= high) covered++;
    }
    // The percentile bootstrap is a little narrow with 20 values: about 93 of 100.
    assert.ok(covered >= 126 && covered <= 149, `${covered} of 150 intervals covered the mean`);
  });

  it('matches the closed form of the interval of a mean', () => {
    const values = Array.from({ length: 30 }, (_, i) => i);
    const trials = values.map((value, seed) => ({
      arm: 'ours',
      seed,
      curves: { score: { steps: [0], values: [value] } },
    }));
    const { value, interval } = evaluateClaim(
      claimOf(({ final }) => [atLeast('mean', final('ours', 'score', 'mean'), 0)]),
      trials,
      { resamples: 20_000 },
    ).conditions[0]!;
    const deviation = Math.sqrt(mean(values.map((one) => (one - 14.5) ** 2)) / 30);
    assert.equal(value, 14.5);
    assert.ok(Math.abs(interval[0] - (14.5 - 1.96 * deviation)) < 0.1, `low end ${interval[0]}`);
    assert.ok(Math.abs(interval[1] - (14.5 + 1.96 * deviation)) < 0.1, `high end ${interval[1]}`);
  });

  it('is the same each time, and can be asked of some seeds only', () => {
    assert.deepEqual(evaluateClaim(better, series(1)), evaluateClaim(better, series(1)));
    assert.equal(evaluateClaim(better, series(1), { seeds: [0, 1, 2], resamples: 1000 }).seeds, 3);
  });

  it('is inconclusive where the measured number is NaN, and keeps infinities', () => {
    const value = (x: number) =>
      evaluateClaim(
        claimOf(() => [atLeast('x', x, 0)]),
        series(1),
      ).verdict;
    assert.equal(value(NaN), 'inconclusive');
    assert.equal(value(Infinity), 'holds');
    assert.equal(value(-Infinity), 'fails');
  });

  it('is refused where the check is not put right', () => {
    const refused =
      (check: Check, seeds = 5) =>
      () =>
        evaluateClaim(claimOf(check), series(1, { seeds }));
    assert.throws(
      refused(() => []),
      /must return a list of conditions/,
    );
    assert.throws(refused((() => true) as never), /must return a list of conditions/);
    assert.throws(refused((() => [{ label: 'x' }]) as never), /claim\.check returned \{"label":"x"\}/);
    assert.throws(
      refused(() => [atLeast('x', 1, 0)], 1),
      /needs at least 2 seeds/,
    );
    assert.throws(
      refused(({ final }) => [atLeast('ours', final('ours', 'score'), final('theirs', 'score'))]),
      /bound of 'ours' depends on the results/,
    );
    assert.throws(
      refused(({ final }) =>
        final('ours', 'score') > 1 ? [atLeast('x', 1, 0)] : [atLeast('x', 1, 0), atLeast('y', 1, 0)],
      ),
      /number of conditions depends/,
    );
    assert.throws(
      refused(({ final }) => [atLeast('x', final('ours', 'loss'), 0)]),
      /never logged 'loss'/,
    );
  });
});
