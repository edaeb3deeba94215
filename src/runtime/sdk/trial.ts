import { DeclarationError } from './declaration-error.ts';
import type { Experiment, TensorFlow, Trial } from './experiment.ts';
import type { Figure } from './figure.ts';
import { resolveParameters, type ParameterRecord, type Parameters } from './parameters.ts';
import type { TrialSeries } from './results.ts';
import { createRng } from './rng.ts';

type AnyTrial = Trial<Parameters, string, string>;

/** Where a trial's records go once they are checked. What `log` throws ends the trial. */
export type TrialSink = Pick<AnyTrial, 'log' | 'show' | 'progress' | 'checkpoint'>;

/** Which trial of an experiment. */
export interface TrialOptions {
  readonly arm: string;
  /** 0-based number of the repetition. */
  readonly seed: number;
  /** Values that differ from the declared defaults. */
  readonly params?: ParameterRecord;
  /** The tensor engine, its backend set and ready. Needed unless the experiment computes with `none`. */
  readonly tf?: TensorFlow;
}

/**
 * Makes what the trial function of an experiment receives.
 *
 * @throws DeclarationError where the arm is not declared or a parameter has no such value.
 */
export function createTrial({ definition }: Experiment, options: TrialOptions, sink: TrialSink): AnyTrial {
  const { arm, seed, tf } = options;
  if (!Object.hasOwn(definition.arms, arm)) {
    throw new DeclarationError(`There is no arm '${arm}'. Declared are: ${Object.keys(definition.arms).join(', ')}.`);
  }
  const lastSteps = new Map(Object.keys(definition.metrics).map((metric) => [metric, -Infinity]));

  return {
    arm,
    seed,
    params: resolveParameters(definition.params, options.params ?? {}),
    rng: createRng(definition.paper, seed),
    get tf(): TensorFlow {
      if ((definition.compute ?? 'none') === 'none') {
        throw new DeclarationError(
          "This experiment has no tensor engine. Write compute: 'autodiff' (or 'linalg' without gradients) in its declaration to use tf.",
        );
      }
      if (tf === undefined) throw new Error('This trial was started without a tensor engine.');
      return tf;
    },
    log(step, values) {
      if (!Number.isFinite(step)) throw new TypeError(`log: the step is ${String(step)}; it must be a finite number.`);
      for (const metric in values) {
        const last = lastSteps.get(metric);
        if (last === undefined) {
          throw new DeclarationError(
            `log: there is no metric '${metric}'. Declared are: ${[...lastSteps.keys()].join(', ')}.`,
          );
        }
        if (typeof values[metric] !== 'number') {
          throw new TypeError(
            `log: '${metric}' is ${kindOf(values[metric])}, not a number. Read a tensor's number with .dataSync()[0].`,
          );
        }
        if (step < last) {
          throw new RangeError(
            `log: '${metric}' at step ${step} comes after step ${last}; steps of a metric never go back.`,
          );
        }
        lastSteps.set(metric, step);
      }
      sink.log(step, values);
    },
    show(name, figure) {
      sink.show(name, figure);
    },
    progress(share) {
      if (!(share >= 0 && share <= 1)) throw new RangeError(`progress: the share is ${share}; it must be from 0 to 1.`);
      sink.progress(share);
    },
    checkpoint: sink.checkpoint,
  };
}

/** What one trial recorded. */
export interface TrialRecord {
  readonly series: TrialSeries;
  /** The last drawn figure of each name. */
  readonly figures: Readonly<Record<string, Figure>>;
}

/** Runs one trial here and now and keeps what it records in memory. */
export async function runTrial(experiment: Experiment, options: TrialOptions): Promise<TrialRecord> {
  const curves: Record<string, { steps: number[]; values: number[] }> = {};
  const figures: Record<string, Figure> = {};
  const trial = createTrial(experiment, options, {
    log(step, values) {
      for (const metric in values) {
        const curve = (curves[metric] ??= { steps: [], values: [] });
        curve.steps.push(step);
        curve.values.push(values[metric]!);
      }
    },
    show(name, figure) {
      figures[name] = figure;
    },
    progress() {
      // Nobody is watching.
    },
    checkpoint: {
      restore: (initial) => initial,
      save() {
        // What is kept in memory is gone with it.
      },
    },
  });
  await experiment.definition.trial(trial);
  return { series: { arm: options.arm, seed: options.seed, curves }, figures };
}

function kindOf(value: unknown): string {
  if (typeof value === 'object' && value !== null) return `an object (${value.constructor.name})`;
  return String(value);
}
