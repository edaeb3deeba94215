import type { RecordedVerdict } from '../corpus/verdicts.ts';
import type { RunState, Series } from '../runtime/runs/state.ts';
import { median } from '../runtime/sdk/statistics.ts';

/** At how many steps a curve is kept at most: enough for a picture of the size of a stamp. */
const mostSteps = 24;

/** The first metric that is a curve, else the first: for each arm that logged it, medians over seeds at some steps. */
export function mainCurve({ record, series }: RunState): RecordedVerdict['curve'] {
  const declared = record.experiment.description.metrics;
  const metrics = Object.keys(declared);
  const of = (metric: string) => series.filter((one) => one.metric === metric && one.length > 0);
  const metric = metrics.find((name) => of(name).some(({ length }) => length > 1)) ?? metrics[0]!;
  const arms = record.arms.flatMap((arm) => {
    const seeds = of(metric).filter(({ trial }) => trial.startsWith(`${arm}#`));
    return seeds.length === 0 ? [] : [[arm, mediansOf(seeds)] as const];
  });
  const { stepScale, scale } = declared[metric]!;
  const logarithmic = { steps: stepScale === 'log', values: scale === 'log' };
  return { metric, logarithmic, arms: Object.fromEntries(arms) };
}

function mediansOf(seeds: readonly Series[]): { steps: number[]; values: (number | null)[] } {
  const [{ steps: all, length }] = seeds as readonly [Series];
  const count = Math.min(length, mostSteps);
  const steps = Array.from({ length: count }, (_, i) => all[Math.round((i * (length - 1)) / Math.max(1, count - 1))]!);
  const values = steps.map((step) => {
    const value = median(seeds.map((one) => lastUpTo(one, step)).filter(Number.isFinite));
    return Number.isFinite(value) ? Number(value.toPrecision(4)) : null;
  });
  return { steps, values };
}

/** The last value at or before a step; NaN where there is none yet. */
function lastUpTo({ steps, values, length }: Series, step: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle]! <= step) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? NaN : values[low - 1]!;
}
