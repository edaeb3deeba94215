import { svg } from '../dom.ts';
import { formatNumber } from '../format.ts';
import type { CheckedCondition } from '../../runtime/runs/events.ts';
import { linearTicks, type Range } from '../ticks.ts';
import { rangeAround } from './zoom.ts';

const width = 320;
const height = 52;
const side = 14;
const line = 18;

/** Range of an interval plot: the point, its interval and the bound, with some air. What is not finite stands at the edge. */
export function rangeOfCondition({ value, interval, bound }: CheckedCondition): Range {
  const finite = [value, ...interval, bound].filter((number) => Number.isFinite(number));
  return rangeAround(Math.min(...finite), Math.max(...finite), false, 0.15) ?? { min: 0, max: 1 };
}

/**
 * A condition as a picture: the interval with its point, the bound as a dashed line, and the side on which the condition
 * holds shaded. Hidden from screen readers: the numbers stand beside it.
 */
export function intervalPlot(condition: CheckedCondition): SVGSVGElement {
  const range = rangeOfCondition(condition);
  const x = (value: number) => {
    const share = (value - range.min) / (range.max - range.min);
    return side + Math.min(1, Math.max(0, Number.isNaN(share) ? 0.5 : share)) * (width - 2 * side);
  };
  const bound = x(condition.bound);
  const [low, high] = condition.interval.map(x) as [number, number];
  const fulfilled =
    condition.relation === 'at least' ? { x: bound, width: width - side - bound } : { x: side, width: bound - side };
  return svg(
    'svg',
    {
      class: `interval ${condition.outcome}`,
      viewBox: `0 0 ${width} ${height}`,
      'aria-hidden': 'true',
      focusable: 'false',
    },
    svg('rect', { class: 'fulfilled', ...fulfilled, y: 2, height: 32 }),
    ...linearTicks(range, 4).flatMap(({ value, label }) => [
      svg('line', { class: 'grid', x1: x(value), x2: x(value), y1: 34, y2: 38 }),
      svg('text', { x: x(value), y: 49, 'text-anchor': 'middle' }, label),
    ]),
    svg('line', { class: 'axis', x1: side, x2: width - side, y1: 34, y2: 34 }),
    svg('line', { class: 'bound', x1: bound, x2: bound, y1: 2, y2: 34 }),
    svg('line', { class: 'reach', x1: low, x2: high, y1: line, y2: line }),
    svg('path', { class: 'reach', d: `M${low} ${line - 5}v10M${high} ${line - 5}v10` }),
    svg('circle', { class: 'point', cx: x(condition.value), cy: line, r: 5 }),
  );
}

/** A condition's requirement in words: `≤ 1.02 nats`. */
export function requirement({ relation, bound, unit }: CheckedCondition): string {
  return `${relation === 'at least' ? '≥' : '≤'} ${formatNumber(bound)}${unit === undefined ? '' : ` ${unit}`}`;
}
