import type { Metric } from '../../sdk/experiment.ts';
import { armLabel, type Chart, describeEnds, type DrawnArm, labelWidth, rangeOf } from './drawn-arm.ts';
import { escapeText } from './escape.ts';
import { place } from './paths.ts';
import { createScale, type Scale } from './scale.ts';

const width = 860;
const rowHeight = 28;
const top = 10;

/** A metric that every arm logged once: a row for each arm with the median of its seeds as a dot on their range. */
export function rangeChart(id: string, name: string, metric: Metric, arms: readonly DrawnArm[]): Chart {
  const left = 20 + labelWidth(arms);
  const logarithmic = metric.scale === 'log';
  const bounds = rangeOf(
    arms.flatMap(({ band }) => [band.low, band.high]),
    logarithmic,
  );
  const x = createScale({ ...bounds, logarithmic, from: left + 12, to: width - 30, room: 8 });
  return { pieces: draw(id, name, metric, arms, x, left), logarithmic: { steps: false, values: x.logarithmic } };
}

function* draw(
  id: string,
  name: string,
  metric: Metric,
  arms: readonly DrawnArm[],
  x: Scale,
  left: number,
): Generator<string> {
  const bottom = top + arms.length * rowHeight;
  const title = `${metric.unit}${x.logarithmic ? ', logarithmic' : ''} →`;
  const grid = x.ticks.map(({ value }) => `M${place(x.position(value))} ${top}V${bottom}`);
  const labels = x.ticks.map(
    ({ value, label }) =>
      `<text x="${place(x.position(value))}" y="${bottom + 19}" text-anchor="middle">${escapeText(label)}</text>`,
  );
  yield (
    `<svg viewBox="0 0 ${width} ${bottom + 46}" role="img" aria-labelledby="${id}-title ${id}-description">` +
    `<title id="${id}-title">${escapeText(`${name} of each arm`)}</title>` +
    `<desc id="${id}-description">${escapeText(describeEnds(arms))}</desc>` +
    `<path class="grid" d="${grid.join('')}"/><path class="axis" d="M${place(left)} ${bottom}H${width}"/>` +
    `<g class="ticks">${labels.join('')}</g>` +
    `<text class="axis-title" x="${width}" y="${bottom + 38}" text-anchor="end">${escapeText(title)}</text>`
  );
  for (const [index, arm] of arms.entries()) yield drawRow(arm, x, top + (index + 0.5) * rowHeight, left);
  yield '</svg>';
}

function drawRow(arm: DrawnArm, x: Scale, y: number, left: number): string {
  const { median, low, high } = arm.band;
  const middle = x.position(median[0]!);
  const from = x.position(low[0]!);
  const to = x.position(high[0]!);
  const range =
    Number.isFinite(from) && Number.isFinite(to)
      ? `<path class="line" stroke-width="3" opacity=".45" d="M${place(from)} ${y}H${place(to)}"/>`
      : '';
  const dot = Number.isFinite(middle) ? `<circle class="mark" cx="${place(middle)}" cy="${y}" r="5"/>` : '';
  return (
    `<g class="${arm.style.hue}">${range}${dot}` +
    `<text class="arm-label" x="${place(left - 10)}" y="${y}" dy=".32em" text-anchor="end">${escapeText(armLabel(arm))}</text></g>`
  );
}
