import { resolve as toAbsolute } from 'node:path';
import { askProcess, type AskOptions } from './ask-process.ts';
import type { RunError } from './events.ts';
import type { ExperimentDescription } from './record.ts';

/** What an experiment declares, or why that cannot be told. */
export type Described = { readonly description: ExperimentDescription } | { readonly error: RunError };

/**
 * What an experiment's module declares. Its code is compiled and loaded in a child process, within 10 seconds.
 *
 * @param file absolute path of the module.
 * @throws the signal's reason where it aborts.
 */
export async function describeExperiment(file: string, options: AskOptions): Promise<Described> {
  try {
    return await askProcess<Described>({ type: 'describe', file: toAbsolute(file) }, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    return { error: { kind: 'internal', message: (error as Error).message, file } };
  }
}
