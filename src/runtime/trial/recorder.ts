/**
 * The recorder: a thread of every trial process that goes on when the trial's own thread computes without a pause. It
 * carries frames to the run's process, passes on what is asked of the run, ends the process when its parent is gone, and
 * holds it to its limits of memory and time.
 */
import { readFileSync, statSync, writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import type { RunError } from '../runs/events.ts';
import { processExists } from '../runs/processes.ts';
import { control, drain, request, type Channel } from './channel.ts';
import { recorderFrame } from './frames.ts';
import { fetchMainStack } from './main-stack.ts';
import type { Alive, LimitPassed } from './protocol.ts';
import { placeInSource } from './source-map.ts';
import { writeFully } from './write-fully.ts';

/** What the main thread passes on. */
export interface RecorderOptions {
  readonly channel: Channel;
  readonly bundle: string;
  /** Absolute path of `control.json`. */
  readonly controlFile: string;
  readonly memoryMegabytes: number;
  /** Id of the run's process. */
  readonly parent: number;
}

const { channel, bundle, controlFile, memoryMegabytes, parent } = workerData as RecorderOptions;
const words = channel.control;
/** The pipe to the run's process. */
const output = 3;
const intervalMilliseconds = 50;
/** How often the run's process is told that this one goes on. */
const aliveMilliseconds = 1000;

let turns = 0;
let job = 0;
let jobStarted = 0;
let pausedMilliseconds = 0;
let lastTurn = performance.now();
let lastAlive = -Infinity;
let controlStamp = '';

function write(bytes: Uint8Array): void {
  writeFully(output, bytes);
}

/** Ends this process and whatever the experiment has started. */
function endProcess(): void {
  try {
    process.kill(process.platform === 'win32' ? process.pid : -process.pid, 'SIGKILL');
  } catch {
    process.kill(process.pid, 'SIGKILL');
  }
}

/** Passes on what `control.json` asks, when it has been replaced. */
function readControl(): void {
  const stat = statSync(controlFile, { throwIfNoEntry: false, bigint: true });
  if (stat === undefined) return;
  const stamp = `${stat.ino}:${stat.mtimeNs}`;
  if (stamp === controlStamp) return;
  controlStamp = stamp;
  let asked: unknown;
  try {
    asked = (JSON.parse(readFileSync(controlFile, 'utf8')) as { request?: unknown }).request;
  } catch {
    // Somebody's half-written file; a whole one will have another stamp.
    return;
  }
  const value = asked === 'stop' ? request.stop : asked === 'pause' ? request.pause : request.none;
  Atomics.store(words, control.request, value);
  Atomics.notify(words, control.request);
}

/** The limit that has been passed, if one has. */
function passedLimit(): { readonly kind: 'memory' | 'time'; readonly message: string } | undefined {
  const used = process.memoryUsage.rss() / 2 ** 20;
  if (used > memoryMegabytes) {
    return {
      kind: 'memory',
      message: `The trial used ${Math.round(used)} MB of memory; the limit is ${memoryMegabytes} MB. Keep less at once, or raise the limit: the setting marginalia.run.memory, or --memory in a terminal.`,
    };
  }
  const limit = Atomics.load(words, control.limitSeconds);
  if (job !== 0 && limit > 0 && busySeconds() > limit) {
    return {
      kind: 'time',
      message: `It took longer than the limit of ${limit} seconds. Make it shorter, or raise the limit: the setting marginalia.run.trialTimeLimit, or --time-limit in a terminal.`,
    };
  }
  return undefined;
}

function busySeconds(): number {
  return job === 0 ? 0 : (performance.now() - jobStarted - pausedMilliseconds) / 1000;
}

/** Says at which line the main thread was when it passed the limit. */
async function reportLimit({ kind, message }: { kind: RunError['kind']; message: string }): Promise<void> {
  const seconds = busySeconds();
  const stack = await fetchMainStack(500);
  drain(channel, write);
  const report: LimitPassed = { type: 'limit', error: { kind, message, ...placeInSource(stack, bundle) }, seconds };
  write(recorderFrame(report));
}

function keepTime(): void {
  const now = performance.now();
  if (Atomics.load(words, control.request) === request.pause) pausedMilliseconds += now - lastTurn;
  lastTurn = now;
  const current = Atomics.load(words, control.job);
  if (current !== job) {
    job = current;
    jobStarted = now;
    pausedMilliseconds = 0;
    lastAlive = -Infinity;
  }
  if (now - lastAlive < aliveMilliseconds) return;
  lastAlive = now;
  const limit = Atomics.load(words, control.limitSeconds);
  write(recorderFrame({ type: 'alive', seconds: busySeconds(), limit } satisfies Alive));
}

/** Whether the run's process is gone. An orphan is given another parent, but for Windows, where the id has to be asked for. */
function isOrphan(): boolean {
  if (process.platform !== 'win32') return process.ppid !== parent;
  return turns % 20 === 0 && !processExists(parent);
}

function turn(): void {
  Atomics.wait(words, control.wake, 0, intervalMilliseconds);
  Atomics.store(words, control.wake, 0);
  Atomics.add(words, control.ticks, 1);
  try {
    drain(channel, write);
    keepTime();
    if (turns % 2 === 0) readControl();
    turns++;
    if (isOrphan()) {
      endProcess();
      return;
    }
    const limit = passedLimit();
    if (limit !== undefined) {
      void reportLimit(limit).finally(endProcess);
      return;
    }
  } catch (error) {
    // Mostly a pipe that nobody reads any more; then nobody reads this either.
    try {
      writeSync(2, `The recorder of a trial failed: ${String(error)}\n`);
    } finally {
      endProcess();
    }
    return;
  }
  setImmediate(turn);
}

// The trial waits for this before it takes its first job.
Atomics.add(words, control.ticks, 1);
Atomics.notify(words, control.ticks);
turn();
