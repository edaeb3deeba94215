import type { ExperimentDescription } from '../runs/record.ts';
import type { Experiment } from './experiment.ts';

/** What an experiment declares, without its functions. */
export function describe({ definition }: Experiment): ExperimentDescription {
  const { paper, question, claim, compute = 'none', flopsPerUpdate, seeds = 5, params, arms, metrics } = definition;
  const work = flopsPerUpdate === undefined ? {} : { flopsPerUpdate };
  return { paper, question, statement: claim.statement, compute, ...work, seeds, params, arms, metrics };
}
