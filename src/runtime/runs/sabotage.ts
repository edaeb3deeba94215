import type { Sabotage } from '../trial/protocol.ts';
import { askProcess, type AskOptions } from './ask-process.ts';
import type { RunError } from './events.ts';

/** The verdicts by the arm that stood in for the method, or why they cannot be told. */
export type Sabotaged = { readonly verdicts: Sabotage } | { readonly error: RunError };

/**
 * Decides the claim of a completed run again, with each baseline and ablation in the place of the method: a claim that still
 * holds then says nothing about the method. The claim's check is code of the experiment and runs in a child process.
 *
 * @param folder absolute path of the run's folder, with all arms and at least two seeds.
 * @throws Error where the process fails; the signal's reason where it aborts.
 */
export function sabotageRun(folder: string, options: AskOptions): Promise<Sabotaged> {
  return askProcess<Sabotaged>({ type: 'sabotage', folder }, options);
}
