import { resolveParameters, type ParameterRecord } from '../sdk/parameters.ts';
import type { ExperimentDescription } from './record.ts';

/** Which trials a run has. */
export interface ResolvedRequest {
  /** Every declared parameter with its value. */
  readonly params: ParameterRecord;
  /** In declared order. */
  readonly arms: readonly string[];
  readonly seeds: readonly number[];
}

/**
 * What was asked of a run, completed by what its experiment declares.
 *
 * @throws Error that says what is wrong with what was asked, and what there is to choose from.
 */
export function resolveRequest(
  description: ExperimentDescription,
  asked: { readonly params?: ParameterRecord; readonly arms?: readonly string[]; readonly seeds?: number },
): ResolvedRequest {
  const params = resolveParameters(description.params, asked.params ?? {});
  const declared = Object.keys(description.arms);
  for (const arm of asked.arms ?? []) {
    if (!declared.includes(arm)) throw new Error(`There is no arm '${arm}'. Declared are: ${declared.join(', ')}.`);
  }
  const arms = declared.filter((arm) => asked.arms?.includes(arm) ?? true);
  if (arms.length === 0) throw new Error(`No arm was chosen. Choose from: ${declared.join(', ')}.`);
  const count = asked.seeds ?? description.seeds;
  if (!Number.isInteger(count) || count < 1) {
    throw new Error(`The number of seeds is ${count}, but must be a whole number from 1 up.`);
  }
  return { params, arms, seeds: Array.from({ length: count }, (_, seed) => seed) };
}
