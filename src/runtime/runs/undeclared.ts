import type { RunEvent } from './events.ts';
import type { RunRecord } from './record.ts';

/**
 * What makes an event one that no trial of the run can have written: a trial or a metric that the run does not have.
 * `undefined` where it has both, and for a run whose experiment was never loaded: nobody knows then.
 */
export function undeclared({ arms, seeds, experiment }: RunRecord, event: RunEvent): string | undefined {
  if (!('trial' in event) || arms.length === 0) return undefined;
  const { trial } = event;
  const end = trial.lastIndexOf('#');
  const arm = trial.slice(0, end);
  const seed = Number(trial.slice(end + 1));
  if (!arms.includes(arm) || !seeds.includes(seed) || trial !== `${arm}#${seed}`) {
    return `is of the trial "${trial}", which this run does not have`;
  }
  const { metrics } = experiment.description;
  const known = Object.keys(metrics).length > 0;
  if (event.type !== 'points' || !known || Object.hasOwn(metrics, event.metric)) return undefined;
  return `is of the metric "${event.metric}", which this experiment does not declare`;
}
