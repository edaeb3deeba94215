import type { CheckedCondition, Verdict } from '../runs/events.ts';
import { DeclarationError } from './declaration-error.ts';
import type { Condition, Experiment } from './experiment.ts';
import { createResults, seedsOf, type TrialSeries } from './results.ts';
import { createRng } from './rng.ts';
import { quantile } from './statistics.ts';

/**
 * Decides an experiment's claim: on all seeds, and on resamples of the seeds with replacement, each resample the same
 * for all arms (they met the same testbeds). Deterministic in its arguments.
 *
 * @param series what the trials logged; every arm of the claim with every seed.
 * @param options.seeds the seeds to decide on. Default: all of the series. At least two: one has no interval.
 * @param options.resamples Default 2000.
 * @throws DeclarationError where the claim's check is not put right or reads what was not logged.
 */
export function evaluateClaim(
  { paper, claim }: Experiment['definition'],
  series: readonly TrialSeries[],
  { seeds = seedsOf(series), resamples = 2000 }: { seeds?: readonly number[]; resamples?: number } = {},
): Verdict {
  if (seeds.length < 2) {
    throw new DeclarationError(
      `A verdict needs at least 2 seeds, for an interval over them; there ${seeds.length === 1 ? 'is 1' : 'are none'}.`,
    );
  }
  const check = (chosen: readonly number[]): readonly Condition[] => claim.check(createResults(series, chosen));
  const conditions = check(seeds);
  checkConditions(conditions);

  const rng = createRng(`${paper}/claim`, 0);
  const samples = conditions.map(() => new Float64Array(resamples));
  for (let i = 0; i < resamples; i++) {
    const again = check(seeds.map(() => rng.choice(seeds)));
    if (again.length !== conditions.length) {
      throw new DeclarationError(
        'claim.check: the number of conditions depends on the results. Always return the same ones.',
      );
    }
    for (const [j, condition] of again.entries()) {
      if (condition.bound !== conditions[j]!.bound || condition.relation !== conditions[j]!.relation) {
        throw new DeclarationError(
          `claim.check: the bound of '${condition.label}' depends on the results. Make the comparison the value, as a ` +
            "difference or a ratio, and the bound a fixed number: atLeast('a minus b', a - b, 0.1).",
        );
      }
      samples[j]![i] = condition.value;
    }
  }

  const checked = conditions.map((condition, j): CheckedCondition => {
    const interval = [quantile(samples[j]!, 0.025), quantile(samples[j]!, 0.975)] as const;
    return { ...condition, interval, outcome: outcomeOf(condition, interval) };
  });
  const outcomes = checked.map(({ outcome }) => outcome);
  return {
    verdict: outcomes.includes('fails') ? 'fails' : outcomes.includes('inconclusive') ? 'inconclusive' : 'holds',
    statement: claim.statement,
    conditions: checked,
    seeds: seeds.length,
    resamples,
  };
}

/** A condition is decided only where the point and both ends of the interval agree; a NaN agrees with nothing. */
function outcomeOf(condition: Condition, interval: readonly [number, number]): CheckedCondition['outcome'] {
  const { relation, bound } = condition;
  const all = [condition.value, ...interval];
  if (all.some(Number.isNaN)) return 'inconclusive';
  const met = all.map((value) => (relation === 'at least' ? value >= bound : value <= bound));
  return met.every(Boolean) ? 'holds' : met.some(Boolean) ? 'inconclusive' : 'fails';
}

function checkConditions(conditions: unknown): void {
  if (!Array.isArray(conditions) || conditions.length === 0) {
    throw new DeclarationError("claim.check must return a list of conditions: [atLeast('…', value, bound), …].");
  }
  for (const condition of conditions as readonly Partial<Condition>[]) {
    if (
      typeof condition.label !== 'string' ||
      typeof condition.value !== 'number' ||
      !Number.isFinite(condition.bound)
    ) {
      throw new DeclarationError(
        `claim.check returned ${JSON.stringify(condition)}. Make each condition with atLeast('…', value, bound) or atMost.`,
      );
    }
  }
}
