import type { RunState } from '../runtime/runs/state.ts';

/** The last logged values of one metric of one arm, over its completed trials. */
export interface FinalValues {
  readonly metric: string;
  readonly arm: string;
  /** NaN where no trial logged the metric. */
  readonly median: number;
  readonly values: readonly number[];
}

/** What a run's trials ended with, by metric and arm in the order of the experiment. */
export function finalValues(state: RunState): FinalValues[] {
  const trials = new Map(state.trials.map((trial) => [trial.trial, trial]));
  return Object.keys(state.record.experiment.description.metrics).flatMap((metric) =>
    state.record.arms.map((arm) => {
      const values = state.series
        .filter((series) => series.metric === metric && series.length > 0)
        .filter((series) => trials.get(series.trial)?.arm === arm && trials.get(series.trial)?.status === 'completed')
        .map((series) => series.values[series.length - 1]!);
      return { metric, arm, median: median(values), values };
    }),
  );
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
