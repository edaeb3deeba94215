import { readFileSync, statSync } from 'node:fs';
import * as v from 'valibot';
import type { ControlRequest } from './events.ts';
import { encodeJson } from './json.ts';
import { replaceFile } from './replace-file.ts';
import { controlSchema } from './schemas.ts';

/** How often the run's process looks at `control.json`, in milliseconds. */
const interval = 100;
/** How long a trial has for leaving by itself, and then for leaving on SIGTERM, in milliseconds. */
const rungMilliseconds = 500;

/** What is asked of a run, as its process obeys it. */
export interface RunControl {
  /** Whether the run is to stop: no new trial begins, and trials leave from `log`. */
  stopping(): boolean;
  /** Stops the run as somebody's request would. */
  requestStop: () => void;
  /** Aborted when trial processes are to be ended by SIGTERM. */
  readonly terminate: AbortSignal;
  /** Aborted when they are to be killed. */
  readonly kill: AbortSignal;
  /** Resolves when the run is not paused: at once, or when it goes on or stops. */
  whenRunning(): Promise<void>;
  dispose(): void;
}

export interface ControlOptions {
  /** Absolute path of `control.json`. */
  readonly file: string;
  /** Called when what is asked changes. */
  readonly onChange: (change: 'stopping' | 'paused' | 'resumed') => void;
}

/** Watches `control.json`, and the signals that ask a process to leave. */
export function watchControl({ file, onChange }: ControlOptions): RunControl {
  /** Asking, SIGTERM, SIGKILL. */
  const rungs = [new AbortController(), new AbortController(), new AbortController()] as const;
  const stopping = () => rungs[0].signal.aborted;
  const timers: NodeJS.Timeout[] = [];
  let paused = false;
  let waiting: (() => void)[] = [];
  let stamp = '';

  function goOn(): void {
    const resolves = waiting;
    waiting = [];
    for (const resolve of resolves) resolve();
  }

  /** Climbs to a rung now and to those above it in time. */
  function climb(rung: number): void {
    for (let i = 0; i < rungs.length; i++) {
      const controller = rungs[i]!;
      if (controller.signal.aborted) continue;
      if (i > rung) timers.push(setTimeout(() => climb(i), (i - rung) * rungMilliseconds));
      else controller.abort();
    }
    goOn();
  }

  function stop(rung: number): void {
    if (!stopping()) {
      onChange('stopping');
      try {
        // Recorders read it: trials that log leave by themselves.
        replaceFile(file, encodeJson({ request: 'stop', at: Date.now() } satisfies ControlRequest));
      } catch {
        // A folder that may not be written any more: the next rung needs none.
      }
    }
    climb(rung);
  }

  function look(): void {
    const asked = readRequest();
    if (asked === undefined || stopping()) return;
    if (asked === 'stop') {
      onChange('stopping');
      climb(0);
    } else if ((asked === 'pause') !== paused) {
      paused = asked === 'pause';
      onChange(paused ? 'paused' : 'resumed');
      if (!paused) goOn();
    }
  }

  function readRequest(): ControlRequest['request'] | undefined {
    const stat = statSync(file, { throwIfNoEntry: false, bigint: true });
    if (stat === undefined) return undefined;
    const now = `${stat.ino}:${stat.mtimeNs}`;
    if (now === stamp) return undefined;
    stamp = now;
    try {
      return v.parse(controlSchema, JSON.parse(readFileSync(file, 'utf8'))).request;
    } catch {
      // Somebody's half-written file; a whole one will have another stamp.
      return undefined;
    }
  }

  const terminate = () => {
    stop(1);
  };
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, terminate);
  const poll = setInterval(look, interval);

  return {
    stopping,
    terminate: rungs[1].signal,
    kill: rungs[2].signal,
    whenRunning: () => (paused && !stopping() ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve()),
    requestStop: () => {
      stop(0);
    },
    dispose() {
      clearInterval(poll);
      for (const timer of timers) clearTimeout(timer);
      for (const signal of signals) process.off(signal, terminate);
    },
  };
}
