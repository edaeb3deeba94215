import type { Figure, FigureLayer } from '../../../sdk/figure.ts';
import { createScale, type Scale } from '../scale.ts';
import { barWidth } from './bars.ts';

interface Bounds {
  min: number;
  max: number;
}

/** An axis of a figure over what it declares, else over what its layers hold; with the names of its positions as ticks where it has some. */
export function figureScale(figure: Figure, side: 'x' | 'y', from: number, to: number): Scale {
  const axis = figure[side];
  const logarithmic = axis.scale === 'log';
  const { categories } = axis;
  const own =
    categories === undefined ? boundsOf(figure.layers, side, logarithmic) : { min: -0.5, max: categories.length - 0.5 };
  const min = axis.min ?? own.min;
  const max = axis.max ?? own.max;
  const usable = Number.isFinite(min) && Number.isFinite(max) && min < max && (!logarithmic || min > 0);
  const scale = createScale({ ...(usable ? { min, max } : own), logarithmic, from, to, room: 6 });
  if (categories === undefined) return scale;
  const ticks = categories.map((category, value) => ({ value, label: shorten(category) }));
  // Side by side names need room for their letters, one above the other for a line.
  const needed = side === 'x' ? 7 * (1 + Math.max(...ticks.map(({ label }) => label.length))) : 15;
  const every = Math.max(1, Math.ceil((needed * (scale.max - scale.min)) / Math.abs(to - from)));
  const shown = ticks.filter(({ value }) => value % every === 0 && value >= scale.min && value <= scale.max);
  return { ...scale, ticks: shown };
}

/** Characters of a category's name that there is room for. */
const longestCategory = 14;

function shorten(category: string): string {
  return category.length > longestCategory ? `${category.slice(0, longestCategory - 1)}…` : category;
}

function boundsOf(layers: readonly FigureLayer[], side: 'x' | 'y', logarithmic: boolean): Bounds {
  const bounds: Bounds = { min: Infinity, max: -Infinity };
  for (const layer of layers) {
    for (const value of extentOf(layer, side)) {
      if (!Number.isFinite(value) || (logarithmic && value <= 0)) continue;
      bounds.min = Math.min(bounds.min, value);
      bounds.max = Math.max(bounds.max, value);
    }
  }
  if (bounds.min < bounds.max) pad(bounds, logarithmic);
  if (bounds.min <= bounds.max) return bounds;
  const map = layers.find((layer) => layer.type === 'heatmap');
  if (map === undefined || logarithmic) return logarithmic ? { min: 0.1, max: 10 } : { min: 0, max: 1 };
  return { min: 0, max: (side === 'x' ? map.values[0]?.length : map.values.length) ?? 1 };
}

/** Room around what is drawn, so that no dot is cut in half; none at an end that stands at 0, where bars begin. */
function pad(bounds: Bounds, logarithmic: boolean): void {
  if (logarithmic) {
    const factor = (bounds.max / bounds.min) ** 0.05;
    bounds.min /= factor;
    bounds.max *= factor;
    return;
  }
  const margin = (bounds.max - bounds.min) * 0.05;
  if (bounds.min !== 0) bounds.min -= margin;
  if (bounds.max !== 0) bounds.max += margin;
}

/** Numbers that the axis has to reach for the layer to be seen whole. */
function* extentOf(layer: FigureLayer, side: 'x' | 'y'): Generator<number> {
  switch (layer.type) {
    case 'heatmap':
      // It has no places of its own: it is stretched over the axes.
      return;
    case 'bars': {
      if (side === 'y') {
        yield 0;
        yield* layer.height;
        return;
      }
      const half = barWidth(layer.x) / 2;
      for (const value of layer.x) {
        yield value - half;
        yield value + half;
      }
      return;
    }
    case 'ellipses':
      for (const { x, y, a, b, angle } of layer.ellipses) {
        const [along, across] = side === 'x' ? [Math.cos(angle), Math.sin(angle)] : [Math.sin(angle), Math.cos(angle)];
        const reach = Math.hypot(a * along, b * across);
        const centre = side === 'x' ? x : y;
        yield centre - reach;
        yield centre + reach;
      }
      return;
    case 'arrows': {
      const along = side === 'x' ? layer.dx : layer.dy;
      for (const [index, value] of layer[side].entries()) {
        yield value;
        yield value + along[index]!;
      }
      return;
    }
    case 'line':
    case 'points':
      yield* layer[side];
  }
}

/** Characters of the longest label of an axis. */
export function labelLength({ ticks }: Scale): number {
  return Math.max(1, ...ticks.map(({ label }) => label.length));
}
