/** Child processes that never outlive us: each in its own process group, all ended when we are. */
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, delimiter, join } from 'node:path';
import { accessSync, constants } from 'node:fs';

const windows = process.platform === 'win32';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
let watching = false;
let ending = false;

/** Whether somebody ended us, so that what we started ends too. */
export const isEnding = () => ending;

/**
 * Starts a program in a process group of its own.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function start(program, args, options = {}) {
  endWithUs();
  const child = spawn(program, [...args], { detached: !windows, windowsHide: true, ...options });
  running.add(child);
  child.once('exit', () => running.delete(child));
  child.once('error', () => running.delete(child));
  return child;
}

/** @param {import('node:child_process').ChildProcess} child @param {NodeJS.Signals} signal */
function signalGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    if (windows) spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f']);
    else process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

/**
 * Ends a child and everything in its group: asks, and after two seconds no longer asks.
 * @param {import('node:child_process').ChildProcess} child
 */
export async function end(child) {
  const gone =
    child.exitCode !== null || child.signalCode !== null
      ? Promise.resolve()
      : new Promise((resolve) => child.once('exit', resolve));
  signalGroup(child, 'SIGTERM');
  const patience = setTimeout(() => signalGroup(child, 'SIGKILL'), 2000);
  await gone;
  clearTimeout(patience);
  signalGroup(child, 'SIGKILL');
}

function endWithUs() {
  if (watching) return;
  watching = true;
  process.on('exit', () => {
    for (const child of running) signalGroup(child, 'SIGKILL');
  });
  for (const [signal, code] of /** @type {const} */ ([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])) {
    process.on(signal, () => {
      ending = true;
      for (const child of running) signalGroup(child, 'SIGTERM');
      // The moment that well-behaved children need to close their files; 'exit' above ends the others.
      setTimeout(() => process.exit(code), 300);
    });
  }
}

/**
 * Runs a program to its end.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string; env?: NodeJS.ProcessEnv; input?: string; log?: string; onLine?: (line: string) => void }} [options]
 *   `log`: file that receives all output; `onLine`: called with each line of it
 * @returns {Promise<{ code: number; output: string }>} `output`: standard output and error as they came
 */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    if (options.log) mkdirSync(dirname(options.log), { recursive: true });
    const log = options.log ? createWriteStream(options.log) : undefined;
    const child = start(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: windows && program.endsWith('.cmd'),
    });
    let output = '';
    let line = '';
    /** @param {Buffer} chunk */
    const take = (chunk) => {
      const text = chunk.toString();
      output += text;
      log?.write(text);
      if (!options.onLine) return;
      const lines = (line + text).split('\n');
      line = lines.pop() ?? '';
      for (const each of lines) if (each.trim()) options.onLine(each.trim());
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (line.trim()) options.onLine?.(line.trim());
      log?.end();
      resolve({ code: signal ? 1 : (code ?? 1), output });
    });
  });
}

/**
 * Runs a program to its end and throws with the last lines of its output where it fails.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 * @returns {Promise<string>} its output
 */
export async function must(program, args, options) {
  const { code, output } = await run(program, args, options).catch((error) => ({ code: 1, output: error.message }));
  if (code === 0) return output;
  const tail = output.trimEnd().split('\n').slice(-30).join('\n');
  const where = options?.log ? `\nThe whole output is in ${options.log}.` : '';
  throw new Error(`${program} ${args.join(' ')} failed with code ${code}:\n${tail}${where}`);
}

/** @param {readonly string[]} names programs, best first @returns {string | undefined} path of the first that is on PATH */
export function findProgram(...names) {
  const endings = windows ? ['.exe', '.cmd', '.bat'] : [''];
  for (const name of names) {
    for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
      for (const ending of endings) {
        const path = join(folder, name + ending);
        try {
          accessSync(path, constants.X_OK);
          return path;
        } catch {
          // Not here.
        }
      }
    }
  }
  return undefined;
}

/**
 * Processes that carry a mark of ours in their environment, wherever they went (a run's processes leave the group that
 * started them). Linux only; elsewhere empty.
 * @param {string} mark `NAME=value` as we set it
 * @returns {{ pid: number; command: string }[]}
 */
export function markedProcesses(mark) {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      try {
        if (!readFileSync(`/proc/${name}/environ`, 'utf8').split('\0').includes(mark)) return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return command ? [{ pid: Number(name), command }] : [];
      } catch {
        return []; // Ended meanwhile, or not ours to read.
      }
    });
}

/** Ends what still carries the mark. @param {string} mark @returns {string[]} what had to be ended */
export function endMarkedProcesses(mark) {
  const left = markedProcesses(mark);
  for (const { pid } of left) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Ended meanwhile.
    }
  }
  return left.map(({ pid, command }) => `${pid} ${command.slice(0, 200)}`);
}
