import type { Aggregate, Curve, Results } from './experiment.ts';
import { interquartileMean, mean, median, type Numbers } from './statistics.ts';

/** What one trial logged. */
export interface TrialSeries {
  readonly arm: string;
  readonly seed: number;
  /** By metric; a metric that was never logged may be absent. */
  readonly curves: Readonly<Record<string, Curve>>;
}

const aggregates: Readonly<Record<Aggregate, (values: Numbers) => number>> = {
  median,
  mean,
  iqm: interquartileMean,
};

/**
 * The logged values as a claim asks for them.
 *
 * @param series one entry for each trial; every arm that the claim asks for needs one for every seed.
 * @param seeds the seeds to combine; in the bootstrap some occur several times and others not at all. Default: all of the series, once.
 */
export function createResults(
  series: readonly TrialSeries[],
  seeds: readonly number[] = seedsOf(series),
): Results<string, string> {
  const trials = new Map(series.map((trial) => [`${trial.arm}#${trial.seed}`, trial]));

  function curveOf(arm: string, metric: string, seed: number): Curve {
    const trial = trials.get(`${arm}#${seed}`);
    if (trial === undefined) throw new Error(`There are no results of the arm '${arm}' for seed ${seed}.`);
    const curve = trial.curves[metric];
    if (curve === undefined || curve.values.length === 0) {
      throw new Error(`The trial ${arm}#${seed} never logged '${metric}', which the claim reads.`);
    }
    return curve;
  }

  /** One number a seed, computed once for each distinct seed, combined over all. */
  function overSeeds(ofSeed: (seed: number) => number, aggregate: Aggregate = 'median'): number {
    const known = new Map<number, number>();
    const values = seeds.map((seed) => {
      const value = known.get(seed) ?? ofSeed(seed);
      known.set(seed, value);
      return value;
    });
    return aggregates[aggregate](values);
  }

  return {
    final: (arm, metric, aggregate) => overSeeds((seed) => curveOf(arm, metric, seed).values.at(-1)!, aggregate),
    at: (arm, metric, step, aggregate) =>
      overSeeds((seed) => {
        const curve = curveOf(arm, metric, seed);
        const index = curve.steps.lastIndexOf(step);
        if (index < 0) {
          throw new Error(`The trial ${arm}#${seed} logged no '${metric}' at step ${step}, which the claim reads.`);
        }
        return curve.values[index]!;
      }, aggregate),
    curve: (arm, metric, statistic, aggregate) => overSeeds((seed) => statistic(curveOf(arm, metric, seed)), aggregate),
    paired: (statistic, aggregate) =>
      overSeeds((seed) => statistic((arm, metric) => curveOf(arm, metric, seed)), aggregate),
  };
}

/** The distinct seeds of the series, ascending. */
export function seedsOf(series: readonly TrialSeries[]): number[] {
  return [...new Set(series.map((trial) => trial.seed))].sort((a, b) => a - b);
}
