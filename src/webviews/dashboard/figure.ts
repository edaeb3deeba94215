import type { Figure, FigureLayer } from '../../runtime/sdk/figure.ts';
import { type Colour, writeColour } from '../colour.ts';
import { markContrast, type Theme } from '../theme.ts';
import { linearTicks, type Range } from '../ticks.ts';
import { type ArmStyle, styleArms } from './arm-style.ts';
import { fitCanvas } from './canvas.ts';
import { colourMap, shareOf } from './colour-map.ts';
import {
  barWidth,
  positionOnAxis,
  rangeOfAxis,
  rangeOfValues,
  shareOnAxis,
  ticksOfAxis,
  valuesOf,
} from './figure-geometry.ts';
import { drawMarker } from './marker.ts';

/** A figure as drawn: how to find positions from pixels. */
export interface DrawnFigure {
  /** The position under a pixel of the canvas; undefined outside the axes. */
  positionAt(left: number, top: number): { readonly x: number; readonly y: number } | undefined;
}

const barWidthPixels = 14;

/** Styles of a figure's layers in order, for its drawing and its legend. */
export function stylesOfLayers(figure: Figure, theme: Theme): readonly ArmStyle[] {
  const names = figure.layers.map((_, index) => ({
    name: String(index),
    role: index === 0 ? ('method' as const) : ('baseline' as const),
  }));
  const styles = styleArms(names, theme.background, markContrast(theme));
  return names.map(({ name }) => styles.get(name)!);
}

/** Height in pixels for a figure of a width: cells of a heat map come out about square, within reason. */
export function heightOfFigure(figure: Figure, width: number): number {
  const heat = figure.layers.find((layer) => layer.type === 'heatmap');
  const columns = heat?.values[0]?.length ?? 0;
  if (!heat || columns === 0) return 280;
  return Math.round(Math.min(440, Math.max(240, (width * 0.72 * heat.values.length) / columns + 60)));
}

/** Draws a figure with its axes and a colour bar for each layer that is coloured by value. */
export function drawFigure(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  figure: Figure,
  theme: Theme,
): DrawnFigure {
  const context = fitCanvas(canvas, width, height);
  context.font = `11px ${theme.fontFamily}`;
  const xRange = rangeOfAxis(figure, 'x');
  const yRange = rangeOfAxis(figure, 'y');
  const yTicks = ticksOfAxis(figure.y, yRange, Math.max(2, Math.floor(height / 40)));
  const labelWidth = Math.min(
    width * 0.3,
    Math.max(...yTicks.map((tick) => context.measureText(tick.label).width), 10),
  );
  const valued = figure.layers.filter((layer) => valuesOf(layer) !== undefined);
  // Where there is little room, colour bars stand closer.
  const barRoom = width < 420 ? 54 : 72;
  const left = labelWidth + 30;
  const right = width - 14 - valued.length * barRoom;
  const top = 10;
  const bottom = height - 42;
  const widest = Math.max(0, ...(figure.x.categories ?? []).map((label) => context.measureText(label).width + 12));
  const xTicks = ticksOfAxis(figure.x, xRange, Math.max(2, Math.floor((right - left) / (widest || 70))));
  const x = (position: number) => left + shareOnAxis(figure.x, xRange, position) * (right - left);
  const y = (position: number) => bottom - shareOnAxis(figure.y, yRange, position) * (bottom - top);
  const foreground = writeColour(theme.foreground);
  const styles = stylesOfLayers(figure, theme);
  const heated = figure.layers.some((layer) => layer.type === 'heatmap');

  context.strokeStyle = writeColour(theme.foreground, theme.highContrast ? 0.28 : 0.14);
  context.lineWidth = 1;
  if (!heated) {
    for (const tick of xTicks) stroke(context, [x(tick.value), top], [x(tick.value), bottom]);
    for (const tick of yTicks) stroke(context, [left, y(tick.value)], [right, y(tick.value)]);
  }

  context.save();
  context.beginPath();
  context.rect(left, top, right - left, bottom - top);
  context.clip();
  figure.layers.forEach((layer, index) => {
    const map = colourMap(valued.indexOf(layer) <= 0 ? 'cool' : 'warm', theme.dark);
    const range = rangeOfValues(layer);
    const coloured = (value: number | undefined): Colour =>
      value === undefined || !range ? styles[index]!.colour : map(shareOf(value, range.min, range.max));
    drawLayer({
      context,
      layer,
      style: styles[index]!,
      coloured,
      theme,
      heated,
      x,
      y,
      area: { left, top, right, bottom },
    });
  });
  context.restore();

  context.strokeStyle = writeColour(theme.foreground, theme.highContrast ? 1 : 0.5);
  context.strokeRect(left + 0.5, top + 0.5, right - left - 1, bottom - top - 1);
  context.fillStyle = writeColour(theme.muted);
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (const tick of yTicks) context.fillText(tick.label, left - 6, y(tick.value), labelWidth);
  context.textAlign = 'center';
  for (const tick of xTicks) context.fillText(tick.label, x(tick.value), bottom + 12);
  context.font = `12px ${theme.fontFamily}`;
  context.fillText(figure.x.label, (left + right) / 2, height - 10, right - left);
  sideways(context, figure.y.label, 9, (top + bottom) / 2, bottom - top);
  context.fillStyle = foreground;
  valued.forEach((layer, index) => {
    const range = rangeOfValues(layer)!;
    drawColourBar(context, {
      left: right + (width < 420 ? 6 : 14) + index * barRoom,
      room: barRoom,
      top,
      bottom,
      range,
      label: layer.label,
      colour: (share) => colourMap(index === 0 ? 'cool' : 'warm', theme.dark)(share),
      theme,
    });
  });
  return {
    positionAt(pixelLeft, pixelTop) {
      const along = (pixelLeft - left) / (right - left);
      const up = (bottom - pixelTop) / (bottom - top);
      if (along < 0 || along > 1 || up < 0 || up > 1) return undefined;
      return { x: positionOnAxis(figure.x, xRange, along), y: positionOnAxis(figure.y, yRange, up) };
    },
  };
}

