import type { Command } from 'commander';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Method } from '../../corpus/method.ts';
import type { RecordedVerdict, RecordedVerdicts } from '../../corpus/verdicts.ts';
import type { RunState } from '../../runtime/runs/state.ts';
import { exitCodes } from '../exit-codes.ts';
import { Misuse } from '../misuse.ts';
import { positive } from '../option-values.ts';
import { columns, complain, counted, number, print, printJson } from '../output.ts';

interface VerifyOptions {
  readonly jobs?: number;
  readonly sabotage?: true;
  readonly record?: string;
  readonly json?: true;
}

interface Verification {
  readonly id: string;
  /** Null where the run failed or gave none. */
  readonly verdict: RecordedVerdict['verdict'] | null;
  /** Value of the claim's first condition, and its 95 % interval over seeds. */
  readonly effect: number | null;
  readonly interval: readonly [low: number | null, high: number | null] | null;
  readonly seconds: number;
  readonly sabotage?: RecordedVerdict['sabotage'];
}

export function addVerifyCommand(program: Command, distribution: string): void {
  program
    .command('verify')
    .description('Run methods as they stand and say which of their claims hold. Ends with 1 unless all do.')
    .argument('[ids...]', 'methods (default: all)')
    .option('--jobs <number>', 'how many trials side by side', positive)
    .option('--sabotage', 'decide each claim again with every baseline and ablation in the place of the method')
    .option(
      '--record <file>',
      'keep verdicts in this file, after each method; what it has and still fits is not run again, unless it is named',
    )
    .option('--json', 'print [{id, verdict, effect, interval, seconds}] for machines')
    .action(async (ids: string[], options: VerifyOptions) => {
      process.exitCode = await verify(distribution, ids, options);
    });
}

async function verify(distribution: string, ids: readonly string[], options: VerifyOptions): Promise<number> {
  const { json, record } = options;
  const [{ loadMethods }, { methodById }] = await Promise.all([
    import('../../corpus/load-methods.ts'),
    import('../methods.ts'),
  ]);
  // A slip in the last name is told before the first run, not after it.
  const all = await loadMethods(distribution);
  const wanted =
    ids.length > 0
      ? await Promise.all(ids.map((id) => methodById(distribution, id)))
      : all.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const recorded = record === undefined ? undefined : await openRecord(resolve(record), all);
  const fits = ({ id, hash }: Method) => ids.length === 0 && recorded?.verdicts[id]?.hash === hash;
  if (!json) {
    const kept = wanted.filter(fits).length;
    if (kept > 0) process.stderr.write(`${counted(kept, 'verdict')} of ${wanted.length} still fit and are kept.\n`);
  }
  const runs = await mkdtemp(join(tmpdir(), 'marginalia-verify-'));
  const rows: Verification[] = [];
  const tell = (row: Verification) => {
    rows.push(row);
    if (!json) print(tidy(row, wanted));
  };
  try {
    for (const [i, method] of wanted.entries()) {
      const known = recorded?.verdicts[method.id];
      if (known !== undefined && fits(method)) {
        tell(told(method.id, known, options));
        continue;
      }
      const label = wanted.length > 1 ? `${i + 1}/${wanted.length} ${method.id}` : method.id;
      const verified = await verifyOne(distribution, method, { ...options, runs, label });
      if (verified === 'interrupted') return exitCodes.stopped;
      if ('seconds' in verified) {
        tell({ id: method.id, verdict: null, effect: null, interval: null, seconds: verified.seconds });
      } else {
        recorded?.keep(method.id, verified.found);
        tell(told(method.id, verified.found, options));
      }
    }
  } finally {
    await rm(runs, { recursive: true, force: true });
  }
  if (json) printJson(rows);
  return rows.every(({ verdict }) => verdict === 'holds') ? exitCodes.done : exitCodes.failed;
}

