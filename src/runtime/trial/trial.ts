/**
 * Entry of a trial process: does one job after another for the run's process (`Job`), and answers each through the
 * recorder, so that an answer comes after everything that the job recorded.
 */
// First, since the recorder comes up while the rest is loaded.
import { channel, distribution, options, writer } from './start-recorder.ts';
import { readFileSync } from 'node:fs';
import inspector from 'node:inspector';
import { join } from 'node:path';
import type * as Backends from '../backends/backends.ts';
import { lackOf } from '../backends/lacking.ts';
import { encodeJson } from '../runs/json.ts';
import type { Outcome, RunError } from '../runs/events.ts';
import type { BackendName } from '../runs/record.ts';
import type { Experiment } from '../sdk/experiment.ts';
import { control } from './channel.ts';
import { openCheckpoint } from './checkpoint.ts';
import { clearWideRegisters } from './clear-wide-registers.ts';
import { loadCompiled, type CompiledBundle } from './compiled-bundle.ts';
import { loadExperiment } from './load-experiment.ts';
import { printAtOnce } from './print-at-once.ts';
import type { Answer, FromTrialProcess, Job, Note } from './protocol.ts';
import { readSeries } from './read-series.ts';
import { rehearse } from './rehearse.ts';
import { toRunError } from './run-error.ts';
import { loadSdk } from './sdk.ts';
import { seedOwnRandom, withRandom } from './seeded-random.ts';
import { StopSignal } from './stop-signal.ts';
import { createTrialSink } from './trial-sink.ts';

// An operation of a tensor engine lies more calls below the experiment's line than the ten that V8 keeps.
Error.stackTraceLimit = 100;

printAtOnce(process.stdout);
printAtOnce(process.stderr);

// Errors are told, and printed, at the lines of the experiment's sources, not at those of the product's, which was loaded before.
const sdk = loadSdk(distribution);
process.setSourceMapsEnabled(true);

/** How long loading a module, starting an engine (from a slow disk), a rehearsal or deciding a claim may take, in seconds. */
const limits = { load: 10, prepare: 60, rehearse: 20, verdict: 120, sabotage: 600 } as const;

/** Of the engine where trials compute with plain numbers. */
const noCopies: ReadonlySet<string> = new Set();

let jobs = 0;
/** The job that has not been answered yet. */
let current: Job | undefined;
let trialStarted = 0;
let engine: Backends.Engine | undefined;
let backends: CompiledBundle | undefined;

process.on('message', (job: Job) => void perform(job));
process.on('disconnect', () => process.exit());

process.on('uncaughtException', giveUp);
process.on('unhandledRejection', giveUp);

process.on('exit', (code) => {
  if (current === undefined) return;
  // The stack of this place begins where `process.exit` was called.
  const call = new Error(`The experiment ended its process with exit code ${code}. Return from the trial instead.`);
  answerFailure(toRunError(call, 'exit', distribution), true);
  writer.flush();
});

process.on('beforeExit', () => {
  if (current === undefined) return;
  process.channel?.ref();
  answerFailure({
    kind: 'exception',
    message:
      "The trial's promise will never settle: nothing is left that could resolve it. Look for a missing resolve().",
  });
});

/** How long the recorder may take to come up, in milliseconds: generous, for a very busy machine. */
const recorderMilliseconds = 30_000;

/**
 * Waits for the recorder's first turn: without it nobody would hold a loop that never yields to its limits, or end it when
 * the run's process is gone.
 */
function awaitRecorder(): void {
  const end = performance.now() + recorderMilliseconds;
  while (Atomics.load(channel.control, control.ticks) === 0) {
    if (performance.now() > end) {
      console.error('The recorder of the trial did not come up.');
      process.exit(1);
    }
    Atomics.wait(channel.control, control.ticks, 0, 10);
  }
}

async function perform(job: Job): Promise<void> {
  current = job;
  trialStarted = performance.now();
  const limit = job.type === 'trial' ? job.seconds : limits[job.type];
  // Whoever looks at a breakpoint has all the time there is.
  Atomics.store(channel.control, control.limitSeconds, inspector.url() === undefined ? limit : 0);
  Atomics.store(channel.control, control.job, ++jobs);
  try {
    // The engines load while the recorder comes up.
    if ('backend' in job && job.backend !== 'none') loadBackends();
    awaitRecorder();
    await performs[job.type](job as never);
  } catch (error) {
    answerFailure(toRunError(error, error instanceof sdk.DeclarationError ? 'declaration' : 'exception', distribution));
  }
}

