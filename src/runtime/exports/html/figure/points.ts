import { levelClass } from '../colour-levels.ts';
import type { Hue } from '../arm-style.ts';
import { place } from '../paths.ts';
import { addKey, type Canvas, type Layer, rangeOf } from './canvas.ts';

/** Dots; smaller where there are many. */
export function drawPoints({ x, y, value, label }: Layer<'points'>, hue: Hue, canvas: Canvas): string {
  const radius = x.length > 400 ? 1.75 : 3;
  const range = value === undefined ? undefined : rangeOf(value);
  if (range === undefined) addKey(canvas, hue, '<circle class="dot" cx="16" cy="5" r="3.5"/>', label);
  else canvas.colourScales.push({ family: 'warm', label, ...range });
  const dots = x.map((across, index) => {
    const left = canvas.x.position(across);
    const top = canvas.y.position(y[index]!);
    if (!Number.isFinite(left) || !Number.isFinite(top)) return '';
    const colour = range === undefined ? hue : levelClass('warm', value![index]!, range);
    return `<circle class="dot ${colour}" cx="${place(left)}" cy="${place(top)}" r="${radius}"/>`;
  });
  return dots.join('');
}
