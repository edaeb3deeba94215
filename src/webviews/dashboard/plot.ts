import {
  Chart,
  type ChartDataset,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  type Scale,
} from 'chart.js';
import { writeColour } from '../colour.ts';
import { html } from '../dom.ts';
import type { Theme } from '../theme.ts';
import { linearTicks, logTicks, type Range, type Tick } from '../ticks.ts';
import type { ArmStyle } from './arm-style.ts';
import { decimate, decimateBand, decimateMarks, indicesInView, type Outline, type Viewport } from './decimate.ts';
import { drawMarker } from './marker.ts';
import type { Line } from './metric-lines.ts';
import { upperBound } from './search.ts';
import type { Series } from './series-store.ts';
import { rangeAround } from './zoom.ts';

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale);

/** What a plot shows. */
export interface PlotContents {
  readonly lines: readonly Line[];
  /** The logged points behind the lines, for the marks of those that no line can show. */
  readonly series: readonly Series[];
  readonly styles: ReadonlyMap<string, ArmStyle>;
  readonly theme: Theme;
  readonly stepName: string;
  readonly logarithmicSteps: boolean;
  readonly logarithmicValues: boolean;
  /** Ranges that a person chose; what is absent is fitted to the data. */
  readonly chosen: { readonly steps?: Range; readonly values?: Range };
}

/** What a plot drew of what there is. */
export interface Drawn {
  /** Points drawn, of those in view. */
  readonly points: number;
  readonly inView: number;
  /** Points of all lines, in view or not. */
  readonly total: number;
  readonly steps: Range;
  readonly values: Range;
  /** All steps there are, as the axis could show them. */
  readonly allSteps: Range;
}

