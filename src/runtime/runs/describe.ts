import { join, resolve as toAbsolute } from 'node:path';
import type { RunError } from './events.ts';
import { spawnHostNode } from './host-node.ts';
import type { ExperimentDescription } from './record.ts';
import type { DescribeRequest } from './request.ts';

export interface DescribeOptions {
  /** Absolute path of the `dist` folder. */
  readonly distribution: string;
  readonly signal?: AbortSignal;
}

/** What an experiment declares, or why that cannot be told. */
export type Described = { readonly description: ExperimentDescription } | { readonly error: RunError };

/**
 * What an experiment's module declares. Its code is compiled and loaded in a child process, within 10 seconds.
 *
 * @param file absolute path of the module.
 * @throws the signal's reason where it aborts.
 */
export function describeExperiment(file: string, { distribution, signal }: DescribeOptions): Promise<Described> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const request: DescribeRequest = { type: 'describe', file: toAbsolute(file) };
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
    const fail = (message: string) => {
      resolve({ error: { kind: 'internal', message, file } });
    };
    child.on('error', (error) => {
      fail(`The process that looks at experiments cannot be started: ${error.message}`);
    });
    child.on('close', () => {
      signal?.removeEventListener('abort', abort);
      try {
        resolve(JSON.parse(output) as Described);
      } catch {
        fail(`The process that looks at experiments failed. ${errors.trim()}`);
      }
    });
  });
}
