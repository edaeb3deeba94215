import { closeSync, openSync } from 'node:fs';
import { access, mkdir, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join, resolve } from 'node:path';
import type { ParameterRecord } from '../sdk/parameters.ts';
import type { Outcome } from './events.ts';
import { wasAskedToStop } from './control-file.ts';
import { outcomeOf } from './exit-code.ts';
import { spawnHostNode } from './host-node.ts';
import type { BackendName } from './record.ts';
import type { ContinueRequest, RunRequest } from './request.ts';
import { runFiles } from './run-files.ts';
import { createRunId, runName } from './run-id.ts';
import { hearProcess } from './starter-words.ts';
import { readUnfinished } from './take-up-run.ts';

/** How long one trial may take where nobody says, in seconds: a day. */
const defaultTrialSeconds = 86_400;

/** What to run and how. */
export interface StartOptions {
  /** Absolute path of the `dist` folder. */
  readonly distribution: string;
  /** Absolute path of the experiment's source. */
  readonly file: string;
  /** What the run's record names instead of the path: `builtin:<id>` for a method run without a scaffold. */
  readonly displayFile?: string;
  /** Absolute path of the folder that holds all runs; made where it is missing. */
  readonly runsFolder: string;
  /** Values that differ from the declared defaults. */
  readonly params?: ParameterRecord;
  /** How many seeds, from 0 up. Default: the experiment's. */
  readonly seeds?: number;
  /** Default: all arms. */
  readonly arms?: readonly string[];
  /** Default: `auto`. */
  readonly backend?: BackendName | 'auto';
  /** How many trials side by side. Default: both cores of a two-core machine, else one less than there are. */
  readonly jobs?: number;
  /** Resident memory that one trial process may use. Default: a share of the machine's, at most 4096. */
  readonly memoryMegabytes?: number;
  /** How long one trial may take, pauses left out. Default: 86400, a day. */
  readonly trialSeconds?: number;
  /** Whether the run goes on when whoever starts it goes away. Default: `stop`. */
  readonly whenStarterExits?: 'continue' | 'stop';
}

/** A run whose process has been started. */
export interface StartedRun {
  readonly id: string;
  /** Absolute path of the run's folder. */
  readonly folder: string;
  readonly pid: number;
  /** How the run ended, once its process is gone. Never rejects. A process that died is `failed`, or `stopped` where that was asked for. */
  readonly ended: Promise<Outcome>;
  /** Why its process failed, where that could not be written in the folder; told once the process is gone. Never rejects. */
  readonly unwritten: Promise<string | undefined>;
  /** The signal that ended the run's process; null where it ended by itself. Never rejects. */
  readonly signal: Promise<NodeJS.Signals | null>;
}

/** How a debugger starts a run in its own process. */
export interface RunProcessCommand {
  /** Absolute path of the script that Node runs. */
  readonly program: string;
  readonly args: string[];
  readonly id: string;
  readonly folder: string;
}

/**
 * Starts a run in a process of its own and returns as soon as that process is there; what becomes of it is told by its
 * folder (`followRun`). A run that goes on without its starter does not keep the starter's process from ending.
 *
 * @throws Error where the experiment's file is missing, the runs' folder cannot be written, or no process can be started.
 */
export async function startRun(options: StartOptions): Promise<StartedRun> {
  const { file, distribution, whenStarterExits = 'stop' } = options;
  await access(file).catch(() => {
    throw new Error(`There is no experiment at ${file}.`);
  });
  const request = createRequest(options, { starterSign: 'input', starterListens: true });
  await mkdir(request.folder, { recursive: true }).catch((error: unknown) => {
    throw new Error(
      `The run cannot be kept in ${options.runsFolder}, which must be a folder that can be written: ${(error as Error).message}`,
    );
  });
  return (await startProcess(distribution, request, whenStarterExits)).run;
}

