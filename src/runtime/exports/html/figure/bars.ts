import type { Hue } from '../arm-style.ts';
import { place } from '../paths.ts';
import { addKey, type Canvas, type Layer } from './canvas.ts';

/** Bars from 0, or from the end of the axis that is nearest to it. */
export function drawBars({ x, height, label }: Layer<'bars'>, hue: Hue, canvas: Canvas): string {
  addKey(canvas, hue, '<path class="bar" d="M1 1H31V9H1Z"/>', label);
  const half = barWidth(x) / 2;
  const { min, max } = canvas.y;
  const floor = place(canvas.y.position(Math.min(max, Math.max(min, 0))));
  const bars = x.map((centre, index) => {
    const left = canvas.x.position(centre - half);
    const right = canvas.x.position(centre + half);
    const top = canvas.y.position(height[index]!);
    if (!Number.isFinite(left) || !Number.isFinite(right) || !Number.isFinite(top)) return '';
    return `M${place(left)} ${floor}V${place(top)}H${place(right)}V${floor}Z`;
  });
  return `<path class="bar ${hue}" d="${bars.join('')}"/>`;
}

/** Nine tenths of the least distance between two bars; 0.9 where there is only one. */
export function barWidth(xs: readonly number[]): number {
  const sorted = [...xs].sort((one, other) => one - other);
  let least = Infinity;
  for (let index = 1; index < sorted.length; index++) {
    const distance = sorted[index]! - sorted[index - 1]!;
    if (distance > 0) least = Math.min(least, distance);
  }
  return 0.9 * (Number.isFinite(least) ? least : 1);
}
