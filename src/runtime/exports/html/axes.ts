import { escapeText } from './escape.ts';
import { place } from './paths.ts';
import type { Scale } from './scale.ts';

/** The rectangle that data is drawn in; the rest of the drawing is for labels. */
export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Grid lines, ticks and titles of a drawing with two axes. */
export function drawAxes(plot: Plot, x: Scale, y: Scale, titles: { readonly x: string; readonly y: string }): string {
  let grid = '';
  let labels = '';
  for (const { value, label } of y.ticks) {
    const at = place(y.position(value));
    grid += `M${place(plot.left)} ${at}H${place(plot.right)}`;
    labels += `<text x="${place(plot.left - 8)}" y="${at}" text-anchor="end" dy=".32em">${escapeText(label)}</text>`;
  }
  let marks = '';
  for (const { value, label } of x.ticks) {
    const at = place(x.position(value));
    marks += `M${at} ${place(plot.bottom)}v5`;
    labels += `<text x="${at}" y="${place(plot.bottom + 19)}" text-anchor="middle">${escapeText(label)}</text>`;
  }
  return (
    `<path class="grid" d="${grid}"/><path class="axis" d="M${place(plot.left)} ${place(plot.bottom)}H${place(plot.right)}${marks}"/>` +
    `<g class="ticks">${labels}</g>` +
    `<text class="axis-title" x="0" y="${plot.top - 14}" text-anchor="start">${axisTitle('↑', titles.y, y)}</text>` +
    `<text class="axis-title" x="${place(plot.right)}" y="${place(plot.bottom + 38)}" text-anchor="end">${axisTitle('→', titles.x, x)}</text>`
  );
}

function axisTitle(arrow: string, title: string, scale: Scale): string {
  const text = escapeText(scale.logarithmic ? `${title}, logarithmic` : title);
  return arrow === '→' ? `${text} ${arrow}` : `${arrow} ${text}`;
}
