import { copyFile, readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Answer } from '../trial/protocol.ts';
import { placeInSource } from '../trial/source-map.ts';
import { isUserFile } from '../trial/user-file.ts';
import { chooseBackend } from './choose-backend.ts';
import { compileExperiment } from './compile.ts';
import { describeBreakage } from './describe-breakage.ts';
import type { Outcome, RunError, Verdict } from './events.ts';
import { gitState } from './git.ts';
import { heartbeatInterval, processSpace, writeHeartbeat } from './heartbeat.ts';
import { defaultJobs, defaultMemory, jobsWithThreads, thisMachine } from './machine.ts';
import { createPool, type Pool } from './pool.ts';
import { productVersion } from './product-version.ts';
import { provisionalRecord } from './provisional-record.ts';
import type { RunRecord } from './record.ts';
import type { ContinueRequest, RunRequest } from './request.ts';
import { resolveRequest } from './resolve-request.ts';
import { watchControl, type RunControl } from './run-control.ts';
import { runFiles } from './run-files.ts';
import { runTrials } from './run-trials.ts';
import { createRunWriter, type RunWriter } from './run-writer.ts';
import { noVerdict, runTiming } from './state.ts';
import { takeUpRun, type TakenUpRun } from './take-up-run.ts';
import { findUndifferentiable } from './undifferentiable.ts';
import { spawnTrialProcess, type Death } from './trial-process.ts';
import { watchStarter } from './watch-starter.ts';

/** How a run came out, before it is written down. */
interface Result {
  readonly outcome: Outcome;
  readonly error?: RunError;
}

/** What the steps of a run work with. */
interface RunContext {
  /** Absolute path of the run's folder. */
  readonly folder: string;
  /** Absolute path of the experiment's source. */
  readonly file: string;
  readonly pool: Pool;
  readonly control: RunControl;
  readonly writer: RunWriter;
  /** Says that the run lives, and what it is doing. */
  readonly beat: () => void;
}

/**
 * Does a run, or what is left of one, in this process and keeps it in its folder. Whatever happens, the folder says how it
 * ended.
 *
 * @param onBegun called when the folder is this process's.
 * @throws Error where a run cannot be taken up again, or its folder cannot be written: the message says why and what to do.
 */
export async function executeRun(
  request: RunRequest | ContinueRequest,
  distribution: string,
  onBegun: () => void,
): Promise<Outcome> {
  const { folder } = request;
  const files = runFiles(folder);
  const { file, writer, verdict } = await openRun(request, distribution);
  onBegun();
  const { limits } = writer.state.record;
  const control = watchControl({
    file: files.control,
    onChange: (change) => {
      writer.event({ type: change });
      beat();
    },
  });
  const starter =
    request.whenStarterExits === 'stop' ? watchStarter(request.starterSign, control.requestStop) : undefined;
  const spawn = () => {
    // The heartbeat names the process as soon as the pool knows it.
    setImmediate(beat);
    return spawnTrialProcess({
      distribution,
      workingFolder: dirname(file),
      print: writer.console,
      id: request.id,
      bundle: files.bundle,
      control: files.control,
      checkpoints: files.checkpoints,
      memoryMegabytes: limits.memoryMegabytes,
    });
  };
  const pool = createPool(spawn, control);
  const beat = () => {
    const { share } = runTiming(writer.state, Date.now());
    const { status } = writer.state;
    writeHeartbeat(folder, {
      pid: process.pid,
      trialProcesses: pool.pids,
      processSpace: processSpace(),
      status,
      share,
    });
  };
  beat();
  const heart = setInterval(beat, heartbeatInterval);
  const context: RunContext = { folder, file, pool, control, writer, beat };
  // What goes wrong after the first thing, while the run is being ended, must not end this process before it has said so.
  const broken = new Promise<never>((_, reject) => process.on('uncaughtException', reject));

  let result: Result;
  try {
    const performing =
      request.type === 'run' ? performRun(request, distribution, context) : performRest(verdict, context);
    result = await Promise.race([performing, broken]);
  } catch (error) {
    // Our own fault, or the disk's.
    console.error(error);
    result = failed({ kind: 'internal', message: describeBreakage(error, folder) });
  }
  clearInterval(heart);
  control.dispose();
  starter?.dispose();
  pool.dispose();
  try {
    writer.end(result.outcome, result.error);
  } catch (error) {
    throw new Error(result.error?.message ?? describeBreakage(error, folder), { cause: error });
  }
  return result.outcome;
}

