import type { Note } from '../trial/protocol.ts';
import { checkpointFile, problemOfCheckpoint, removeCheckpoint } from './checkpoints.ts';
import type { RunError } from './events.ts';
import { encodeNumbers } from './json.ts';
import type { Pool } from './pool.ts';
import type { RunRecord } from './record.ts';
import type { RunControl } from './run-control.ts';
import { runFiles } from './run-files.ts';
import type { RunWriter } from './run-writer.ts';
import { lastCheckpoint } from './state.ts';
import type { JobListener } from './trial-process.ts';

/** How often a trial is begun whose process dies for no reason of its own. */
const attempts = 2;

/** What trials are done with. */
export interface TrialsContext {
  /** Absolute path of the run's folder. */
  readonly folder: string;
  readonly pool: Pool;
  readonly control: RunControl;
  readonly writer: RunWriter;
}

/**
 * Does all trials of a run that have not been completed, `record.jobs` at a time, all arms of one seed before the next
 * seed's. A trial that has a checkpoint goes on from it. A trial that fails does not keep the others from being done.
 *
 * @returns the error of the first trial that failed.
 */
export async function runTrials(
  record: RunRecord,
  { folder, pool, control, writer }: TrialsContext,
): Promise<RunError | undefined> {
  const { checkpoints } = runFiles(folder);
  const queue = writer.state.trials.filter(({ status }) => status !== 'completed');
  /** Arms whose leaks have been told. */
  const leaking = new Set<string>();
  /** Kernels of which it has been told that the plain engine computes them. */
  const copied = new Set<string>();
  const metrics = Object.keys(record.experiment.description.metrics);
  let firstError: RunError | undefined;

  async function work(): Promise<void> {
    for (;;) {
      await control.whenRunning();
      const next = control.stopping() ? undefined : queue.shift();
      if (next === undefined) return;
      const error = await runTrial(next.arm, next.seed);
      firstError ??= error;
    }
  }

  async function runTrial(arm: string, seed: number): Promise<RunError | undefined> {
    const trial = `${arm}#${seed}`;
    const { params, backend, threads, limits } = record;
    const use = { backend: backend.name, threads, seconds: limits.trialSeconds };
    const asked = { type: 'trial', arm, seed, params, ...use } as const;
    for (let attempt = 1; ; attempt++) {
      const began = Date.now();
      const number = wholeCheckpoint(trial);
      const from = number === undefined ? {} : { checkpoint: number };
      const answer = await pool.perform({ ...asked, ...from }, trial, recordTrial(trial, arm), (pid) => {
        writer.event({ type: 'trial-started', trial, arm, seed, pid, ...from });
      });
      if (answer.type === 'ended') {
        const { outcome, seconds, error } = answer;
        const last = outcome === 'completed' ? lastCheckpoint(writer.state, trial) : undefined;
        if (last !== undefined) removeCheckpoint(checkpoints, trial, last);
        // A trial may learn of a request to stop before this process next looks.
        if (outcome === 'stopped') control.requestStop();
        writer.event({ type: 'trial-ended', trial, outcome, seconds, ...(error !== undefined && { error }) });
        return error;
      }
      if (answer.type !== 'died') throw new Error(`A trial was answered with '${answer.type}'.`);
      const seconds = (Date.now() - began) / 1000;
      if (control.stopping()) {
        writer.event({ type: 'trial-ended', trial, outcome: 'stopped', seconds });
        return undefined;
      }
      if (!answer.mayRetry || attempt === attempts) {
        writer.event({ type: 'trial-ended', trial, outcome: 'failed', seconds, error: answer.error });
        return answer.error;
      }
      const again =
        lastCheckpoint(writer.state, trial) === undefined ? 'It is begun afresh.' : 'It goes on from its checkpoint.';
      writer.event({ type: 'warning', trial, message: `${answer.error.message} ${again}` });
    }
  }

  /** Number of the checkpoint that a trial goes on from. One that is damaged is told of, and the trial begins afresh. */
  function wholeCheckpoint(trial: string): number | undefined {
    const number = lastCheckpoint(writer.state, trial);
    if (number === undefined) return undefined;
    const file = checkpointFile(checkpoints, trial, number);
    const problem = problemOfCheckpoint(file);
    if (problem === undefined) return number;
    const message = `The checkpoint ${file} cannot be read (${problem}). The trial is begun afresh.`;
    writer.event({ type: 'warning', trial, message });
    removeCheckpoint(checkpoints, trial, number);
    return undefined;
  }

  /** Writes what a trial records; points that arrive together become one event a metric. */
  function recordTrial(trial: string, arm: string): JobListener {
    const waiting = metrics.map(() => ({ steps: [] as number[], values: [] as number[] }));
    return {
      point(metric, step, value) {
        const { steps, values } = waiting[metric]!;
        steps.push(step);
        values.push(value);
      },
      note(note: Note) {
        if (note.type === 'leak') {
          if (leaking.has(arm)) return;
          leaking.add(arm);
          writer.event({ type: 'warning', trial, message: leakMessage(note.before, note.after) });
          return;
        }
        if (note.type === 'copied') {
          const kernels = note.kernels.filter((kernel) => !copied.has(kernel));
          for (const kernel of kernels) copied.add(kernel);
          if (kernels.length > 0) {
            writer.event({ type: 'warning', trial, message: copiedMessage(record.backend.name, kernels) });
          }
          return;
        }
        const replaced = note.type === 'checkpoint' ? lastCheckpoint(writer.state, trial) : undefined;
        writer.event({ ...note, trial });
        if (replaced !== undefined) removeCheckpoint(checkpoints, trial, replaced);
      },
      silent(pid) {
        const message = `Its process (pid ${pid}) has said nothing for some seconds: it was stopped from outside, or gets no processor time. The trial goes on when its process does; its time limit holds meanwhile.`;
        writer.event({ type: 'warning', trial, message });
      },
      flush() {
        for (const [index, points] of waiting.entries()) {
          if (points.steps.length === 0) continue;
          const { steps, values } = points;
          writer.event({ type: 'points', trial, metric: metrics[index]!, steps, values: encodeNumbers(values) });
          waiting[index] = { steps: [], values: [] };
        }
      },
    };
  }

  await Promise.all(Array.from({ length: record.jobs }, work));
  return firstError;
}

function copiedMessage(backend: string, kernels: readonly string[]): string {
  return `'${backend}' leaves to the plain engine: ${kernels.join(', ')}. The tensors are copied there and back, which is slow where they are large.`;
}

function leakMessage(before: number, after: number): string {
  const count = after - before;
  return `${count} tensor${count === 1 ? '' : 's'} stayed behind (${before} were alive before the trial, ${after} after it). Dispose them, or compute inside tf.tidy().`;
}