/** The rectangle between the axes, in pixels of the plot's element. */
export interface PlotArea {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Plot {
  readonly element: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  /** Draws; undefined where there is nothing that could be drawn. */
  draw(contents: PlotContents): Drawn | undefined;
  readonly area: PlotArea | undefined;
  /** Pixel position of a step or value on its axis. */
  pixelOf(axis: 'steps' | 'values', position: number): number;
  dispose(): void;
}

/** Distance in pixels between the markers that tell lines apart. */
const markerSpacing = 90;

type PlotDataset = ChartDataset<'line', { x: number; y: number }[]>;

interface DrawnLine {
  readonly style: ArmStyle;
  readonly dataset: PlotDataset;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly marked: boolean;
}

interface Layers {
  bands: { readonly outline: Outline; readonly colour: string }[];
  lines: DrawnLine[];
  marks: { readonly step: number; readonly value: number; readonly colour: string }[];
  theme: Theme | undefined;
}

/** So many points in a picture that all lines together stay quick to draw. */
const pointsAtMost = 24_000;

/** A column a pixel of the screen; wider ones where there are many lines. Extremes are kept either way. */
function columnsFor(width: number, lines: readonly Line[]): number {
  const pixels = Math.max(50, width) * Math.min(2, window.devicePixelRatio);
  const drawings = lines.reduce((sum, line) => sum + (line.centre.smoothed ? 2 : 1), 0);
  return Math.round(Math.min(pixels, Math.max(150, pointsAtMost / (4 * drawings))));
}

/** First and last step that the axis has a place for. */
function stepsOf(lines: readonly Line[], logarithmic: boolean): Range | undefined {
  let min = Infinity;
  let max = -Infinity;
  for (const { steps, length } of lines) {
    const first = logarithmic ? upperBound(steps, 0, 0, length) : 0;
    if (first === length) continue;
    min = Math.min(min, steps[first]!);
    max = Math.max(max, steps[length - 1]!);
  }
  return rangeAround(min, max, logarithmic, 0.015);
}

/** A canvas with axes, bands, lines and marks. Chart.js draws axes and lines, and is given only what we chose to draw. */
export function createPlot(resized: () => void): Plot {
  const canvas = html('canvas', { 'aria-hidden': 'true' });
  const element = html('div', { class: 'plot-canvas' }, canvas);
  const layers: Layers = { bands: [], lines: [], marks: [], theme: undefined };
  const ticks: { steps: Tick[]; values: Tick[] } = { steps: [], values: [] };
  const chart = new Chart<'line', { x: number; y: number }[]>(canvas, {
    type: 'line',
    data: { datasets: [] },
    options: {
      animation: false,
      parsing: false,
      normalized: true,
      responsive: true,
      maintainAspectRatio: false,
      events: [],
      onResize: resized,
      layout: { padding: { top: 8, right: 10 } },
    },
    plugins: [
      {
        id: 'bands',
        beforeDatasetsDraw: (drawn) => drawBands(drawn, layers),
        afterDatasetsDraw: (drawn) => drawMarks(drawn, layers),
      },
    ],
  });

  const axis = (name: 'steps' | 'values', range: Range, logarithmic: boolean, theme: Theme, title?: string) => {
    const room = name === 'steps' ? chart.width / 95 : chart.height / 42;
    ticks[name] = (logarithmic ? logTicks : linearTicks)(range, Math.max(2, Math.floor(room)));
    const line = writeColour(theme.foreground, theme.highContrast ? 0.28 : 0.14);
    return {
      type: logarithmic ? ('logarithmic' as const) : ('linear' as const),
      min: range.min,
      max: range.max,
      grid: { color: line, drawTicks: false },
      border: { color: writeColour(theme.foreground, theme.highContrast ? 1 : 0.35) },
      title: {
        display: title !== undefined,
        text: title ?? '',
        color: writeColour(theme.muted),
        font: { family: theme.fontFamily, size: 12 },
        padding: { top: 2, bottom: 0 },
      },
      ticks: {
        autoSkip: false,
        maxRotation: 0,
        padding: 6,
        color: writeColour(theme.muted),
        font: { family: theme.fontFamily, size: 11 },
        callback: (_: string | number, index: number) => ticks[name][index]?.label ?? '',
      },
      afterBuildTicks: (scale: Scale) => {
        scale.ticks = ticks[name].map(({ value }) => ({ value }));
      },
    };
  };

  return {
    element,
    canvas,
    get area() {
      return (chart.chartArea as PlotArea | undefined) && { ...chart.chartArea };
    },
    pixelOf: (name, position) => chart.scales[name === 'steps' ? 'x' : 'y']!.getPixelForValue(position),
    draw(contents) {
      const { lines, styles, theme, logarithmicSteps, logarithmicValues, chosen } = contents;
      const allSteps = stepsOf(lines, logarithmicSteps);
      if (!allSteps) return undefined;
      const steps = chosen.steps ?? allSteps;
      const width = (chart.chartArea as PlotArea | undefined)
        ? chart.chartArea.right - chart.chartArea.left
        : chart.width;
      const viewport: Viewport = {
        ...steps,
        columns: columnsFor(width, lines),
        logarithmic: logarithmicSteps,
      };
      const datasets: PlotDataset[] = [];
      const extent = { min: Infinity, max: -Infinity };
      const include = (value: number) => {
        if (!Number.isFinite(value) || (logarithmicValues && value <= 0)) return;
        if (value < extent.min) extent.min = value;
        if (value > extent.max) extent.max = value;
      };
      let points = 0;
      let inView = 0;
      let total = 0;
      Object.assign(layers, { bands: [], lines: [], marks: [], theme });

      const choose = (line: Line, values: Float64Array, extremes: Line['centre']['rawExtremes']) => {
        const kept = decimate(line.steps, values, line.length, viewport, extremes);
        const chosenPoints = new Array<{ x: number; y: number }>(kept.length);
        for (let position = 0; position < kept.length; position++) {
          const index = kept[position]!;
          const x = line.steps[index]!;
          const value = values[index]!;
          const y = Number.isFinite(value) && !(logarithmicValues && value <= 0) ? value : NaN;
          if (x >= steps.min && x <= steps.max) include(y);
          chosenPoints[position] = { x, y };
        }
        return chosenPoints;
      };

      const alone = lines.every((line) => line.seed === undefined);
      for (const line of lines) {
        const style = styles.get(line.arm)!;
        const { raw, rawExtremes, drawn, drawnExtremes, smoothed } = line.centre;
        if (smoothed) {
          datasets.push({
            data: choose(line, raw, rawExtremes),
            borderColor: writeColour(style.colour, theme.highContrast ? 0.5 : 0.3),
            borderWidth: 1,
            pointRadius: 0,
            order: 1,
          });
        }
        const data = choose(line, drawn, drawnExtremes);
        const dataset: PlotDataset = {
          data,
          borderColor: writeColour(style.colour, alone ? 1 : 0.85),
          borderWidth: alone ? style.width : Math.max(1, style.width / 2),
          borderJoinStyle: 'round',
          pointRadius: 0,
          // Above the unsmoothed lines.
          order: 0,
        };
        datasets.push(dataset);
        layers.lines.push({
          style,
          dataset,
          points: data,
          marked: alone || line.seed === firstSeedOf(lines, line.arm),
        });
        const [from, to] = indicesInView(line.steps, line.length, viewport);
        inView += to - from;
        total += line.length;
        for (const { x } of data) if (x >= steps.min && x <= steps.max) points++;
        if (line.band) {
          const { low, high } = line.band;
          const outline = decimateBand(
            { steps: line.steps, low: low.drawn, high: high.drawn, length: line.length },
            viewport,
            low.drawnExtremes,
            high.drawnExtremes,
          );
          for (let index = 0; index < outline.steps.length; index++) {
            if (outline.steps[index]! < steps.min || outline.steps[index]! > steps.max) continue;
            include(outline.low[index]!);
            include(outline.high[index]!);
          }
          layers.bands.push({ outline, colour: writeColour(style.colour, theme.highContrast ? 0.3 : 0.18) });
        }
      }
      for (const one of contents.series) {
        const colour = writeColour(styles.get(one.arm)!.colour);
        for (const index of decimateMarks(one.steps, one.odd, one.oddCount, viewport)) {
          layers.marks.push({ step: one.steps[index]!, value: one.values[index]!, colour });
        }
        if (!logarithmicValues) continue;
        for (const index of decimateMarks(one.steps, one.low, one.lowCount, viewport)) {
          layers.marks.push({ step: one.steps[index]!, value: -Infinity, colour });
        }
      }
      const fitted = rangeAround(extent.min, extent.max, logarithmicValues);
      const values = chosen.values ?? fitted ?? (logarithmicValues ? { min: 0.1, max: 10 } : { min: -1, max: 1 });

      // Dashes on a line that goes up and down from pixel to pixel are noise; its markers still tell it apart.
      const room = { width, height: Math.max(100, chart.height) };
      layers.lines.forEach(({ style, points: drawnPoints, dataset }) => {
        if (!isRough(drawnPoints, values, logarithmicValues, room)) dataset.borderDash = [...style.dash];
      });
      chart.data.datasets = datasets;
      chart.options.scales = {
        x: axis('steps', steps, logarithmicSteps, theme, contents.stepName),
        y: axis('values', values, logarithmicValues, theme),
      };
      chart.update('none');
      return { points, inView, total, steps, values, allSteps };
    },
    dispose: () => chart.destroy(),
  };
}

/** Whether a line is many times as long as it is wide, for all its ups and downs. */
function isRough(
  points: readonly { readonly y: number }[],
  values: Range,
  logarithmic: boolean,
  room: { readonly width: number; readonly height: number },
): boolean {
  const height = (value: number) => (logarithmic ? Math.log(value) : value);
  const scale = room.height / (height(values.max) - height(values.min));
  let climbed = 0;
  for (let index = 1; index < points.length; index++) {
    const step = Math.abs(height(points[index]!.y) - height(points[index - 1]!.y));
    if (!Number.isNaN(step)) climbed += step * scale;
  }
  return climbed > 3 * room.width;
}

function firstSeedOf(lines: readonly Line[], arm: string): number | undefined {
  return lines.find((line) => line.arm === arm)?.seed;
}

function drawBands(chart: Chart, { bands }: Layers): void {
  const { ctx: context, chartArea: area } = chart;
  const x = chart.scales.x!;
  const y = chart.scales.y!;
  // Far enough outside to be clipped, near enough for the canvas.
  const height = (value: number) =>
    Math.min(
      area.bottom + 9999,
      Math.max(
        area.top - 9999,
        value <= 0 && y.type === 'logarithmic' ? area.bottom + 9999 : y.getPixelForValue(value),
      ),
    );
  context.save();
  context.beginPath();
  context.rect(area.left, area.top, area.right - area.left, area.bottom - area.top);
  context.clip();
  for (const { outline, colour } of bands) {
    const { steps, low, high } = outline;
    context.fillStyle = colour;
    let start = 0;
    while (start < steps.length) {
      if (!Number.isFinite(low[start]) || !Number.isFinite(high[start])) {
        start++;
        continue;
      }
      let end = start;
      context.beginPath();
      while (end < steps.length && Number.isFinite(low[end]) && Number.isFinite(high[end])) {
        context.lineTo(x.getPixelForValue(steps[end]!), height(high[end]!));
        end++;
      }
      for (let index = end - 1; index >= start; index--) {
        context.lineTo(x.getPixelForValue(steps[index]!), height(low[index]!));
      }
      context.fill();
      start = end;
    }
  }
  context.restore();
}

function drawMarks(chart: Chart, { lines, marks, theme }: Layers): void {
  const { ctx: context, chartArea: area } = chart;
  const x = chart.scales.x!;
  const y = chart.scales.y!;
  context.save();
  context.beginPath();
  context.rect(area.left - 5, area.top - 5, area.right - area.left + 10, area.bottom - area.top + 10);
  context.clip();
  lines.forEach(({ style, points, marked }, which) => {
    if (!marked) return;
    context.fillStyle = writeColour(style.colour);
    context.strokeStyle = writeColour(style.colour);
    const few = points.length * 14 < area.right - area.left;
    // Each line begins elsewhere, so that markers of lines that run together do not hide one another.
    let due = few ? -Infinity : area.left + (markerSpacing * (which + 0.5)) / Math.max(1, lines.length);
    points.forEach((point, index) => {
      if (Number.isNaN(point.y)) return;
      const left = x.getPixelForValue(point.x);
      const lonely = !isPoint(points[index - 1]) && !isPoint(points[index + 1]);
      if (left < due && !lonely) return;
      drawMarker(context, style.marker, left, y.getPixelForValue(point.y), few ? 3 : 3.5);
      if (!few) while (due <= left) due += markerSpacing;
    });
  });
  for (const { step, value, colour } of marks) {
    const left = x.getPixelForValue(step);
    context.fillStyle = colour;
    context.strokeStyle = colour;
    if (Number.isNaN(value)) drawMarker(context, 'cross', left, area.bottom - 5, 3.5);
    else if (value > 0) drawMarker(context, 'triangle', left, area.top + 5, 4);
    else drawMarker(context, 'wedge', left, area.bottom - 5, 4);
  }
  context.restore();
  if (theme?.highContrast) {
    context.strokeStyle = writeColour(theme.foreground);
    context.strokeRect(area.left, area.top, area.right - area.left, area.bottom - area.top);
  }
}

function isPoint(point: { readonly y: number } | undefined): boolean {
  return point !== undefined && !Number.isNaN(point.y);
}
