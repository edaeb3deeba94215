import { basename } from 'node:path';
import type { RunError, Verdict } from '../runtime/runs/events.ts';
import type { FinishedRun } from './execute-run.ts';
import { exitCodes } from './exit-codes.ts';
import { told } from './experiment.ts';
import { finalValues } from './final-values.ts';
import { columns, complain, counted, duration, number, print, printJson } from './output.ts';

/** Tells how a run came out, for a person or a machine. Answers the program's exit code. */
export function reportRun(finished: FinishedRun, json: boolean): number {
  if (json) reportJson(finished);
  else report(finished);
  const { status } = finished.state;
  if (finished.interrupted || status === 'stopped') return exitCodes.stopped;
  return status === 'completed' ? exitCodes.done : exitCodes.failed;
}

function reportJson(finished: FinishedRun): void {
  const { folder, state } = finished;
  printJson({
    id: basename(folder),
    folder,
    outcome: state.status,
    seconds: state.seconds ?? null,
    backend: state.record.backend,
    verdict: state.verdict ?? null,
    results: finalValues(state),
    warnings: state.warnings,
    error: errorOf(finished) ?? null,
  });
}

function report(finished: FinishedRun): void {
  const { folder, state } = finished;
  const { backend } = state.record;
  // A run that ended before an engine was chosen has no reason.
  if (backend.reason !== '') {
    print(`Engine: ${backend.name === 'none' ? 'none' : `${backend.name} ${backend.version}`} (${backend.reason})`);
    print('');
  }
  const { metrics } = state.record.experiment.description;
  const results = finalValues(state);
  for (const [metric, { better, unit, about }] of Object.entries(metrics)) {
    const rows = results.filter((result) => result.metric === metric && result.values.length > 0);
    if (rows.length === 0) continue;
    const direction = better === 'neither' ? '' : `, ${better} is better`;
    print(`${metric} (${unit}${direction}): ${about}`);
    const cells = rows.map(({ arm, median, values }) => [
      `  ${arm}`,
      number(median),
      `median of ${counted(values.length, 'seed')}`,
    ]);
    for (const line of columns(cells, [1])) print(line);
    print('');
  }
  for (const warning of state.warnings) print(`Warning: ${warning}`);
  if (state.verdict) for (const line of verdictLines(state.verdict)) print(line);
  const failed = state.trials.filter((trial) => trial.error !== undefined);
  for (const { trial, error } of failed) complain(`trial ${trial}: ${told(error!)}`);
  const error = errorOf(finished);
  // What failed a trial was told with the trial.
  if (error !== undefined && (error !== state.error || failed.length === 0)) complain(told(error));
  const ended = state.status.charAt(0).toUpperCase() + state.status.slice(1);
  print(`${ended} after ${duration(state.seconds ?? 0)}; kept in ${folder}`);
  const goesOn = state.status === 'interrupted' || state.status === 'stopped';
  if (goesOn && state.record.arms.length > 0) print(`Go on with it: marginalia resume ${basename(folder)}`);
}

/** What the run says of its failure, what its process could only tell its starter, or what is known of the end of one that said nothing. */
function errorOf({ state, unwritten, signal }: FinishedRun): RunError | undefined {
  if (state.error !== undefined) return state.error;
  if (unwritten !== undefined) return { kind: 'internal', message: unwritten };
  if (state.status !== 'interrupted') return undefined;
  const why =
    signal === null
      ? 'ended without a word; what it printed last is in console.log'
      : signal === 'SIGKILL'
        ? 'was killed (SIGKILL), by somebody or by a system that had no memory left'
        : `was ended by ${signal}`;
  return { kind: 'killed', message: `The run was interrupted: its process ${why}. What it had logged is kept.` };
}

function verdictLines({ verdict, statement, conditions, seeds, resamples }: Verdict): string[] {
  const rows = conditions.map(({ label, value, interval: [low, high], relation, bound, unit, outcome }) => [
    `  ${label}`,
    `${number(value)}${unit === undefined ? '' : ` ${unit}`}`,
    `[${number(low)}, ${number(high)}]`,
    `${relation} ${number(bound)}`,
    outcome,
  ]);
  return [
    `The claim ${verdict === 'inconclusive' ? 'is neither shown nor refuted' : verdict}: ${statement}`,
    ...columns(rows),
    `  (95 % intervals over ${counted(seeds, 'seed')}, ${resamples} resamples)`,
    '',
  ];
}
