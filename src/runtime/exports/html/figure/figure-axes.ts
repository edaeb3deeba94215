import type { Figure, FigureAxis, FigureLayer } from '../../../sdk/figure.ts';
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
  const bounds =
    axis.categories === undefined ? boundsOf(figure.layers, side, logarithmic) : categoryBounds(axis.categories);
  const scale = createScale({
    min: axis.min ?? bounds.min,
    max: axis.max ?? bounds.max,
    logarithmic,
    from,
    to,
    room: 6,
  });
  return axis.categories === undefined ? scale : { ...scale, ticks: categoryTicks(axis.categories, scale) };
}

/** Characters of a category's name that there is room for. */
export const longestCategory = 14;

function categoryBounds(categories: readonly string[]): Bounds {
  return { min: -0.5, max: categories.length - 0.5 };
}

function categoryTicks(categories: readonly string[], scale: Scale): Scale['ticks'] {
  const every = Math.ceil(categories.length / 16);
  return categories
    .map((category, value) => ({
      value,
      label: category.length > longestCategory ? `${category.slice(0, longestCategory - 1)}…` : category,
    }))
    .filter(({ value }) => value % every === 0 && value >= scale.min && value <= scale.max);
}

function boundsOf(layers: readonly FigureLayer[], side: 'x' | 'y', logarithmic: boolean): Bounds {
  const bounds: Bounds = { min: Infinity, max: -Infinity };
  for (const layer of layers) {
    for (const value of extentOf(layer, side, logarithmic)) {
      if (!Number.isFinite(value) || (logarithmic && value <= 0)) continue;
      bounds.min = Math.min(bounds.min, value);
      bounds.max = Math.max(bounds.max, value);
    }
  }
  const filled = layers.some(({ type }) => type === 'heatmap');
  if (!filled && bounds.min < bounds.max) pad(bounds, logarithmic);
  return bounds;
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
function* extentOf(layer: FigureLayer, side: 'x' | 'y', logarithmic: boolean): Generator<number> {
  switch (layer.type) {
    case 'heatmap':
      yield logarithmic ? 1 : 0;
      yield side === 'x' ? (layer.values[0]?.length ?? 1) : layer.values.length;
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

/** Characters that the labels of an axis may need. */
export function labelLength({ categories }: FigureAxis, scale: Scale): number {
  const labels = categories ?? scale.ticks.map(({ label }) => label);
  return Math.min(longestCategory, Math.max(1, ...labels.map((label) => label.length)));
}
