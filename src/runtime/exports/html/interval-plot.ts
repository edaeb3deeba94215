import type { CheckedCondition } from '../../runs/events.ts';
import { escapeText } from './escape.ts';
import { writeNumber } from './number.ts';
import { place } from './paths.ts';
import { createScale } from './scale.ts';

const width = 190;
const height = 34;

/**
 * A condition's value with its interval on a line of its own: a dot and a bar, the bound, and the side of the bound on
 * which the condition holds. Empty where a number is not finite, since there is nothing to show to scale.
 */
export function intervalPlot({ label, value, interval, relation, bound, outcome }: CheckedCondition): string {
  const numbers = [value, ...interval, bound];
  if (!numbers.every((number) => Number.isFinite(number))) return '';
  const low = Math.min(...numbers);
  const high = Math.max(...numbers);
  const margin = (high - low) * 0.12;
  const { position } = createScale({
    min: low - margin,
    max: high + margin,
    logarithmic: false,
    from: 4,
    to: width - 4,
    room: 4,
  });
  const at = (number: number) => place(position(number));
  const middle = 14;
  const side =
    relation === 'at least' ? `M${at(bound)} 3H${width}V25H${at(bound)}Z` : `M${at(bound)} 3H0V25H${at(bound)}Z`;
  const description = `${label}: ${writeNumber(value)}, interval ${writeNumber(interval[0])} to ${writeNumber(interval[1])}, ${relation} ${writeNumber(bound)}`;
  const anchor = position(bound) < 30 ? 'start' : position(bound) > width - 30 ? 'end' : 'middle';
  return (
    `<svg class="interval ${outcome}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeText(description)}">` +
    `<path class="holds-here" d="${side}"/><path class="bound" d="M${at(bound)} 1V27"/>` +
    `<path class="bar-line" d="M${at(interval[0])} ${middle}H${at(interval[1])}M${at(interval[0])} ${middle - 4}v8M${at(interval[1])} ${middle - 4}v8"/>` +
    `<circle cx="${at(value)}" cy="${middle}" r="4.5"/>` +
    `<text x="${at(bound)}" y="${height - 0.5}" text-anchor="${anchor}">${writeNumber(bound)}</text></svg>`
  );
}