/** Runs one method with its default seeds. */
async function verifyOne(
  distribution: string,
  method: Method,
  { jobs, sabotage, record, runs, label }: VerifyOptions & { readonly runs: string; readonly label: string },
): Promise<'interrupted' | { readonly seconds: number } | { readonly found: RecordedVerdict }> {
  const [{ chooseExperiment, told: toldError }, { executeRun }, { startRun }, { progressOn }] = await Promise.all([
    import('../experiment.ts'),
    import('../execute-run.ts'),
    import('../../runtime/runs/start.ts'),
    import('../progress.ts'),
  ]);
  const experiment = await chooseExperiment(distribution, method.id);
  const { state, folder, interrupted } = await executeRun(
    () =>
      startRun({
        distribution,
        ...experiment,
        runsFolder: runs,
        ...(jobs === undefined ? {} : { jobs }),
        whenStarterExits: 'stop',
      }),
    progressOn(process.stderr, label),
  );
  if (interrupted) return 'interrupted';
  const error = state.error ?? state.trials.find((trial) => trial.error)?.error;
  if (error) complain(`${method.id}: ${toldError(error)}`);
  const found = await foundIn(state, method, async () => {
    if (sabotage === undefined && record === undefined) return {};
    const { sabotageRun } = await import('../../runtime/runs/sabotage.ts');
    const sabotaged = await sabotageRun(folder, { distribution });
    if ('error' in sabotaged) throw new Error(`${method.id}, sabotaged: ${toldError(sabotaged.error)}`);
    return sabotaged.verdicts;
  });
  await rm(folder, { recursive: true, force: true });
  return found === undefined ? { seconds: state.seconds ?? 0 } : { found };
}

async function foundIn(
  state: RunState,
  { hash }: Method,
  sabotage: () => Promise<RecordedVerdict['sabotage']>,
): Promise<RecordedVerdict | undefined> {
  const { verdict, record, seconds = 0 } = state;
  const [effect] = verdict?.conditions ?? [];
  if (verdict === undefined || effect === undefined) return undefined;
  const { mainCurve } = await import('../main-curve.ts');
  const { label, value, interval, relation, bound } = effect;
  const { name, version } = record.backend;
  return {
    hash,
    verdict: verdict.verdict,
    effect: { label, value: finite(value), interval: [finite(interval[0]), finite(interval[1])], relation, bound },
    conditions: verdict.conditions.length,
    seeds: verdict.seeds,
    seconds: Number(seconds.toFixed(1)),
    engine: name === 'none' ? version : `${name} ${version}`,
    sabotage: await sabotage(),
    curve: mainCurve(state),
  };
}

/** Six digits, so that a file of verdicts reads well; null for what JSON has no number for. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(6)) : null;
}

/** The file in which verdicts are kept. What cannot be read there is told, never overwritten. */
async function openRecord(file: string, methods: readonly Method[]) {
  const [{ readVerdicts, writeVerdicts }, { replaceFile }] = await Promise.all([
    import('../../corpus/verdicts.ts'),
    import('../../runtime/runs/replace-file.ts'),
  ]);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '{}';
    throw new Misuse(`${file} cannot be read: ${(error as Error).message}`);
  });
  const { verdicts, problems } = readVerdicts(text, file);
  if (problems.length > 0) {
    const lines = problems.map((problem) => `${problem.file}:${problem.line}: ${problem.message}`);
    throw new Misuse(`mend the file of verdicts, or delete it:\n${lines.join('\n')}`);
  }
  const ids = new Set(methods.map(({ id }) => id));
  let known: RecordedVerdicts = Object.fromEntries(Object.entries(verdicts).filter(([id]) => ids.has(id)));
  return {
    get verdicts() {
      return known;
    },
    keep(id: string, found: RecordedVerdict): void {
      known = { ...known, [id]: found };
      replaceFile(file, writeVerdicts(known));
    },
  };
}

function told(
  id: string,
  { verdict, effect, seconds, sabotage: stoodIn }: RecordedVerdict,
  { sabotage }: VerifyOptions,
): Verification {
  const { value, interval } = effect;
  return { id, verdict, effect: value, interval, seconds, ...(sabotage && { sabotage: stoodIn }) };
}

/** One row, written as soon as it is known, so its columns have the width of the widest row there can be. */
function tidy({ id, verdict, effect, interval, seconds, sabotage }: Verification, methods: readonly Method[]): string {
  const widest = methods.reduce((longest, other) => (other.id.length > longest.length ? other.id : longest), 'method');
  const shown = (value: number | null) => (value === null ? '?' : number(value));
  const stillHolds = Object.entries(sabotage ?? {}).flatMap(([arm, found]) => (found === 'holds' ? [arm] : []));
  const row = [
    id,
    verdict ?? 'no verdict',
    interval === null ? '' : shown(effect),
    interval === null ? '' : `[${shown(interval[0])}, ${shown(interval[1])}]`,
    `${seconds.toFixed(1)} s`,
    ...(stillHolds.length > 0 ? [`holds too with ${stillHolds.join(', ')} for the method`] : []),
  ];
  return columns([[widest, 'inconclusive', '-0.0000', '[-0.0000, -0.0000]', '100.0 s', ''], row])[1]!;
}
