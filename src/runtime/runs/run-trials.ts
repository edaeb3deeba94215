import type { Note } from '../trial/protocol.ts';
import type { RunError } from './events.ts';
import { encodeNumbers } from './json.ts';
import type { Pool } from './pool.ts';
import type { RunRecord } from './record.ts';
import type { RunControl } from './run-control.ts';
import type { RunWriter } from './run-writer.ts';
import type { JobListener } from './trial-process.ts';

/** How often a trial is begun whose process dies for no reason of its own. */
const attempts = 2;

/**
 * Does all trials of a run, `record.jobs` at a time, all arms of one seed before the next seed's. A trial that fails does
 * not keep the others from being done.
 *
 * @returns the error of the first trial that failed.
 */
export async function runTrials(
  record: RunRecord,
  pool: Pool,
  control: RunControl,
  writer: RunWriter,
): Promise<RunError | undefined> {
  const queue = record.seeds.flatMap((seed) => record.arms.map((arm) => ({ arm, seed })));
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
    const { params, backend, limits } = record;
    const job = { type: 'trial', arm, seed, params, backend: backend.name, seconds: limits.trialSeconds } as const;
    for (let attempt = 1; ; attempt++) {
      const began = Date.now();
      const answer = await pool.perform(job, trial, recordTrial(trial, metrics, writer), (pid) => {
        writer.event({ type: 'trial-started', trial, arm, seed, pid });
      });
      if (answer.type === 'ended') {
        const { outcome, seconds, error } = answer;
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
      writer.event({ type: 'warning', trial, message: `${answer.error.message} It is begun afresh.` });
    }
  }

  await Promise.all(Array.from({ length: record.jobs }, work));
  return firstError;
}

/** Writes what a trial records; points that arrive together become one event a metric. */
function recordTrial(trial: string, metrics: readonly string[], writer: RunWriter): JobListener {
  const waiting = metrics.map(() => ({ steps: [] as number[], values: [] as number[] }));
  return {
    point(metric, step, value) {
      const { steps, values } = waiting[metric]!;
      steps.push(step);
      values.push(value);
    },
    note(note: Note) {
      writer.event({ ...note, trial });
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
