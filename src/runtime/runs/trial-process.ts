import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createFrameDecoder } from '../trial/frames.ts';
import type { Answer, FromTrialProcess, Job, LimitPassed, Note, TrialProcessOptions } from '../trial/protocol.ts';
import type { RunError } from './events.ts';
import { killTree } from './processes.ts';
import { watchSilence } from './silence.ts';

/** What a job sends on its way. */
export interface JobListener {
  point(metric: number, step: number, value: number): void;
  note(note: Note): void;
  /** Called after the points that arrived together: time to write them. */
  flush(): void;
  /** Called once where nothing comes any more from the process of this id. */
  silent(pid: number): void;
}

/** A process that went away before it answered. */
export interface Death {
  readonly type: 'died';
  readonly error: RunError;
  /** Whether the same job may well succeed in another process. */
  readonly mayRetry: boolean;
}

/** The run's side of a trial process. */
export interface TrialProcess {
  readonly pid: number;
  /** False once the process is gone, or is about to go and takes no more jobs. */
  readonly alive: boolean;
  /** Does one job; only when the job before it has been answered. What the job prints is labelled with `label`. Never rejects. */
  perform(job: Job, label: string, listener?: JobListener): Promise<Answer | Death>;
  /** Ends the process and everything it has started. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

export interface SpawnOptions extends Omit<TrialProcessOptions, 'parent'> {
  /** Absolute path of the `dist` folder. */
  readonly distribution: string;
  /** Absolute path of the folder in which the experiment runs. */
  readonly workingFolder: string;
  /** Receives what the process prints, in whole lines, each with its job's label before it. */
  readonly print: (text: string) => void;
}

/** Starts a trial process. It needs some tens of milliseconds to come up, and takes its first job meanwhile. */
export function spawnTrialProcess(options: SpawnOptions): TrialProcess {
  const { distribution, workingFolder, print, ...rest } = options;
  const trialOptions: TrialProcessOptions = { ...rest, parent: process.pid };
  const child = spawn(
    process.execPath,
    [
      // Well above the limit that the recorder holds it to, since that one can say at which line it was passed.
      `--max-old-space-size=${Math.ceil(rest.memoryMegabytes * 1.25) + 256}`,
      join(distribution, 'trial.cjs'),
      JSON.stringify(trialOptions),
    ],
    {
      cwd: workingFolder,
      // A group of its own, which can be killed with all that the experiment starts.
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'ipc'],
    },
  );

  let alive = true;
  let gone = false;
  let label = '';
  let listener: JobListener | undefined;
  let settle: ((answer: Answer | Death) => void) | undefined;
  /** Which kind of job is being done. */
  let doing: Job['type'] | undefined;
  /** What the process has answered, until what it printed before has come too. */
  let answered: Answer | undefined;
  let lastErrors = '';
  const printers = [labelLines(child.stdout!), labelLines(child.stderr!)];
  child.stderr!.on('data', (bytes: Buffer) => (lastErrors = (lastErrors + bytes.toString('latin1')).slice(-4000)));

  const silence = watchSilence({
    onSilent: () => listener?.silent(child.pid!),
    onLimit({ seconds, limit }) {
      alive = false;
      const message = `It took longer than the limit of ${limit} seconds, for the last of which its process said nothing: it was stopped from outside, or got no processor time.`;
      finish(overLimit({ seconds, error: { kind: 'time', message } }));
      killTree(child.pid!, 'SIGKILL');
    },
  });

  function labelLines(stream: Readable): { end(): void } {
    const decoder = new StringDecoder('utf8');
    let rest = '';
    const write = (lines: readonly string[]) => {
      if (lines.length > 0) print(lines.map((line) => `[${label}] ${line}\n`).join(''));
    };
    stream.on('data', (bytes: Buffer) => {
      const lines = (rest + decoder.write(bytes)).split(/\r?\n/);
      rest = lines.pop()!;
      write(lines);
    });
    return {
      end() {
        if (rest !== '') write([rest]);
        rest = '';
      },
    };
  }

  function finish(answer: Answer | Death): void {
    silence.end();
    for (const printer of printers) printer.end();
    const done = settle;
    // A process may answer as the last thing it does.
    const first = answered ?? answer;
    settle = undefined;
    listener = undefined;
    answered = undefined;
    done?.(first);
  }

  function overLimit({ seconds, error }: Pick<LimitPassed, 'seconds' | 'error'>): Answer {
    return doing === 'trial' ? { type: 'ended', outcome: 'failed', seconds, error } : { type: 'failed', error };
  }

  function receive(message: FromTrialProcess): void {
    switch (message.type) {
      case 'figure':
      case 'progress':
      case 'checkpoint':
      case 'copied':
      case 'leak':
        listener?.note(message);
        return;
      case 'alive':
        silence.stands(message);
        return;
      case 'limit':
        alive = false;
        finish(overLimit(message));
        return;
      default:
        if (message.leaving) alive = false;
        answered = message;
        // What the job printed lies in other pipes: it is read in this turn of the event loop or in the next.
        setImmediate(() => setImmediate(finish, message));
    }
  }

  const decode = createFrameDecoder({
    point: (metric, step, value) => listener?.point(metric, step, value),
    message: (message) => {
      // Points written before the message must not come after it.
      listener?.flush();
      receive(message as FromTrialProcess);
    },
  });
  (child.stdio[3] as Readable).on('data', (bytes: Buffer) => {
    silence.heard();
    decode(bytes);
    listener?.flush();
  });

  const died = (error: RunError, mayRetry: boolean) => {
    alive = false;
    finish({ type: 'died', error, mayRetry });
  };
  child.on('error', (error) => {
    died({ kind: 'internal', message: `A trial process cannot be started: ${error.message}` }, false);
  });
  child.on('exit', () => {
    alive = false;
    gone = true;
    // Whatever it started goes with it, and lets go of its pipes.
    if (child.pid !== undefined) killTree(child.pid, 'SIGKILL');
  });
  child.on('close', (code, signal) => {
    died(...causeOfDeath(code, signal, lastErrors));
  });

  return {
    pid: child.pid ?? 0,
    get alive() {
      return alive;
    },
    perform(job, jobLabel, jobListener) {
      label = jobLabel;
      doing = job.type;
      listener = jobListener;
      silence.begin();
      return new Promise((resolve) => {
        settle = resolve;
        child.send(job, (error) => {
          // A process that died just now says so by its exit.
          if (error !== null && gone) finish({ type: 'died', ...goneBefore });
        });
      });
    },
    kill(signal) {
      if (!gone && child.pid !== undefined) killTree(child.pid, signal);
    },
  };
}

const goneBefore = {
  error: { kind: 'killed', message: 'The trial process was gone before the trial began.' },
  mayRetry: true,
} as const;

/** Why a process went away without an answer, as far as its end and its last words tell. */
export function causeOfDeath(
  code: number | null,
  signal: NodeJS.Signals | null,
  lastErrors: string,
): [error: RunError, mayRetry: boolean] {
  if (/heap out of memory|Allocation failed|FATAL ERROR: .*(allocation|memory)/i.test(lastErrors)) {
    return [
      {
        kind: 'memory',
        message: 'The trial used up the memory that JavaScript may have. Keep less at once, or raise the memory limit.',
      },
      false,
    ];
  }
  const how = signal === null ? `ended with exit code ${String(code)}` : `was killed (${signal})`;
  return [{ kind: 'killed', message: `The trial's process ${how} from outside or by native code.` }, true];
}
