import type { JsonNumber } from './events.ts';

/** JSON text in which NaN and the infinities stand as texts (`JsonNumber`). */
export function encodeJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'number' && !Number.isFinite(inner) ? String(inner) : inner,
  );
}

/** A list of numbers as they stand in JSON; the same list where all are finite. */
export function encodeNumbers(values: readonly number[]): readonly JsonNumber[] {
  return values.every(Number.isFinite)
    ? values
    : values.map((value) => (Number.isFinite(value) ? value : notFinite(value)));
}

function notFinite(value: number): JsonNumber {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}
