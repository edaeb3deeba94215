import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Whether a process with this id runs, whoever's it is. One that has ended and was not yet collected by its parent does not. */
export function processExists(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    if (process.platform === 'linux') {
      const status = readFileSync(`/proc/${pid}/stat`, 'latin1');
      return status[status.lastIndexOf(')') + 2] !== 'Z';
    }
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The command line of a process; empty where it is gone or cannot be seen. */
export async function commandLineOf(pid: number): Promise<string> {
  try {
    if (process.platform === 'linux') return await readFile(`/proc/${pid}/cmdline`, 'utf8');
    const [program, args] =
      process.platform === 'win32'
        ? ([
            'powershell',
            ['-NoProfile', '-Command', `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`],
          ] as const)
        : (['ps', ['-ww', '-o', 'args=', '-p', String(pid)]] as const);
    return (await promisify(execFile)(program, args, { windowsHide: true })).stdout;
  } catch {
    return '';
  }
}

/**
 * Kills a process and everything it started. On POSIX the process must lead a group of its own (`detached`); what it
 * started stays in that group. A process that is gone already is no error.
 */
export function killTree(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (process.platform === 'win32') {
    // Windows has no signals: a process can be asked through its run folder, or be ended.
    execFile('taskkill', ['/pid', String(pid), '/T', '/F'], { windowsHide: true }, () => undefined);
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // No such group: it is gone.
  }
}
