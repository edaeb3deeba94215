import { levelClass } from '../colour-levels.ts';
import type { Hue } from '../arm-style.ts';
import { place } from '../paths.ts';
import { addKey, type Canvas, type Layer, rangeOf } from './canvas.ts';

/** Corners that an ellipse is drawn with: axes may stretch it in ways that SVG's own cannot follow. */
const corners = 48;

export function drawEllipses({ ellipses, label }: Layer<'ellipses'>, hue: Hue, canvas: Canvas): string {
  if (ellipses.length === 0) return '';
  const values = ellipses.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const range = values.length === 0 ? undefined : rangeOf(values);
  if (range === undefined) addKey(canvas, hue, '<ellipse class="ellipse" cx="16" cy="5" rx="12" ry="4"/>', label);
  else canvas.colourScales.push({ family: 'warm', label, ...range });
  const drawn = ellipses.map((ellipse) => {
    const { a, b, angle, value } = ellipse;
    const outline: string[] = [];
    for (let corner = 0; corner < corners; corner++) {
      const turn = (2 * Math.PI * corner) / corners;
      const along = a * Math.cos(turn);
      const across = b * Math.sin(turn);
      const left = canvas.x.position(ellipse.x + along * Math.cos(angle) - across * Math.sin(angle));
      const top = canvas.y.position(ellipse.y + along * Math.sin(angle) + across * Math.cos(angle));
      if (Number.isFinite(left) && Number.isFinite(top)) outline.push(`${place(left)} ${place(top)}`);
    }
    if (outline.length === 0) return '';
    const colour = range === undefined || value === undefined ? hue : levelClass('warm', value, range);
    const path = `M${outline.join('L')}Z`;
    // On a ground of its own, so that it is seen on every colour of a heat map.
    return `<path class="casing" stroke-width="4" d="${path}"/><path class="ellipse ${colour}" d="${path}"/>`;
  });
  return drawn.join('');
}