/** Makes the run's folder this process's. */
async function openRun(request: RunRequest | ContinueRequest, distribution: string): Promise<TakenUpRun> {
  const { folder } = request;
  try {
    if (request.type === 'continue') return await takeUpRun(folder);
    return { file: request.file, writer: createRunWriter(folder, await beginRecord(request, distribution)) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new Error(describeBreakage(error, folder), { cause: error });
  }
}

async function performRun(request: RunRequest, distribution: string, context: RunContext): Promise<Result> {
  const { folder, file, pool, control, writer, beat } = context;
  const files = runFiles(folder);

  // A trial process comes up while the experiment is compiled and git looks at its files.
  pool.warm();
  const git = gitState(file);
  const [compiled] = await Promise.all([
    compileExperiment({ distribution, file, bundle: files.bundle }),
    copyFile(file, files.source),
  ]);
  if (control.stopping()) return stopped;
  if ('error' in compiled) return failed(compiled.error);

  const loaded = await pool.perform({ type: 'load' }, 'load');
  if (control.stopping()) return stopped;
  if (loaded.type !== 'loaded') return failed(errorOf(loaded, file));
  const { description } = loaded;

  const provisional = writer.state.record;
  const { machine } = provisional;
  let resolved;
  let chosen;
  try {
    resolved = resolveRequest(description, request);
    chosen = await chooseBackend(description, resolved, request.backend, machine.cores, pool);
  } catch (error) {
    return control.stopping() ? stopped : failed({ kind: 'request', message: (error as Error).message });
  }
  if (control.stopping()) return stopped;
  const { arms, seeds } = resolved;
  const { backend, threads } = chosen;
  const record: RunRecord = {
    ...provisional,
    ...resolved,
    experiment: { file: request.displayFile, hash: compiled.hash, description },
    backend: { ...backend, asked: request.backend },
    threads,
    jobs: Math.min(jobsWithThreads(provisional.jobs, threads, machine.cores), arms.length * seeds.length),
    git: await git,
  };
  writer.record(record);
  writer.event({ type: 'started', pid: process.pid, record });
  for (const message of chosen.warnings) writer.event({ type: 'warning', message });
  if (description.compute === 'autodiff') await warnOfGradients(files.bundle, file, writer);
  beat();
  return performTrials(record, context);
}

/**
 * What is left of a run that was taken up. It goes on with the bundle that it began with, whatever became of the source.
 *
 * @param verdict that it had come to, where nothing but its end is left.
 */
async function performRest(verdict: Verdict | undefined, context: RunContext): Promise<Result> {
  const { writer, beat } = context;
  writer.event({ type: 'continued', pid: process.pid });
  if (verdict !== undefined) {
    // Who goes on with a run has to come to the verdict anew, as far as viewers know.
    writer.event({ type: 'verdict', ...verdict });
    return { outcome: 'completed' };
  }
  beat();
  return performTrials(writer.state.record, context);
}

async function performTrials(record: RunRecord, context: RunContext): Promise<Result> {
  const { file, control, writer } = context;
  const error = await runTrials(record, context);
  if (control.stopping()) return stopped;
  if (error !== undefined) {
    writer.event({ type: 'warning', message: `${noVerdict}${unfinished(writer)}` });
    return failed(located(error, file));
  }
  return await decide(record, context);
}

/** Says before the first trial which operations will stop it, where that can be seen in the sources. */
async function warnOfGradients(bundle: string, experiment: string, writer: RunWriter): Promise<void> {
  for (const { operation, line, column } of findUndifferentiable(await readFile(bundle, 'utf8'))) {
    const place = placeInSource([{ name: '', file: bundle, line, column }], bundle);
    // What a package does is its own affair until it is computed.
    if (place.file === undefined || !isUserFile(place.file)) continue;
    const where = place.file === experiment ? 'Line' : `${basename(place.file)}, line`;
    const message = `${where} ${place.line}: no gradient flows through tf.${operation}, which is called inside of one. A trial stops there if its loss depends on a variable through it.`;
    writer.event({ type: 'warning', message });
  }
}

/** Has the claim decided, where the run is fit for it. */
async function decide(record: RunRecord, { folder, file, pool, control, writer }: RunContext): Promise<Result> {
  const missing = Object.keys(record.experiment.description.arms).filter((arm) => !record.arms.includes(arm));
  const reason =
    missing.length > 0
      ? `the claim is about all arms, and ${missing.join(', ')} did not take part.`
      : record.seeds.length < 2
        ? 'it needs at least 2 seeds, for an interval over them.'
        : undefined;
  if (reason !== undefined) {
    writer.event({ type: 'warning', message: `${noVerdict}${reason}` });
    return { outcome: 'completed' };
  }
  const { events } = runFiles(folder);
  const answer = await pool.perform({ type: 'verdict', events, seeds: record.seeds }, 'claim');
  if (control.stopping()) return stopped;
  if (answer.type !== 'verdict') return failed(errorOf(answer, file));
  writer.event({ type: 'verdict', ...answer.verdict });
  return { outcome: 'completed' };
}

/** What is known of a run before its experiment is. */
async function beginRecord(request: RunRequest, distribution: string): Promise<RunRecord> {
  const { id, name, created, folder, displayFile, trialSeconds, whenStarterExits } = request;
  const machine = thisMachine();
  const jobs = request.jobs ?? defaultJobs(machine.cores);
  const provisional = provisionalRecord(folder);
  return {
    ...provisional,
    id,
    name,
    created,
    experiment: { ...provisional.experiment, file: displayFile },
    params: request.params,
    jobs,
    limits: { memoryMegabytes: request.memoryMegabytes ?? defaultMemory(machine.memoryMegabytes, jobs), trialSeconds },
    whenStarterExits,
    versions: { marginalia: await productVersion(distribution), node: process.versions.node },
    machine,
    pid: process.pid,
  };
}

const stopped: Result = { outcome: 'stopped' };

function failed(error: RunError): Result {
  return { outcome: 'failed', error };
}

function errorOf(answer: Answer | Death, file: string): RunError {
  if (answer.type === 'failed' || answer.type === 'died') return located(answer.error, file);
  return { kind: 'internal', message: `A job was answered with '${answer.type}'.` };
}

/** An error whose place is not known is at least the experiment's. */
function located(error: RunError, file: string): RunError {
  return error.file === undefined ? { ...error, file } : error;
}

function unfinished({ state }: RunWriter): string {
  const count = state.trials.filter(({ status }) => status !== 'completed').length;
  return `${count} of ${state.trials.length} trials did not complete.`;
}
