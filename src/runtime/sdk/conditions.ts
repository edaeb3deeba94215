import type { Condition } from './experiment.ts';

/**
 * A condition of a claim: the value is the bound or more. What is compared belongs into the value, as a difference or a
 * ratio, so that its interval over seeds can be held against one number: `atLeast('success, CPL minus SFT', cpl - sft, 0.15)`.
 */
export function atLeast(label: string, value: number, bound: number, unit?: string): Condition {
  return { label, value, relation: 'at least', bound, ...(unit !== undefined && { unit }) };
}

/** A condition of a claim: the value is the bound or less. See `atLeast`. */
export function atMost(label: string, value: number, bound: number, unit?: string): Condition {
  return { label, value, relation: 'at most', bound, ...(unit !== undefined && { unit }) };
}
