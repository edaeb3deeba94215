import { lackOf } from '../backends/lacking.ts';
import type { Experiment } from '../sdk/experiment.ts';
import type { TrialOptions } from '../sdk/trial.ts';
import type { Sdk } from './sdk.ts';
import { StopSignal } from './stop-signal.ts';

/** After the point at which a trial has trained for a step and measured it, whether it measures before the first step or not. */
const steps = 3;

/**
 * Does the beginning of a trial and keeps nothing of it, to find what the engine lacks that the trial needs: until it logs
 * at its third step, or ends.
 *
 * @returns the error in which the trial met what the engine lacks; `undefined` where it met nothing, or failed otherwise,
 *   which the trial itself will tell.
 */
export async function rehearse(sdk: Sdk, experiment: Experiment, options: TrialOptions): Promise<Error | undefined> {
  const logged = new Set<number>();
  const trial = sdk.createTrial(experiment, options, {
    log(step) {
      if (logged.add(step).size === steps) throw new StopSignal();
    },
    show() {
      // Nobody is watching.
    },
    progress() {
      // Nobody is watching.
    },
    checkpoint: {
      restore: (initial) => initial,
      save() {
        // The trial itself begins afresh.
      },
    },
  });
  try {
    await experiment.definition.trial(trial);
    return undefined;
  } catch (error) {
    return lackOf(error) === undefined ? undefined : (error as Error);
  }
}
