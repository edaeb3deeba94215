import { readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
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
  status: v.picklist(['starting', 'running', 'stopping', 'paused', 'interrupted', 'completed', 'failed', 'stopped']),
  share: v.number(),
});

/** What a run's process writes every second while it lives. */
export type Heartbeat = v.InferOutput<typeof schema>;

/** How often the run's process beats, in milliseconds. */
export const heartbeatInterval = 1000;
/** A heartbeat that is younger was written by a process that still lives, but for what happened since. */
const freshMilliseconds = 2500;
/** How long a process on another machine may be silent, where nothing but its heartbeat can be seen from here. */
const silenceMilliseconds = 60_000;

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

/**
 * Whether the run's process lives, as far as can be told from here. A process id alone proves nothing, since ids are
 * given anew: it counts with a fresh heartbeat, or where that process was started for this very run.
 */
export async function isRunAlive(record: RunRecord, folder: string): Promise<boolean> {
  const silence = await silenceOf(folder);
  if (silence < freshMilliseconds) return true;
  if (record.machine.host !== hostname()) return silence < silenceMilliseconds;
  return isProcessOfRun(record.pid, record.id);
}

/** Whether the process was started for the run of this id. Knows by its command line, which names the run. */
export async function isProcessOfRun(pid: number, id: string): Promise<boolean> {
  return processExists(pid) && (await commandLineOf(pid)).includes(id);
}

/** Milliseconds since the last heartbeat; Infinity without one. */
async function silenceOf(folder: string): Promise<number> {
  try {
    return Math.abs(Date.now() - (await stat(runFiles(folder).heartbeat)).mtimeMs);
  } catch {
    return Infinity;
  }
}