/**
 * Goes on with a run that was interrupted, stopped or failed: with its trials that were not completed, those that have a
 * checkpoint from there, so that it comes out as it would have without the interruption.
 *
 * @param options.folder absolute path of the run's folder.
 * @param options.whenStarterExits as in `StartOptions`.
 * @throws Error where the run still goes on, has been completed or has nothing to go on from, or its folder cannot be written.
 */
export async function continueRun({
  distribution,
  folder,
  whenStarterExits = 'stop',
}: Pick<StartOptions, 'distribution' | 'whenStarterExits'> & { readonly folder: string }): Promise<StartedRun> {
  const { id } = await readUnfinished(folder);
  // What was asked of the process that is gone is not asked of the next. Only here: once that one starts, it may be stopped.
  await rm(runFiles(folder).control, { force: true });
  const starter = { whenStarterExits, starterSign: 'input', starterListens: true } as const;
  const request = { type: 'continue', id, folder, ...starter } as const;
  const { run, began } = await startProcess(distribution, request, whenStarterExits);
  if (await began) return run;
  throw new Error((await run.unwritten) ?? `The process that was to go on with the run ${id} died.`);
}

async function startProcess(
  distribution: string,
  request: RunRequest | ContinueRequest,
  whenStarterExits: 'continue' | 'stop',
): Promise<{ readonly run: StartedRun; readonly began: Promise<boolean> }> {
  const { id, folder } = request;
  // What the process itself prints, if it ever does, is where its trials' output is.
  const output = openSync(runFiles(folder).console, 'a');
  const input = whenStarterExits === 'stop' ? 'pipe' : 'ignore';
  const child = spawnHostNode(runProcess(distribution), request, [input, output, output, 'pipe']);
  closeSync(output);
  const words = child.stdio[3] as Socket;
  const { began, failed } = hearProcess(words);
  const ended = new Promise<Outcome>((resolve) => {
    child.once('exit', (code) => {
      if (code === null) void wasAskedToStop(folder).then((asked) => resolve(asked ? 'stopped' : 'failed'));
      else resolve(outcomeOf(code));
    });
  });
  const signal = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once('exit', (_code, by) => resolve(by));
  });
  if (whenStarterExits === 'continue') {
    child.unref();
    words.unref();
  }
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => {
      reject(new Error(`The run's process cannot be started: ${error.message}`));
    });
  });
  return { run: { id, folder, pid: child.pid!, ended, unwritten: failed, signal }, began };
}

/**
 * The command of a run for a debugger's launch configuration: one trial after another, no time limit while a debugger is
 * attached, and the trial process inherits the environment, so that the debugger follows it there.
 */
export function runProcessCommand(options: StartOptions): RunProcessCommand {
  const request = createRequest({ ...options, jobs: 1 }, { starterSign: 'parent', starterListens: false });
  const { id, folder } = request;
  return { program: runProcess(options.distribution), args: [JSON.stringify(request)], id, folder };
}

function runProcess(distribution: string): string {
  return join(distribution, 'run-process.js');
}

function createRequest(options: StartOptions, starter: Pick<RunRequest, 'starterSign' | 'starterListens'>): RunRequest {
  const file = resolve(options.file);
  const { displayFile = file, runsFolder, params = {}, seeds, arms, jobs, memoryMegabytes } = options;
  const { backend = 'auto', trialSeconds = defaultTrialSeconds, whenStarterExits = 'stop' } = options;
  const created = new Date();
  const name = runName(displayFile);
  const id = createRunId(name, created);
  return {
    type: 'run',
    id,
    name,
    created: created.toISOString(),
    folder: resolve(runsFolder, id),
    file,
    displayFile,
    params,
    ...(seeds !== undefined && { seeds }),
    ...(arms !== undefined && { arms }),
    backend,
    ...(jobs !== undefined && { jobs }),
    ...(memoryMegabytes !== undefined && { memoryMegabytes }),
    trialSeconds,
    whenStarterExits,
    ...starter,
  };
}
