import type { JsonNumber, RunError, Verdict } from '../../runs/events.ts';
import { encodeJson, encodeNumbers } from '../../runs/json.ts';
import type { RunRecord } from '../../runs/record.ts';
import { type FigureState, type RunState, type RunStatus, runTiming, type TrialState } from '../../runs/state.ts';
import { trialName } from '../trial-name.ts';

/**
 * A run as one JSON document. NaN and the infinities, of which JSON has none, are the texts `"NaN"`, `"Infinity"` and
 * `"-Infinity"`, wherever a number may stand. A field that is optional is absent rather than null. New fields may be
 * added within a version; a change of meaning makes a new one.
 */
export interface ExportedRun {
  readonly format: 'marginalia-run';
  readonly version: 1;
  /** What was asked, with what, where; as in the run folder's `run.json`. */
  readonly record: RunRecord;
  readonly status: RunStatus;
  /** Share of the run that is done, 0 to 1. */
  readonly share: number;
  /** Seconds from the start to the last event. */
  readonly elapsedSeconds: number;
  readonly verdict?: Verdict;
  readonly error?: RunError;
  readonly warnings: readonly string[];
  readonly trials: readonly TrialState[];
  /** Every point that was logged: one entry for each trial and metric, steps and values of equal length, in logged order. */
  readonly series: readonly {
    readonly trial: string;
    readonly arm: string;
    readonly seed: number;
    readonly metric: string;
    readonly steps: readonly JsonNumber[];
    readonly values: readonly JsonNumber[];
  }[];
  /** The last drawn state of every figure. */
  readonly figures: readonly FigureState[];
}

/** A run as the text of an `ExportedRun`, in pieces: a line for each series and figure. */
export function* runJson(state: RunState): Generator<string> {
  const { record, status, verdict, error, warnings, trials, series, figures } = state;
  const { share, elapsedSeconds } = runTiming(state, state.lastEventAt ?? 0);
  const head: Omit<ExportedRun, 'series' | 'figures'> = {
    format: 'marginalia-run',
    version: 1,
    record,
    status,
    share,
    elapsedSeconds,
    ...(verdict === undefined ? {} : { verdict }),
    ...(error === undefined ? {} : { error }),
    warnings,
    trials,
  };
  // The closing brace comes after the lists.
  yield encodeJson(head).slice(0, -1);
  yield ',"series":[';
  let separator = '\n';
  for (const { trial, metric, length, steps, values } of series) {
    const one: ExportedRun['series'][number] = {
      trial,
      ...trialName(trial),
      metric,
      steps: encodeNumbers([...steps.subarray(0, length)]),
      values: encodeNumbers([...values.subarray(0, length)]),
    };
    // Numbers are encoded already: millions of them would take long one by one.
    yield separator + JSON.stringify(one);
    separator = ',\n';
  }
  yield '],"figures":[';
  separator = '\n';
  for (const figure of figures) {
    yield separator + encodeJson(figure);
    separator = ',\n';
  }
  yield ']}\n';
}
