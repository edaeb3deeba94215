import type { MethodVerdict } from './method.ts';

/** The claim's first condition with its 95 % interval: `error ratio 11.1 [10.3, 19.3], at least 3, over 16 seeds`. */
export function effectInWords({ effect, seeds }: Pick<MethodVerdict, 'effect' | 'seeds'>): string {
  const { label, value, interval, relation, bound } = effect;
  const [low, high] = interval;
  return `${label} ${short(value)} [${short(low)}, ${short(high)}], ${relation} ${bound}, over ${seeds} seeds`;
}

/** Three significant digits; a question mark for what is no finite number. */
function short(value: number | null): string {
  return value === null ? '?' : String(Number(value.toPrecision(3)));
}
