import type { Figure, FigureAxis, FigureLayer } from '../../runtime/sdk/figure.ts';
import { linearTicks, logTicks, type Range, type Tick } from '../ticks.ts';
import { rangeAround } from './zoom.ts';

/** Where a layer reaches along one axis; for a heat map the edges of its cells in cells, as it has no places of its own. */
function reachOf(layer: FigureLayer, axis: 'x' | 'y'): readonly number[] {
  switch (layer.type) {
    case 'heatmap':
      return [];
    case 'line':
    case 'points':
      return layer[axis];
    case 'bars': {
      if (axis === 'y') return [0, ...layer.height];
      const half = barWidth(layer.x) / 2;
      return layer.x.flatMap((x) => [x - half, x + half]);
    }
    case 'ellipses':
      return layer.ellipses.flatMap((ellipse) => {
        const [along, across] = axis === 'x' ? [Math.cos, Math.sin] : [Math.sin, Math.cos];
        const reach = Math.hypot(ellipse.a * along(ellipse.angle), ellipse.b * across(ellipse.angle));
        return [ellipse[axis] - reach, ellipse[axis] + reach];
      });
    case 'arrows': {
      const [from, by] = axis === 'x' ? [layer.x, layer.dx] : [layer.y, layer.dy];
      return from.flatMap((start, index) => [start, start + by[index]!]);
    }
  }
}

/** Width of bars in units of their axis: most of the least distance between two. */
export function barWidth(x: readonly number[]): number {
  const sorted = [...x].sort((a, b) => a - b);
  let least = Infinity;
  for (let index = 1; index < sorted.length; index++) {
    const distance = sorted[index]! - sorted[index - 1]!;
    if (distance > 0) least = Math.min(least, distance);
  }
  return Number.isFinite(least) ? 0.85 * least : 0.85;
}

/** The range of one axis of a figure: as declared, else from its categories, else from its layers. */
export function rangeOfAxis(figure: Figure, axis: 'x' | 'y'): Range {
  const declared = figure[axis];
  const logarithmic = declared.scale === 'log';
  const heat = figure.layers.find((layer) => layer.type === 'heatmap');
  let fitted: Range | undefined;
  if (declared.categories) {
    fitted = { min: -0.5, max: declared.categories.length - 0.5 };
  } else {
    let min = Infinity;
    let max = -Infinity;
    for (const layer of figure.layers) {
      for (const place of reachOf(layer, axis)) {
        if (!Number.isFinite(place) || (logarithmic && place <= 0)) continue;
        if (place < min) min = place;
        if (place > max) max = place;
      }
    }
    const bars = axis === 'y' && figure.layers.some((layer) => layer.type === 'bars');
    fitted = rangeAround(min, max, logarithmic);
    // Bars stand on zero, without a gap below.
    if (fitted && bars && min >= 0 && !logarithmic) fitted = { min: 0, max: fitted.max };
    if (!fitted && heat) fitted = { min: 0, max: axis === 'x' ? (heat.values[0]?.length ?? 1) : heat.values.length };
  }
  const min = declared.min ?? fitted?.min ?? (logarithmic ? 0.1 : 0);
  const max = declared.max ?? fitted?.max ?? (logarithmic ? 10 : 1);
  if (min < max && (!logarithmic || min > 0)) return { min, max };
  return fitted ?? (logarithmic ? { min: 0.1, max: 10 } : { min: 0, max: 1 });
}

/** The ticks of one axis: its categories by name, else round numbers. */
export function ticksOfAxis(axis: FigureAxis, range: Range, count: number): Tick[] {
  if (axis.categories) {
    const every = Math.max(1, Math.ceil(axis.categories.length / Math.max(1, count)));
    return axis.categories.flatMap((label, value) => (value % every === 0 ? [{ value, label }] : []));
  }
  return (axis.scale === 'log' ? logTicks : linearTicks)(range, count);
}

/** Place of a position between the ends of an axis, 0 to 1 within. */
export function shareOnAxis(axis: FigureAxis, { min, max }: Range, position: number): number {
  return axis.scale === 'log' ? Math.log(position / min) / Math.log(max / min) : (position - min) / (max - min);
}

/** The position at a share of an axis: the inverse of {@link shareOnAxis}. */
export function positionOnAxis(axis: FigureAxis, { min, max }: Range, share: number): number {
  return axis.scale === 'log' ? min * (max / min) ** share : min + share * (max - min);
}

/** The values by which a layer is coloured; undefined where it is not. */
export function valuesOf(layer: FigureLayer): readonly number[] | undefined {
  switch (layer.type) {
    case 'heatmap':
      return layer.values.flat();
    case 'points':
      return layer.value;
    case 'ellipses': {
      const values = layer.ellipses.map((ellipse) => ellipse.value);
      return values.every((value) => value !== undefined) && values.length > 0 ? values : undefined;
    }
    case 'line':
    case 'bars':
    case 'arrows':
      return undefined;
  }
}

/** The range of a layer's colour scale: as declared, else of its finite values. Undefined for a layer without values. */
export function rangeOfValues(layer: FigureLayer): Range | undefined {
  const values = valuesOf(layer);
  if (!values) return undefined;
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (layer.type === 'heatmap') {
    min = layer.min ?? min;
    max = layer.max ?? max;
  }
  return rangeAround(min, max, false, 0) ?? { min: 0, max: 1 };
}

/** A figure as rows: layer, place and value of all that is in it. */
export function rowsOfFigure(figure: Figure): readonly (readonly (string | number)[])[] {
  const x = rangeOfAxis(figure, 'x');
  const y = rangeOfAxis(figure, 'y');
  return figure.layers.flatMap((layer): (string | number)[][] => {
    switch (layer.type) {
      case 'heatmap':
        return layer.values.flatMap((row, j) =>
          row.map((value, i) => [
            layer.label,
            positionOnAxis(figure.x, x, (i + 0.5) / row.length),
            positionOnAxis(figure.y, y, (j + 0.5) / layer.values.length),
            value,
          ]),
        );
      case 'line':
        return layer.x.map((place, index) => [layer.label, place, layer.y[index]!, '']);
      case 'points':
        return layer.x.map((place, index) => [layer.label, place, layer.y[index]!, layer.value?.[index] ?? '']);
      case 'bars':
        return layer.x.map((place, index) => [layer.label, place, layer.height[index]!, '']);
      case 'ellipses':
        return layer.ellipses.map((ellipse) => [layer.label, ellipse.x, ellipse.y, ellipse.value ?? '']);
      case 'arrows':
        return layer.x.map((place, index) => [
          layer.label,
          place,
          layer.y[index]!,
          `towards ${layer.dx[index]!}, ${layer.dy[index]!}`,
        ]);
    }
  });
}
