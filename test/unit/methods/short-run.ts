import assert from 'node:assert/strict';
import {
  describe as describeExperiment,
  evaluateClaim,
  runTrial,
  type Experiment,
  type ParameterRecord,
  type TrialRecord,
  type TrialSeries,
} from 'marginalia';

/** Runs some arms of an experiment in short form with some seeds, one after another. */
export async function shortRun(
  experiment: Experiment,
  params: ParameterRecord,
  { arms, seeds }: { readonly arms?: readonly string[]; readonly seeds: readonly number[] },
): Promise<readonly TrialRecord[]> {
  const records: TrialRecord[] = [];
  for (const arm of arms ?? Object.keys(experiment.definition.arms)) {
    for (const seed of seeds) records.push(await runTrial(experiment, { arm, seed, params }));
  }
  return records;
}

/** Asserts what every trial owes: all metrics logged and finite, figures whose numbers are finite. */
export function assertSound(experiment: Experiment, records: readonly TrialRecord[]): void {
  for (const metric of Object.keys(describeExperiment(experiment).metrics)) {
    for (const { series } of records)
      assert.ok(series.curves[metric]?.values.length, `${series.arm} ${metric}: nothing`);
  }
  assertFinite(records);
}

/** Asserts that all numbers of curves and figures are finite. */
export function assertFinite(records: readonly TrialRecord[]): void {
  for (const { series, figures } of records) {
    for (const [metric, { values }] of Object.entries(series.curves)) {
      assert.ok(values.every(Number.isFinite), `${series.arm} ${metric}: ${values.join(' ')}`);
    }
    for (const figure of Object.values(figures)) {
      for (const layer of figure.layers) assertFiniteIn(Object.values(layer), `${series.arm} ${figure.title}`);
    }
  }
}

function assertFiniteIn(value: unknown, where: string): void {
  if (typeof value === 'number') assert.ok(Number.isFinite(value), where);
  if (Array.isArray(value)) for (const item of value as unknown[]) assertFiniteIn(item, where);
}

/** The verdict on the claim when one arm's results are put in the place of another's. */
export function verdictWith(
  experiment: Experiment,
  records: readonly TrialRecord[],
  replacement: { readonly of: string; readonly by: string } | undefined,
): string {
  const series = records.map(({ series: one }) => one);
  const kept = series.filter(({ arm }) => arm !== replacement?.of);
  const swapped: TrialSeries[] = series
    .filter(({ arm }) => arm === replacement?.by)
    .map((one) => ({ ...one, arm: replacement!.of }));
  return evaluateClaim(experiment.definition, [...kept, ...swapped], { resamples: 1000 }).verdict;
}
