import { join } from 'node:path';
import { spawnHostNode } from './host-node.ts';
import type { DescribeRequest, SabotageRequest } from './request.ts';

export interface AskOptions {
  /** Absolute path of the `dist` folder. */
  readonly distribution: string;
  readonly signal?: AbortSignal;
}

/**
 * Has a process of its own answer something about an experiment, whose code runs nowhere else.
 *
 * @throws Error where the process cannot be started or prints no answer; the signal's reason where it aborts.
 */
export function askProcess<Answer>(
  request: DescribeRequest | SabotageRequest,
  { distribution, signal }: AskOptions,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawnHostNode(join(distribution, 'run-process.js'), request, ['ignore', 'pipe', 'pipe']);
    let output = '';
    let errors = '';
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const abort = () => {
      child.kill('SIGKILL');
      reject(signal!.reason as Error);
    };
    signal?.addEventListener('abort', abort, { once: true });
    child.on('error', (error) => {
      reject(new Error(`The process that looks at experiments cannot be started: ${error.message}`));
    });
    child.on('close', () => {
      signal?.removeEventListener('abort', abort);
      try {
        resolve(JSON.parse(output) as Answer);
      } catch {
        reject(new Error(`The process that looks at experiments failed. ${errors.trim()}`));
      }
    });
  });
}
