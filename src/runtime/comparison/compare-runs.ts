import type { RunState, RunStatus } from '../runs/state.ts';
import type { Verdict } from '../runs/events.ts';
import { median, quantile } from '../sdk/statistics.ts';
import { createRng } from '../sdk/rng.ts';

const resamples = 2000;

/** A run to be compared. */
export interface ComparedRun {
  /** The name of its folder, by which it is found. */
  readonly id: string;
  readonly state: RunState;
  /** What it is called now. */
  readonly name: string;
}

/** What an arm ended with in one run. */
export interface FinalValue {
  /** Of the last values of its completed trials, those that are finite. */
  readonly median: number;
  /** 95 % percentile bootstrap interval of the median over seeds; absent with fewer than two. */
  readonly interval?: readonly [low: number, high: number];
  /** How many trials it is the median of. */
  readonly seeds: number;
}

/** Runs side by side. Lists of values are in the order of the runs; `null`: the run has no such thing. */
export interface Comparison {
  readonly runs: readonly {
    readonly id: string;
    readonly name: string;
    readonly created: string;
    readonly status: RunStatus;
    readonly verdict: Verdict['verdict'] | null;
    /** What of it could not be read, and is left out of its numbers. */
    readonly problems: readonly string[];
  }[];
  /** Parameters, and what else was asked, where the runs differ in it. */
  readonly differences: readonly { readonly name: string; readonly values: readonly (string | null)[] }[];
  readonly results: readonly {
    readonly metric: string;
    readonly arm: string;
    readonly unit: string;
    readonly better: 'lower' | 'higher' | 'neither';
    readonly values: readonly (FinalValue | null)[];
  }[];
}

/** Sets runs side by side: what they ended with, and in what they differ. Deterministic. */
export function compareRuns(runs: readonly ComparedRun[]): Comparison {
  const states = runs.map(({ state }) => state);
  return {
    runs: runs.map(({ id, name, state: { record, status, verdict, problems } }) => ({
      ...{ id, name, created: record.created, status },
      verdict: verdict?.verdict ?? null,
      problems,
    })),
    differences: differencesOf(states),
    results: resultsOf(states),
  };
}

function differencesOf(states: readonly RunState[]): Comparison['differences'] {
  const asked = states.map(({ record }) => {
    const { params, seeds, arms, backend, experiment, git } = record;
    return new Map<string, string>([
      ...Object.entries(params).map(([name, value]) => [name, String(value)] as const),
      ['seeds', String(seeds.length)],
      ['arms', arms.join(', ')],
      ['backend', backend.name],
      ['experiment', experiment.file],
      ['code', experiment.hash.slice(0, 12)],
      ...(git === null ? [] : [['commit', `${git.commit.slice(0, 12)}${git.dirty ? ' with changes' : ''}`] as const]),
    ]);
  });
  const names = new Set(asked.flatMap((one) => [...one.keys()]));
  return [...names]
    .map((name) => ({ name, values: asked.map((one) => one.get(name) ?? null) }))
    .filter(({ values }) => new Set(values).size > 1);
}

function resultsOf(states: readonly RunState[]): Comparison['results'] {
  const metrics = new Set(states.flatMap(({ record }) => Object.keys(record.experiment.description.metrics)));
  const arms = new Set(states.flatMap(({ record }) => record.arms));
  return [...metrics].flatMap((metric) =>
    [...arms].flatMap((arm) => {
      const values = states.map((state) => finalValue(state, metric, arm));
      if (values.every((value) => value === null)) return [];
      const declared = states.map(({ record }) => record.experiment.description.metrics[metric]).find(Boolean);
      return [{ metric, arm, unit: declared?.unit ?? '', better: declared?.better ?? ('neither' as const), values }];
    }),
  );
}

function finalValue({ trials, series }: RunState, metric: string, arm: string): FinalValue | null {
  const completed = new Set(
    trials.filter((one) => one.arm === arm && one.status === 'completed').map((one) => one.trial),
  );
  const values = series
    .filter((one) => one.metric === metric && completed.has(one.trial) && one.length > 0)
    .map((one) => one.values[one.length - 1]!)
    .filter(Number.isFinite);
  if (values.length === 0) return null;
  const found = { median: median(values), seeds: values.length };
  if (values.length < 2) return found;
  // The same resamples for the same number of seeds, so that runs that came out alike get the same interval.
  const rng = createRng('comparison', values.length);
  const medians = Float64Array.from({ length: resamples }, () => median(values.map(() => rng.choice(values))));
  return { ...found, interval: [quantile(medians, 0.025), quantile(medians, 0.975)] };
}
