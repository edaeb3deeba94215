import { writeColour } from '../colour.ts';
import { formatAmount, formatNumber } from '../format.ts';
import type { Theme } from '../theme.ts';
import { linearTicks, logTicks } from '../ticks.ts';
import type { ArmStyle } from './arm-style.ts';
import { fitCanvas } from './canvas.ts';
import { drawMarker } from './marker.ts';
import { type Aggregation, summarise, type Summary } from './statistics.ts';
import { rangeAround } from './zoom.ts';

/** One arm's numbers, one a seed. */
export interface FinalArm {
  readonly name: string;
  readonly values: readonly number[];
  readonly style: ArmStyle;
}

export interface FinalContents {
  readonly arms: readonly FinalArm[];
  readonly aggregation: Aggregation;
  readonly logarithmic: boolean;
  readonly theme: Theme;
}

const rowHeight = 44;
const axisHeight = 24;

/** Height of the plot in pixels. */
export function heightOfFinalPlot(arms: number): number {
  return arms * rowHeight + axisHeight;
}

/** The seeds of one arm as one number with its range. */
export function summariseFinal(values: readonly number[], aggregation: Aggregation): Summary {
  const finite = Float64Array.from(values.filter((value) => Number.isFinite(value)));
  return summarise(finite, finite.length, aggregation);
}

/** A summary in words: `0.42 (0.40 to 0.47, 5 seeds)`. */
export function describeSummary({ centre, low, high, seeds }: Summary): string {
  const range = Number.isFinite(low) && seeds > 1 ? `${formatNumber(low, 3)} to ${formatNumber(high, 3)}, ` : '';
  return `${formatNumber(centre, 4)} (${range}${formatAmount(seeds, 'seed')})`;
}

/** Draws a row an arm: a dot a seed, a bar over the range, a stroke at the middle; what has no place on the axis stands at its edges. */
export function drawFinalPlot(canvas: HTMLCanvasElement, width: number, contents: FinalContents): void {
  const { arms, aggregation, logarithmic, theme } = contents;
  const context = fitCanvas(canvas, width, heightOfFinalPlot(arms.length));
  const placed = (value: number) => Number.isFinite(value) && (!logarithmic || value > 0);
  const values = arms.flatMap((arm) => arm.values.filter(placed));
  const summaries = arms.map((arm) => summariseFinal(arm.values, aggregation));
  const extent = [...values, ...summaries.flatMap(({ low, high }) => [low, high]).filter(placed)];
  const range = rangeAround(Math.min(...extent), Math.max(...extent), logarithmic) ?? {
    min: logarithmic ? 0.1 : 0,
    max: 1,
  };
  const left = 14;
  const right = width - 14;
  const bottom = arms.length * rowHeight;
  const x = (value: number) => {
    const share = logarithmic
      ? Math.log(value / range.min) / Math.log(range.max / range.min)
      : (value - range.min) / (range.max - range.min);
    return left + Math.min(1, Math.max(0, share)) * (right - left);
  };
  const foreground = writeColour(theme.foreground);

  context.font = `11px ${theme.fontFamily}`;
  context.textBaseline = 'middle';
  context.textAlign = 'center';
  for (const tick of (logarithmic ? logTicks : linearTicks)(range, Math.max(2, Math.floor(width / 90)))) {
    const place = Math.round(x(tick.value)) + 0.5;
    context.strokeStyle = writeColour(theme.foreground, theme.highContrast ? 0.28 : 0.14);
    context.beginPath();
    context.moveTo(place, 2);
    context.lineTo(place, bottom);
    context.stroke();
    context.fillStyle = writeColour(theme.muted);
    context.fillText(tick.label, place, bottom + 12);
  }
  arms.forEach(({ name, values: own, style }, index) => {
    const top = index * rowHeight;
    const middle = top + 29;
    const colour = writeColour(style.colour);
    const summary = summaries[index]!;
    context.font = `12px ${theme.fontFamily}`;
    const words = describeSummary(summary);
    const wordsWidth = context.measureText(words).width;
    const nameWidth = Math.min(context.measureText(name).width, right - left - wordsWidth - 8);
    // The grid stays out of the words.
    context.fillStyle = writeColour(theme.background);
    context.fillRect(left - 2, top + 2, nameWidth + 6, 15);
    context.fillRect(right - wordsWidth - 4, top + 2, wordsWidth + 6, 15);
    context.textAlign = 'left';
    context.fillStyle = foreground;
    context.fillText(name, left, top + 10, Math.max(20, right - left - wordsWidth - 8));
    context.textAlign = 'right';
    context.fillText(words, right, top + 10);
    if (placed(summary.low) && placed(summary.high)) {
      context.fillStyle = writeColour(style.colour, theme.highContrast ? 0.4 : 0.25);
      context.fillRect(x(summary.low), middle - 7, Math.max(1, x(summary.high) - x(summary.low)), 14);
    }
    context.fillStyle = colour;
    context.strokeStyle = colour;
    own.forEach((value, seed) => {
      const shift = ((seed * 5) % 7) - 3;
      if (placed(value)) drawMarker(context, style.marker, x(value), middle + shift, 3);
      else if (Number.isNaN(value)) drawMarker(context, 'cross', left - 7, middle + shift, 3.5);
      else if (value > 0) drawMarker(context, 'triangle', right + 7, middle + shift, 4);
      else drawMarker(context, 'wedge', left - 7, middle + shift, 4);
    });
    if (placed(summary.centre)) {
      context.fillStyle = foreground;
      context.fillRect(Math.round(x(summary.centre)) - 1, middle - 9, 2, 18);
    }
  });
}
