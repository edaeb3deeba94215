import type { ExperimentDescription } from '../runs/record.ts';
import type { Experiment } from './experiment.ts';

/** What an experiment declares, without its functions. */
export function describe({ definition }: Experiment): ExperimentDescription {
  const { paper, question, claim, compute = 'none', seeds = 5, params, arms, metrics } = definition;
  return { paper, question, statement: claim.statement, compute, seeds, params, arms, metrics };
}
