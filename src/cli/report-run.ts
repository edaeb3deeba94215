import type { Verdict } from '../runtime/runs/events.ts';
import type { FinishedRun } from './execute-run.ts';
import { exitCodes } from './exit-codes.ts';
import { told } from './experiment.ts';
import { finalValues } from './final-values.ts';
import { columns, complain, counted, duration, number, print, printJson } from './output.ts';

/** Tells how a run came out, for a person or a machine. Answers the program's exit code. */
export function reportRun(finished: FinishedRun, json: boolean): number {
  if (json) reportJson(finished);
  else report(finished);
  if (finished.interrupted) return exitCodes.stopped;
  return finished.state.status === 'completed' ? exitCodes.done : exitCodes.failed;
}

function reportJson({ folder, state, unwritten }: FinishedRun): void {
  printJson({
    id: state.record.id,
    folder,
    outcome: state.status,
    seconds: state.seconds ?? null,
    verdict: state.verdict ?? null,
    results: finalValues(state),
    warnings: state.warnings,
    error: state.error ?? (unwritten === undefined ? null : { kind: 'internal', message: unwritten }),
  });
}

function report({ folder, state, unwritten }: FinishedRun): void {
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
  if (state.error && failed.length === 0) complain(told(state.error));
  else if (unwritten !== undefined) complain(unwritten);
  const ended = state.status.charAt(0).toUpperCase() + state.status.slice(1);
  print(`${ended} after ${duration(state.seconds ?? 0)}; kept in ${folder}`);
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
