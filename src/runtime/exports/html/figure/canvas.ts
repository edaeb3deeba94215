import type { FigureLayer } from '../../../sdk/figure.ts';
import type { Plot } from '../axes.ts';
import type { Family } from '../colour-levels.ts';
import { escapeText } from '../escape.ts';
import type { Scale } from '../scale.ts';

/** Where the layers of a figure are drawn, and what they tell its legend. */
export interface Canvas {
  readonly plot: Plot;
  readonly x: Scale;
  readonly y: Scale;
  /** What the scales of colours stand for. */
  readonly colourScales: ColourScale[];
  /** Signs with their meaning, as HTML. */
  readonly keys: string[];
}

/** What the levels of a family of colours stand for: `min` for the lowest, `max` for the highest. */
export interface ColourScale {
  readonly family: Family;
  readonly label: string;
  readonly min: number;
  readonly max: number;
}

export type Layer<T extends FigureLayer['type']> = Extract<FigureLayer, { type: T }>;

/** Adds a sign to the legend. `drawing` is SVG, 32 wide and 10 high, in the colour of the class. */
export function addKey(canvas: Canvas, colour: string, drawing: string, label: string): void {
  canvas.keys.push(
    `<span class="key"><svg class="swatch ${colour}" viewBox="0 0 32 10" width="32" height="10" aria-hidden="true">${drawing}</svg> ${escapeText(label)}</span>`,
  );
}

/** What the finite ones of the values range over, unless given; 0 to 1 where there is none. */
export function rangeOf(
  values: Iterable<number>,
  given: { readonly min?: number; readonly max?: number } = {},
): { min: number; max: number } {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (min > max) [min, max] = [0, 1];
  return { min: given.min ?? min, max: given.max ?? max };
}
