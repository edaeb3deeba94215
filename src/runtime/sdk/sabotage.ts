import type { Verdict } from '../runs/events.ts';
import type { Experiment } from './experiment.ts';
import type { TrialSeries } from './results.ts';
import { evaluateClaim } from './verdict.ts';

/**
 * Puts each other arm in the place of the method and decides the claim again: what one of them logged stands in for what
 * every arm of the method logged, seed by seed; a metric that it never logged stays the method's own. A claim that still
 * holds with a baseline or an ablation for the method says nothing about the method.
 *
 * @param series what the trials logged; every arm of the claim with every seed.
 * @returns the verdict by the arm that stood in, for all baselines and ablations.
 */
export function sabotageClaim(
  definition: Experiment['definition'],
  series: readonly TrialSeries[],
  options: { readonly seeds?: readonly number[]; readonly resamples?: number } = {},
): Readonly<Record<string, Verdict['verdict']>> {
  const role = (arm: string) => definition.arms[arm]?.role;
  const rivals = Object.keys(definition.arms).filter((arm) => role(arm) === 'baseline' || role(arm) === 'ablation');
  return Object.fromEntries(
    rivals.map((rival) => {
      const logged = new Map(series.filter(({ arm }) => arm === rival).map((one) => [one.seed, one.curves]));
      const swapped = series.map((one) =>
        role(one.arm) === 'method' ? { ...one, curves: { ...one.curves, ...logged.get(one.seed) } } : one,
      );
      return [rival, evaluateClaim(definition, swapped, options).verdict];
    }),
  );
}
