import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import type { ProcessRequest } from './request.ts';

/** Starts a script of ours with the Node of this process, also where that is an editor built on Electron. */
export function spawnHostNode(script: string, request: ProcessRequest, stdio: StdioOptions): ChildProcess {
  const electron = 'electron' in process.versions;
  return spawn(process.execPath, [script, JSON.stringify(request)], {
    stdio,
    // A group of its own: a signal to the starter's terminal is the starter's to pass on.
    detached: process.platform !== 'win32',
    windowsHide: true,
    env: { ...process.env, ...(electron && { ELECTRON_RUN_AS_NODE: '1' }) },
  });
}
