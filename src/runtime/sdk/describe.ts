import type { ExperimentDescription } from '../runs/record.ts';
import type { Experiment } from './experiment.ts';

/** What an experiment declares, without its functions. */
export function describe({ definition }: Experiment): ExperimentDescription {
  const { paper, question, claim, compute = 'none', seeds = 5, params, arms, metrics } = definition;
  const { flopsPerUpdate, threads } = definition;
  const work = { ...(flopsPerUpdate !== undefined && { flopsPerUpdate }), ...(threads !== undefined && { threads }) };
  return { paper, question, statement: claim.statement, compute, ...work, seeds, params, arms, metrics };
}
