import type { Command } from 'commander';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Verdict } from '../../runtime/runs/events.ts';
import { exitCodes } from '../exit-codes.ts';
import { positive } from '../option-values.ts';
import { columns, complain, number, print, printJson } from '../output.ts';

interface Verification {
  readonly id: string;
  /** Null where the run failed or gave none. */
  readonly verdict: Verdict['verdict'] | null;
  /** Value of the claim's first condition, and its 95 % interval over seeds. */
  readonly effect: number | null;
  readonly interval: readonly [low: number, high: number] | null;
  readonly seconds: number;
}

export function addVerifyCommand(program: Command, distribution: string): void {
  program
    .command('verify')
    .description('Run methods as they stand and say which of their claims hold. Ends with 1 unless all do.')
    .argument('[ids...]', 'methods (default: all)')
    .option('--jobs <number>', 'how many trials side by side', positive)
    .option('--json', 'print [{id, verdict, effect, interval, seconds}] for machines')
    .action(async (ids: string[], options: { jobs?: number; json?: true }) => {
      process.exitCode = await verify(distribution, ids, options);
    });
}

async function verify(
  distribution: string,
  ids: readonly string[],
  { jobs, json }: { jobs?: number; json?: true },
): Promise<number> {
  const [{ loadMethods }, { methodById }, { chooseExperiment, told }, { executeRun }, { startRun }, { progressOn }] =
    await Promise.all([
      import('../../corpus/load-methods.ts'),
      import('../methods.ts'),
      import('../experiment.ts'),
      import('../execute-run.ts'),
      import('../../runtime/runs/start.ts'),
      import('../progress.ts'),
    ]);
  // A slip in the last name is told before the first run, not after it.
  const wanted =
    ids.length > 0
      ? await Promise.all(ids.map(async (id) => (await methodById(distribution, id)).id))
      : (await loadMethods(distribution)).map((method) => method.id).sort();
  const runs = await mkdtemp(join(tmpdir(), 'marginalia-verify-'));
  const rows: Verification[] = [];
  try {
    for (const id of wanted) {
      const experiment = await chooseExperiment(distribution, id);
      const { state, interrupted } = await executeRun(
        () =>
          startRun({
            distribution,
            ...experiment,
            runsFolder: runs,
            ...(jobs === undefined ? {} : { jobs }),
            whenStarterExits: 'stop',
          }),
        progressOn(process.stderr, id),
      );
      if (interrupted) return exitCodes.stopped;
      const error = state.error ?? state.trials.find((trial) => trial.error)?.error;
      if (error) complain(`${id}: ${told(error)}`);
      const effect = state.verdict?.conditions[0];
      rows.push({
        id,
        verdict: state.verdict?.verdict ?? null,
        effect: effect?.value ?? null,
        interval: effect?.interval ?? null,
        seconds: state.seconds ?? 0,
      });
      if (!json) print(tidy(rows.at(-1)!, wanted));
    }
  } finally {
    await rm(runs, { recursive: true, force: true });
  }
  if (json) printJson(rows);
  return rows.every(({ verdict }) => verdict === 'holds') ? exitCodes.done : exitCodes.failed;
}

/** One row, written as soon as it is known, so its columns have the width of the widest row there can be. */
function tidy({ id, verdict, effect, interval, seconds }: Verification, ids: readonly string[]): string {
  const widest = ids.reduce((longest, other) => (other.length > longest.length ? other : longest), 'method');
  const row = [
    id,
    verdict ?? 'no verdict',
    effect === null ? '' : number(effect),
    interval === null ? '' : `[${number(interval[0])}, ${number(interval[1])}]`,
    `${seconds.toFixed(1)} s`,
  ];
  return columns([[widest, 'inconclusive', '-0.0000', '[-0.0000, -0.0000]', ''], row])[1]!;
}