/** What a heat map has under a position of its figure. */
export function valueUnder(figure: Figure, position: { readonly x: number; readonly y: number }): number | undefined {
  const heat = figure.layers.find((layer) => layer.type === 'heatmap');
  if (!heat) return undefined;
  const up = shareOnAxis(figure.y, rangeOfAxis(figure, 'y'), position.y);
  const row = heat.values[Math.min(heat.values.length - 1, Math.floor(up * heat.values.length))];
  const along = shareOnAxis(figure.x, rangeOfAxis(figure, 'x'), position.x);
  return row?.[Math.min(row.length - 1, Math.floor(along * row.length))];
}

function stroke(context: CanvasRenderingContext2D, from: [number, number], to: [number, number]): void {
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
}

function sideways(context: CanvasRenderingContext2D, text: string, left: number, middle: number, room: number): void {
  context.save();
  context.translate(left, middle);
  context.rotate(-Math.PI / 2);
  context.textAlign = 'center';
  context.fillText(text, 0, 0, room);
  context.restore();
}

interface LayerDrawing {
  readonly context: CanvasRenderingContext2D;
  readonly layer: FigureLayer;
  readonly style: ArmStyle;
  readonly coloured: (value: number | undefined) => Colour;
  readonly theme: Theme;
  /** Whether there is a heat map below, from which lines need a rim to stand out. */
  readonly heated: boolean;
  readonly x: (position: number) => number;
  readonly y: (position: number) => number;
  readonly area: { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };
}

