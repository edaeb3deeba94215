import type { Figure, FigureLayer } from '../../../sdk/figure.ts';
import { type Hue, hues } from '../arm-style.ts';
import { drawAxes, type Plot } from '../axes.ts';
import { levelCount } from '../colour-levels.ts';
import { escapeText } from '../escape.ts';
import { writeNumber } from '../number.ts';
import { linePath, place } from '../paths.ts';
import { drawArrows } from './arrows.ts';
import { drawBars } from './bars.ts';
import { addKey, type Canvas, type ColourScale } from './canvas.ts';
import { drawEllipses } from './ellipses.ts';
import { figureScale, labelLength } from './figure-axes.ts';
import { drawHeatMap } from './heat-map.ts';
import { drawPoints } from './points.ts';

const width = 420;
const top = 30;
/** Height that a scale of colours takes below the plot. */
const colourScaleHeight = 40;

/** A figure of a trial as an SVG drawing and its legend. `id` begins the ids of what is labelled. */
export function figureDrawing(id: string, figure: Figure): string {
  const right = width - 14;
  const sketch = figureScale(figure, 'y', width, 0);
  const left = 12 + 7.2 * labelLength(sketch);
  const plot: Plot = { left, right, top, bottom: top + (right - left) * heightOverWidth(figure) };
  const canvas: Canvas = {
    plot,
    x: figureScale(figure, 'x', plot.left, plot.right),
    y: figureScale(figure, 'y', plot.bottom, plot.top),
    colourScales: [],
    keys: [],
  };
  const layers = figure.layers.map((layer, index) => drawLayer(layer, hues[index % (hues.length - 1)]!, canvas));
  const scales = canvas.colourScales.map((scale, index) =>
    drawColourScale(scale, plot, plot.bottom + 60 + colourScaleHeight * index),
  );
  const height = plot.bottom + 48 + colourScaleHeight * scales.length;
  const parts = figure.layers.map(({ type, label }) => `${layerNames[type]} of ${label}`).join(', ');
  const description = `${parts}; ${figure.x.label} across, ${figure.y.label} up.`;
  return (
    `<svg viewBox="0 0 ${width} ${place(height)}" role="img" aria-labelledby="${id}-title ${id}-description">` +
    `<title id="${id}-title">${escapeText(figure.title)}</title>` +
    `<desc id="${id}-description">${escapeText(description)}</desc>` +
    `<clipPath id="${id}-clip"><rect x="${place(left)}" y="${top}" width="${place(right - left)}" height="${place(plot.bottom - top)}"/></clipPath>` +
    drawAxes(plot, canvas.x, canvas.y, { x: figure.x.label, y: figure.y.label }) +
    `<g clip-path="url(#${id}-clip)">${layers.join('')}</g>${scales.join('')}</svg>` +
    (canvas.keys.length > 0 ? `<span class="keys">${canvas.keys.join('')}</span>` : '')
  );
}

const layerNames: Readonly<Record<FigureLayer['type'], string>> = {
  heatmap: 'heat map',
  line: 'line',
  points: 'points',
  bars: 'bars',
  ellipses: 'ellipses',
  arrows: 'arrows',
};

function drawLayer(layer: FigureLayer, hue: Hue, canvas: Canvas): string {
  switch (layer.type) {
    case 'heatmap':
      return drawHeatMap(layer, canvas);
    case 'line':
      addKey(canvas, hue, '<path class="line" d="M1 5H31" stroke-width="2"/>', layer.label);
      return drawLine(linePath(layer.x, layer.y, canvas.x, canvas.y), hue);
    case 'points':
      return drawPoints(layer, hue, canvas);
    case 'bars':
      return drawBars(layer, hue, canvas);
    case 'ellipses':
      return drawEllipses(layer, hue, canvas);
    case 'arrows':
      return drawArrows(layer, canvas);
  }
}

/** On a ground of its own, so that it is seen on every colour of a heat map. */
function drawLine(path: string, hue: Hue): string {
  return `<path class="casing" stroke-width="5" d="${path}"/><path class="line ${hue}" stroke-width="2" d="${path}"/>`;
}

/** That of a heat map's cells, so that they are about square, else that of a postcard. */
function heightOverWidth(figure: Figure): number {
  const map = figure.layers.find((layer) => layer.type === 'heatmap');
  const columns = map?.values[0]?.length ?? 0;
  return columns === 0 ? 0.66 : Math.min(1.1, Math.max(0.45, map!.values.length / columns));
}

/** A strip of all colours of a family with the numbers at its ends. */
function drawColourScale({ family, label, min, max }: ColourScale, plot: Plot, y: number): string {
  const step = (plot.right - plot.left) / levelCount;
  const strip = Array.from({ length: levelCount }, (_, level) => {
    const from = place(plot.left + level * step);
    return `<path class="cell ${family}-${level}" d="M${from} ${place(y)}H${place(plot.left + (level + 1) * step)}v8H${from}Z"/>`;
  });
  const below = place(y + 21);
  return (
    `<g shape-rendering="crispEdges">${strip.join('')}</g><g class="ticks">` +
    `<text x="${place(plot.left)}" y="${below}" text-anchor="start">${writeNumber(min)}</text>` +
    `<text x="${place((plot.left + plot.right) / 2)}" y="${below}" text-anchor="middle">${escapeText(label)}</text>` +
    `<text x="${place(plot.right)}" y="${below}" text-anchor="end">${writeNumber(max)}</text></g>`
  );
}
