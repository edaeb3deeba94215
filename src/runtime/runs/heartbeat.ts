import { readlinkSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { commandLineOf, processExists } from './processes.ts';
import type { RunRecord } from './record.ts';
import { encodeJson } from './json.ts';
import { replaceFile } from './replace-file.ts';
import { runFiles } from './run-files.ts';

const schema = v.object({
  pid: v.number(),
  /** Process ids of the trial processes; each leads a process group of its own. */
  trialProcesses: v.pipe(v.array(v.number()), v.readonly()),
  processSpace: v.string(),
  status: v.picklist(['starting', 'running', 'stopping', 'paused', 'interrupted', 'completed', 'failed', 'stopped']),
  share: v.number(),
});

/** What a run's process writes every second while it lives. */
export type Heartbeat = v.InferOutput<typeof schema>;

/** How often the run's process beats, in milliseconds. */
export const heartbeatInterval = 1000;
/** How long a process may be silent of which nothing but its heartbeat can be seen from here, in milliseconds. */
const silenceMilliseconds = 15_000;

/** Writes a heartbeat. One that cannot be written is left out: the next comes in a second. */
export function writeHeartbeat(folder: string, heartbeat: Heartbeat): void {
  try {
    replaceFile(runFiles(folder).heartbeat, encodeJson(heartbeat));
  } catch {
    // A disk that is full or a file that a virus scanner holds.
  }
}

/** The run's last heartbeat, or `undefined` where there is none. */
export async function readHeartbeat(folder: string): Promise<Heartbeat | undefined> {
  try {
    const result = v.safeParse(schema, JSON.parse(await readFile(runFiles(folder).heartbeat, 'utf8')));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the run's process lives, as far as can be told from here. */
export async function isRunAlive(record: RunRecord, folder: string): Promise<boolean> {
  if (await canSeeProcess(record, folder)) return isProcessOfRun(record.pid, record.id);
  const silence = await silenceOf(folder);
  if (silence >= 0) return silence < silenceMilliseconds;
  // It beat in the future: a clock was set back, here or there. Only another beat tells.
  await sleep(heartbeatInterval * 2.5);
  // Time has passed here as well: without a beat the future has come nearer.
  return (await silenceOf(folder)) <= silence + heartbeatInterval * 1.5;
}

/** Whether the run's process ids mean something here: it is this machine's, and in the same container or none. */
export async function canSeeProcess(record: RunRecord, folder: string): Promise<boolean> {
  if (record.machine.host !== hostname()) return false;
  const heartbeat = await readHeartbeat(folder);
  return heartbeat === undefined || heartbeat.processSpace === processSpace();
}

/** Name of the space in which this process's ids are given: containers of one machine have several. Empty where there are none. */
export function processSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/**
 * Whether the process was started for the run of this id. An id of a process alone proves nothing, since ids are given
 * anew; its command line names the run.
 */
export async function isProcessOfRun(pid: number, id: string): Promise<boolean> {
  return processExists(pid) && (await commandLineOf(pid)).includes(id);
}

/** Milliseconds since the last heartbeat, below zero where it lies more than a moment in the future; Infinity without one. */
async function silenceOf(folder: string): Promise<number> {
  try {
    const silence = Date.now() - (await stat(runFiles(folder).heartbeat)).mtimeMs;
    return silence < -silenceMilliseconds ? silence : Math.abs(silence);
  } catch {
    return Infinity;
  }
}
