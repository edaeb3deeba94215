import { spawn } from 'node:child_process';
import { killTree } from '../runs/processes.ts';
import { SetupError } from './setup-error.ts';

export interface ProgramOptions {
  readonly cwd: string;
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each line that the program prints. */
  readonly log: (line: string) => void;
  /** Ends the program, and whatever it started. */
  readonly signal: AbortSignal;
}

/** How long a program that was asked to end may take before it is killed. */
const patienceMilliseconds = 2000;

/**
 * Runs a program to its end, in a process group of its own, so that compilers and installers that it starts end with it.
 *
 * @returns the lines of its standard output
 * @throws SetupError where it is not there or fails; the signal's reason where that ended it
 */
export function runProgram(program: string, args: readonly string[], options: ProgramOptions): Promise<string[]> {
  const { cwd, env, log, signal } = options;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    log(`> ${program} ${args.filter((argument) => !argument.includes('\n')).join(' ')}`);
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env, ...('electron' in process.versions && { ELECTRON_RUN_AS_NODE: '1' }) },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
      shell: program.endsWith('.cmd'),
    });
    let impatience: NodeJS.Timeout | undefined;
    const end = () => {
      const { pid } = child;
      if (pid === undefined) return;
      killTree(pid, 'SIGTERM');
      impatience = setTimeout(() => killTree(pid, 'SIGKILL'), patienceMilliseconds);
    };
    signal.addEventListener('abort', end, { once: true });
    const output = collectLines(child.stdout, log);
    const errors = collectLines(child.stderr, log);
    child.on('error', (error: NodeJS.ErrnoException) => {
      signal.removeEventListener('abort', end);
      reject(error.code === 'ENOENT' ? new SetupError(`${program} is not on this machine's PATH`) : error);
    });
    child.on('close', (code, endedBy) => {
      clearTimeout(impatience);
      signal.removeEventListener('abort', end);
      if (signal.aborted) reject(signal.reason as Error);
      else if (code === 0) resolve(output);
      else reject(new SetupError(`${program} ended with ${endedBy ?? `code ${code ?? '?'}`}: ${lastWords(errors)}`));
    });
  });
}

/** Fills a list with the lines of a stream while it lasts. */
function collectLines(stream: NodeJS.ReadableStream, log: (line: string) => void): string[] {
  const lines: string[] = [];
  const take = (line: string) => {
    lines.push(line);
    log(line);
  };
  let rest = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    // Progress that is redrawn with carriage returns counts as lines too.
    const parts = (rest + text).split(/\r?\n|\r/);
    rest = parts.pop() ?? '';
    parts.forEach(take);
  });
  stream.on('end', () => {
    if (rest !== '') take(rest);
  });
  return lines;
}

/** The line that names the error, else the last ones: package managers end with advice, compilers with counts. */
function lastWords(lines: readonly string[]): string {
  const spoken = lines.map((line) => line.trim()).filter((line) => line !== '');
  const named = spoken.find((line) => /\bError: |\berror: |^ERROR: /.test(line));
  return named ?? (spoken.slice(-3).join(' / ') || 'it printed no error');
}