function drawLayer(drawing: LayerDrawing): void {
  const { context, layer, style, coloured, theme, heated, x, y, area } = drawing;
  const rim = writeColour(theme.background);
  /** Strokes the current path, over a rim where it lies on colours. */
  const strokeRimmed = (colour: string, width: number, rimmed: boolean) => {
    if (rimmed) {
      context.setLineDash([]);
      context.strokeStyle = rim;
      context.lineWidth = width + 3;
      context.stroke();
    }
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  };
  switch (layer.type) {
    case 'heatmap': {
      const rows = layer.values.length;
      const tall = (area.bottom - area.top) / rows;
      layer.values.forEach((row, j) => {
        const wide = (area.right - area.left) / row.length;
        const above = Math.round(area.bottom - (j + 1) * tall);
        const below = Math.round(area.bottom - j * tall);
        row.forEach((value, i) => {
          const from = Math.round(area.left + i * wide);
          const to = Math.round(area.left + (i + 1) * wide);
          if (Number.isFinite(value)) {
            context.fillStyle = writeColour(coloured(value));
            context.fillRect(from, above, to - from, below - above);
          } else {
            context.strokeStyle = writeColour(theme.muted);
            context.lineWidth = 1;
            stroke(context, [from, below], [to, above]);
          }
        });
      });
      return;
    }
    case 'line': {
      const trace = () => {
        context.beginPath();
        let open = false;
        layer.x.forEach((place, index) => {
          const [left, top] = [x(place), y(layer.y[index]!)];
          const drawable = Number.isFinite(left) && Number.isFinite(top);
          if (drawable) context[open ? 'lineTo' : 'moveTo'](left, top);
          open = drawable;
        });
      };
      trace();
      context.setLineDash([...style.dash]);
      strokeRimmed(writeColour(style.colour), Math.max(1.5, style.width), heated);
      context.setLineDash([]);
      return;
    }
    case 'points':
      layer.x.forEach((place, index) => {
        const colour = writeColour(coloured(layer.value?.[index]));
        context.fillStyle = rim;
        context.strokeStyle = rim;
        if (heated) drawMarker(context, style.marker, x(place), y(layer.y[index]!), 5);
        context.fillStyle = colour;
        context.strokeStyle = layer.value ? writeColour(theme.foreground) : colour;
        drawMarker(context, style.marker, x(place), y(layer.y[index]!), 3.5);
      });
      return;
    case 'bars': {
      const half = barWidth(layer.x) / 2;
      context.fillStyle = writeColour(style.colour, 0.75);
      context.strokeStyle = writeColour(style.colour);
      context.lineWidth = 1;
      const ground = Math.min(area.bottom, Math.max(area.top, y(0)));
      layer.x.forEach((place, index) => {
        const top = y(layer.height[index]!);
        if (!Number.isFinite(top)) return;
        const [from, to] = [x(place - half), x(place + half)];
        const bounds = [from, Math.min(top, ground), to - from, Math.abs(ground - top)] as const;
        context.fillRect(...bounds);
        context.strokeRect(...bounds);
      });
      return;
    }
    case 'ellipses':
      for (const ellipse of layer.ellipses) {
        const colour = writeColour(coloured(ellipse.value));
        context.beginPath();
        // Axes may be stretched unequally, so the outline is walked in the figure's own units.
        for (let turn = 0; turn <= 64; turn++) {
          const angle = (turn / 64) * 2 * Math.PI;
          const [along, across] = [ellipse.a * Math.cos(angle), ellipse.b * Math.sin(angle)];
          context.lineTo(
            x(ellipse.x + along * Math.cos(ellipse.angle) - across * Math.sin(ellipse.angle)),
            y(ellipse.y + along * Math.sin(ellipse.angle) + across * Math.cos(ellipse.angle)),
          );
        }
        context.closePath();
        strokeRimmed(colour, 2, true);
        context.fillStyle = colour;
        context.strokeStyle = rim;
        drawMarker(context, 'circle', x(ellipse.x), y(ellipse.y), 3);
      }
      return;
    case 'arrows':
      layer.x.forEach((place, index) => {
        const [from, to] = [
          [x(place), y(layer.y[index]!)],
          [x(place + layer.dx[index]!), y(layer.y[index]! + layer.dy[index]!)],
        ] as [[number, number], [number, number]];
        const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
        if (!(length > 0.5)) {
          context.fillStyle = writeColour(theme.foreground);
          context.strokeStyle = rim;
          drawMarker(context, 'circle', from[0], from[1], 2);
          return;
        }
        const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
        const head = Math.min(7, length / 2);
        context.beginPath();
        context.moveTo(...from);
        context.lineTo(...to);
        for (const side of [-0.5, 0.5]) {
          context.moveTo(...to);
          context.lineTo(to[0] - head * Math.cos(angle + side), to[1] - head * Math.sin(angle + side));
        }
        strokeRimmed(writeColour(heated ? theme.foreground : style.colour), 1.5, heated);
      });
  }
}

function drawColourBar(
  context: CanvasRenderingContext2D,
  bar: {
    readonly left: number;
    readonly room: number;
    readonly top: number;
    readonly bottom: number;
    readonly range: Range;
    readonly label: string;
    readonly colour: (share: number) => Colour;
    readonly theme: Theme;
  },
): void {
  const { left, room, top, bottom, range, label, colour, theme } = bar;
  for (let pixel = top; pixel < bottom; pixel++) {
    context.fillStyle = writeColour(colour((bottom - pixel) / (bottom - top)));
    context.fillRect(left, pixel, barWidthPixels, 1);
  }
  context.strokeStyle = writeColour(theme.foreground, theme.highContrast ? 1 : 0.5);
  context.lineWidth = 1;
  context.strokeRect(left + 0.5, top + 0.5, barWidthPixels - 1, bottom - top - 1);
  context.font = `11px ${theme.fontFamily}`;
  context.fillStyle = writeColour(theme.muted);
  context.textAlign = 'left';
  for (const tick of linearTicks(range, Math.max(2, Math.floor((bottom - top) / 45)))) {
    const height = bottom - shareOf(tick.value, range.min, range.max) * (bottom - top);
    context.fillText(tick.label, left + barWidthPixels + 4, Math.min(bottom - 5, Math.max(top + 5, height)), 30);
  }
  sideways(context, label, left + room - 14, (top + bottom) / 2, bottom - top);
}
