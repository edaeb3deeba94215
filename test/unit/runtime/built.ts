import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listRuns, readRun } from '../../../src/runtime/runs/folder.ts';
import { startRun, type StartedRun, type StartOptions } from '../../../src/runtime/runs/start.ts';
import { isOver, type RunState } from '../../../src/runtime/runs/state.ts';
import { stopRun } from '../../../src/runtime/runs/control.ts';

/** The built product: this project's `dist`, or another build named by MARGINALIA_DIST. Tests that start processes need it. */
export function distribution(): string {
  const folder = process.env.MARGINALIA_DIST ?? join(process.cwd(), 'dist');
  for (const file of [
    'run-process.js',
    'trial.cjs',
    'recorder.cjs',
    'sdk.cjs',
    'backends.cjs',
    'vendor/esbuild/main.cjs',
  ]) {
    if (!existsSync(join(folder, file))) {
      throw new Error(
        `${join(folder, file)} is missing: these tests start the built product. Run \`npm run build\` first.`,
      );
    }
  }
  return folder;
}

/** The parts of a small experiment that a test writes itself; the rest is filled in. */
export interface ExperimentParts {
  /** Body of the trial function; in scope: arm, seed, params, rng, tf, log, show, progress, checkpoint. */
  readonly trial: string;
  readonly compute?: 'none' | 'linalg' | 'autodiff';
  readonly params?: string;
  readonly check?: string;
  /** Code before the experiment. */
  readonly before?: string;
}

/** Source of an experiment of two arms, `fast` and `slow`, one metric `loss` and two seeds. The trial's body begins at line 10. */
export function experimentSource({
  trial,
  compute = 'none',
  params = '{}',
  check = "({ final }) => [atLeast('slow over fast', final('slow', 'loss') - final('fast', 'loss'), 0)]",
  before = '',
}: ExperimentParts): string {
  // Reading `tf` where there is no engine is an error.
  const engine = compute === 'none' ? '' : ' tf,';
  return `import { experiment, atLeast, int, float, choice, flag } from 'marginalia';
${before}
export default experiment({
  paper: 'test', question: 'Does it run?', seeds: 2, compute: '${compute}',
  params: ${params},
  arms: { fast: { role: 'method', about: 'the method' }, slow: { role: 'baseline', about: 'a baseline' } },
  metrics: { loss: { better: 'lower', unit: 'nats', about: 'the loss' } },
  claim: { statement: 'fast is no worse', check: ${check} },
  async trial({ arm, seed, params, rng,${engine} log, show, progress, checkpoint }) {
${trial}
  },
});
`;
}

/** A folder of its own for each test, with a way to run things in it; everything started is stopped by `clean`. */
export interface Workplace {
  readonly folder: string;
  readonly runsFolder: string;
  write(name: string, text: string): Promise<string>;
  start(file: string, options?: Partial<StartOptions>): Promise<StartedRun>;
  read(folder: string): Promise<RunState>;
  /** Starts a run, waits for its end and reads it. */
  run(file: string, options?: Partial<StartOptions>): Promise<RunState>;
  clean(): Promise<void>;
}

export async function createWorkplace(): Promise<Workplace> {
  // A name that shells, URLs and file systems find hard.
  const folder = await mkdtemp(join(tmpdir(), 'marginalia test ünïcode (#1) %20 '));
  const runsFolder = join(folder, '.marginalia', 'runs');
  const start = (file: string, options: Partial<StartOptions> = {}) =>
    startRun({ distribution: distribution(), file, runsFolder, ...options });
  return {
    folder,
    runsFolder,
    start,
    read: readRun,
    async write(name, text) {
      const file = join(folder, name);
      await writeFile(file, text);
      return file;
    },
    async run(file, options) {
      const run = await start(file, options);
      await run.ended;
      return readRun(run.folder);
    },
    async clean() {
      const runs = await listRuns(runsFolder);
      const alive = runs.filter(({ status }) => status !== 'unreadable' && !isOver(status));
      await Promise.all(
        alive.map(async (run) => {
          const ladder = stopRun(run.folder);
          ladder.escalate();
          await ladder.done;
        }),
      );
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until something is so; fails with `what` where it is not within 20 seconds, a limit for a broken or very busy machine. */
export async function waitFor<T>(what: string, find: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const end = performance.now() + 20_000;
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`Waited in vain until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Reads a run again and again until its state is as wanted. */
export function waitForState(folder: string, what: string, wanted: (state: RunState) => boolean): Promise<RunState> {
  return waitFor(what, async () => {
    const state = await readRun(folder).catch(() => undefined);
    if (state === undefined) return undefined;
    if (wanted(state)) return state;
    if (isOver(state.status)) {
      throw new Error(`Waited until ${what}, but the run is ${state.status}: ${JSON.stringify(state.error)}`);
    }
    return undefined;
  });
}

/** Values that a trial logged of the metric `loss`. */
export function lossOf(state: RunState, trial: string): number[] {
  const series = state.series.find((one) => one.trial === trial && one.metric === 'loss');
  return series === undefined ? [] : Array.from(series.values.subarray(0, series.length));
}
