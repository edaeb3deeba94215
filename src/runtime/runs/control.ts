import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlRequest } from './events.ts';
import { canSeeProcess, isProcessOfRun, isRunAlive, readHeartbeat } from './heartbeat.ts';
import { encodeJson } from './json.ts';
import { commandLineOf, killTree, processExists } from './processes.ts';
import { readRecord } from './read-record.ts';
import type { RunRecord } from './record.ts';
import { replaceFileLater } from './replace-file.ts';
import { runFiles } from './run-files.ts';
import { readSummary } from './summary.ts';

/** How long a run has for doing what it was asked, and then for ending on SIGTERM, in milliseconds. */
const rungs = { asked: 500, terminated: 1000 };
/** How often is looked whether a process is gone, in milliseconds. */
const interval = 50;

/** A stop under way. */
export interface StopLadder {
  /** Resolves when no process of the run is left. */
  readonly done: Promise<void>;
  /** Goes to the next rung at once: asking, then SIGTERM, then SIGKILL of every process. */
  escalate(): void;
}

/**
 * Asks the run to stop, pause or resume; from any process that can write its folder.
 *
 * @throws Error where the folder cannot be written.
 */
export async function requestRun(folder: string, request: ControlRequest['request']): Promise<void> {
  await replaceFileLater(runFiles(folder).control, encodeJson({ request, at: Date.now() } satisfies ControlRequest));
}

/**
 * Stops a run and everything it started: asks, then SIGTERM, then SIGKILL, half a second to a second apart. Works from any
 * window or terminal of the run's machine, and on a run whose process hangs. A run on another machine can only be asked.
 */
export function stopRun(folder: string): StopLadder {
  let impatient = new AbortController();
  return {
    done: climb(folder, () => {
      impatient = new AbortController();
      return impatient.signal;
    }),
    escalate() {
      impatient.abort();
    },
  };
}

async function climb(folder: string, nextRung: () => AbortSignal): Promise<void> {
  const first = nextRung();
  // A folder that cannot be written is no reason to let the processes live.
  await requestRun(folder, 'stop').catch(() => undefined);
  const record = await startedRecord(folder);
  if (record === undefined) return;
  if (!(await canSeeProcess(record, folder))) {
    while ((await readSummary(folder)) === undefined && (await isRunAlive(record, folder))) await sleep(interval * 10);
    return;
  }
  const processes = watchProcesses(folder, record);
  if (await isGone(processes, rungs.asked, first)) return;
  const second = nextRung();
  if (await isProcessOfRun(record.pid, record.id)) sendSigterm(record.pid);
  if (await isGone(processes, rungs.terminated, second)) return;
  for (const pid of await processes.living()) killTree(pid, 'SIGKILL');
  await isGone(processes, Infinity, nextRung());
}

/** The record of a run whose process has come up; `undefined` where it does not within 2 seconds. */
async function startedRecord(folder: string): Promise<RunRecord | undefined> {
  const end = performance.now() + 2000;
  for (;;) {
    const read = await readRecord(folder);
    if ('record' in read) return read.record;
    if ('problem' in read || performance.now() >= end) return undefined;
    await sleep(interval);
  }
}

/** The processes of a run, for as long as somebody waits for their end. */
interface RunProcesses {
  /** Ids of those that live: the run's own and those of its trials. */
  living(): Promise<readonly number[]>;
}

function watchProcesses(folder: string, { pid, id }: RunRecord): RunProcesses {
  const seen = new Set<number>();
  return {
    async living() {
      const heartbeat = await readHeartbeat(folder);
      const known = new Set([pid, ...(heartbeat?.trialProcesses ?? []), ...seen]);
      for (const each of known) {
        if (await isProcessOfRun(each, id)) seen.add(each);
        // One that is being torn down has no command line any more, and is still there.
        else if (!processExists(each) || (await commandLineOf(each)) !== '') seen.delete(each);
      }
      return [...seen];
    },
  };
}

/** Waits until none is left, at most so long or until the signal; tells whether that is so. */
async function isGone(processes: RunProcesses, milliseconds: number, signal: AbortSignal): Promise<boolean> {
  const end = performance.now() + milliseconds;
  for (;;) {
    if ((await processes.living()).length === 0) return true;
    if (signal.aborted || performance.now() >= end) return false;
    await sleep(interval);
  }
}

function sendSigterm(pid: number): void {
  // Windows would kill the process without a word, and its trials would stay.
  if (process.platform === 'win32') return;
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // It has just gone.
  }
}