const performs: { readonly [T in Job['type']]: (job: Extract<Job, { type: T }>) => Promise<void> } = {
  load() {
    answer({ type: 'loaded', description: sdk.describe(load()) });
    return Promise.resolve();
  },

  async prepare({ backend, flopsPerUpdate = 0, threads, passedOver }) {
    engine = await loadBackends().prepareEngine(backend, {
      ...{ distribution, experimentFolder: process.cwd(), flopsPerUpdate, threads, passedOver },
      readsAtOnce: /\.(data|array)Sync\(/.test(readFileSync(options.bundle, 'utf8')),
    });
    const { name, version, reason } = engine;
    answer({ type: 'prepared', backend: { name, version, reason } });
    // Every run begins with this job, in one process, so this is the place to do it once.
    backends!.keep();
  },

  async rehearse({ backend, ...trial }) {
    await useEngine(backend, 1);
    const error = await rehearse(sdk, load(), { ...trial, tf: engine!.tf });
    const what = lackOf(error);
    if (what === undefined) {
      engine!.tf.disposeVariables();
      answer({ type: 'rehearsed' });
      return;
    }
    const { line } = toRunError(error, 'exception', distribution);
    // The next engine gets a process of its own.
    answer({ type: 'rehearsed', lack: { what, ...(line !== undefined && { line }) } }, true);
    writer.flush();
    process.exit();
  },

  async trial(job) {
    await useEngine(job.backend, job.threads);
    const { arm, seed, params } = job;
    const random = seedOwnRandom(sdk.createRng('without a seed', seed));
    const experiment = load();
    const sink = createTrialSink(channel, writer, {
      metrics: Object.keys(experiment.definition.metrics),
      checkpoint: withRandom(openCheckpoint(options.checkpoints, `${arm}#${seed}`, job.checkpoint), random),
      copied: engine?.copied ?? noCopies,
    });
    const trial = sdk.createTrial(
      experiment,
      { arm, seed, params, ...(engine !== undefined && { tf: engine.tf }) },
      sink,
    );
    const seconds = () => (performance.now() - trialStarted - sink.pausedMilliseconds) / 1000;
    const tensorsBefore = engine?.tf.memory().numTensors ?? 0;
    // A trial that waits for something that cannot happen shows by a process that has nothing left to do.
    process.channel?.unref();
    let outcome: Outcome = 'completed';
    try {
      clearWideRegisters();
      await experiment.definition.trial(trial);
      sink.finish();
    } catch (error) {
      if (!(error instanceof StopSignal)) throw error;
      outcome = 'stopped';
    } finally {
      process.channel?.ref();
      engine?.tf.disposeVariables();
    }
    const tensorsAfter = engine?.tf.memory().numTensors ?? 0;
    if (tensorsAfter > tensorsBefore && outcome === 'completed') {
      writer.message(encodeJson({ type: 'leak', before: tensorsBefore, after: tensorsAfter } satisfies Note));
    }
    answer({ type: 'ended', outcome, seconds: seconds() });
  },

  async verdict({ events, seeds }) {
    const { definition } = load();
    answer({ type: 'verdict', verdict: sdk.evaluateClaim(definition, await readSeries(events), { seeds }) });
  },

  async sabotage({ events, seeds }) {
    const { definition } = load();
    answer({ type: 'sabotaged', verdicts: sdk.sabotageClaim(definition, await readSeries(events), { seeds }) });
  },
};

async function useEngine(name: BackendName, threads: number): Promise<void> {
  if (name === 'none' || engine?.name === name) return;
  engine = await loadBackends().prepareEngine(name, { distribution, experimentFolder: process.cwd(), threads });
}

function load(): Experiment {
  const experiment = loadExperiment(options.bundle, sdk);
  if (experiment === undefined) {
    throw new sdk.DeclarationError(
      "The module's default export is no experiment. Write `export default experiment({ … })`, with `experiment` imported from 'marginalia'.",
    );
  }
  return experiment;
}

function loadBackends(): typeof Backends {
  if (backends === undefined) {
    process.setSourceMapsEnabled(false);
    backends = loadCompiled(join(distribution, 'backends.cjs'));
    process.setSourceMapsEnabled(true);
  }
  return backends.exports as typeof Backends;
}

/** Only the first answer to a job counts. */
function answer(message: Answer, leaving = false): void {
  if (current === undefined) return;
  current = undefined;
  Atomics.store(channel.control, control.job, 0);
  writer.message(encodeJson({ ...message, leaving } satisfies FromTrialProcess));
}

function answerFailure(error: RunError, leaving = false): void {
  if (current?.type === 'trial') {
    answer({ type: 'ended', outcome: 'failed', seconds: (performance.now() - trialStarted) / 1000, error }, leaving);
  } else {
    answer({ type: 'failed', error }, leaving);
  }
}

/** An error that no trial's promise caught leaves the process in a state that nobody knows: another one takes over. */
function giveUp(error: unknown): void {
  if (error instanceof StopSignal) {
    answer({ type: 'ended', outcome: 'stopped', seconds: (performance.now() - trialStarted) / 1000 }, true);
  } else if (current === undefined) {
    console.error('After the end of its trial:', error);
  } else {
    answerFailure(toRunError(error, 'exception', distribution), true);
  }
  writer.flush();
  process.exit(1);
}
