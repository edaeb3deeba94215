import type { Metric } from '../../sdk/experiment.ts';
import type { ArmStyle } from './arm-style.ts';
import { drawAxes, type Plot } from './axes.ts';
import type { Band, Points } from './band.ts';
import { armLabel, type Chart, describeEnds, type DrawnArm, labelWidth, rangeOf } from './drawn-arm.ts';
import { escapeText } from './escape.ts';
import { writeNumber } from './number.ts';
import { areaPath, linePath, place } from './paths.ts';
import { createScale, type Scale } from './scale.ts';

const width = 860;
const height = 340;
/** Up to so many steps an arm each is marked, and says its numbers when pointed at. */
const mostMarks = 40;

/** A metric over steps: for each arm the median of its seeds as a line, and their range as a band. */
export function curveChart(id: string, name: string, metric: Metric, arms: readonly DrawnArm[]): Chart {
  const beside: Plot = { left: 8, right: width - 46 - labelWidth(arms), top: 30, bottom: height - 48 };
  // The labels of the one axis do not depend on where the other begins.
  const longest = Math.max(1, ...scalesFor(arms, metric, beside).y.ticks.map(({ label }) => label.length));
  const plot: Plot = { ...beside, left: 10 + 7.2 * longest };
  const scales = scalesFor(arms, metric, plot);
  return {
    pieces: draw(id, name, metric, arms, plot, scales),
    logarithmic: { steps: scales.x.logarithmic, values: scales.y.logarithmic },
  };
}

function* draw(
  id: string,
  name: string,
  metric: Metric,
  arms: readonly DrawnArm[],
  plot: Plot,
  scales: Scales,
): Generator<string> {
  const step = metric.step ?? 'step';
  yield (
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-description">` +
    `<title id="${id}-title">${escapeText(`${name} over ${step}`)}</title>` +
    `<desc id="${id}-description">${escapeText(describeEnds(arms))}</desc>` +
    drawAxes(plot, scales.x, scales.y, { x: step, y: metric.unit })
  );
  // The first arm, which is the paper's as a rule, lies on top.
  for (const { style, band, trials } of arms.toReversed()) {
    yield drawBand(style, band, scales, step, metric.unit) + drawMisses(style, trials, scales, plot);
  }
  for (const { arm, y } of endLabels(arms, scales, plot)) {
    const { hue, dashes, width: stroke } = arm.style;
    yield (
      `<g class="${hue}"><path class="line" d="M${place(plot.right + 10)} ${place(y)}h24" stroke-width="${stroke}" stroke-dasharray="${dashes}"/>` +
      `<text class="arm-label" x="${place(plot.right + 40)}" y="${place(y)}" dy=".32em">${escapeText(armLabel(arm))}</text></g>`
    );
  }
  yield '</svg>';
}

interface Scales {
  readonly x: Scale;
  readonly y: Scale;
}

function scalesFor(arms: readonly DrawnArm[], metric: Metric, plot: Plot): Scales {
  const logarithmicX = metric.stepScale === 'log';
  const logarithmicY = metric.scale === 'log';
  const x = rangeOf(
    arms.map(({ band }) => band.steps),
    logarithmicX,
  );
  const y = rangeOf(
    arms.flatMap(({ band }) => [band.low, band.high]),
    logarithmicY,
  );
  const margin = (plot.bottom - plot.top) * 0.03;
  return {
    x: createScale({ ...x, logarithmic: logarithmicX, from: plot.left, to: plot.right, room: 8 }),
    y: createScale({ ...y, logarithmic: logarithmicY, from: plot.bottom - margin, to: plot.top + margin, room: 7 }),
  };
}

function drawBand(style: ArmStyle, band: Band, { x, y }: Scales, step: string, unit: string): string {
  const { steps, median, low, high } = band;
  let marks = '';
  if (steps.length <= mostMarks) {
    for (let index = 0; index < steps.length; index++) {
      const at = x.position(steps[index]!);
      const middle = y.position(median[index]!);
      if (!Number.isFinite(at) || !Number.isFinite(middle)) continue;
      const numbers = `${writeNumber(median[index]!)} ${unit} (${writeNumber(low[index]!)} to ${writeNumber(high[index]!)})`;
      marks += `<circle class="mark" cx="${place(at)}" cy="${place(middle)}" r="2.5"><title>${escapeText(`${step} ${writeNumber(steps[index]!)}: ${numbers}`)}</title></circle>`;
    }
  }
  const line = linePath(steps, median, x, y);
  return (
    `<g class="${style.hue}"><path class="band" d="${areaPath(steps, low, high, x, y)}"/>` +
    `<path class="line" d="${line}" stroke-width="${style.width}" stroke-dasharray="${style.dashes}"/>${marks}</g>`
  );
}

/** A cross on the upper edge for values that are not finite, at most one every eight units. */
function drawMisses(style: ArmStyle, trials: readonly Points[], { x }: Scales, plot: Plot): string {
  const columns = new Set<number>();
  for (const { steps, values } of trials) {
    for (let index = 0; index < steps.length; index++) {
      if (Number.isFinite(values[index])) continue;
      const at = x.position(steps[index]!);
      if (Number.isFinite(at)) columns.add(Math.round(at / 8) * 8);
    }
  }
  if (columns.size === 0) return '';
  const crosses = [...columns].map((at) => `M${at - 3} ${plot.top - 3}l6 6m0 -6l-6 6`).join('');
  return `<path class="miss ${style.hue}" d="${crosses}"/>`;
}

/** Where the names of the arms stand: beside the ends of their lines, moved apart where they would overlap. */
function endLabels(arms: readonly DrawnArm[], { y }: Scales, plot: Plot): { arm: DrawnArm; y: number }[] {
  const gap = 16;
  const labels = arms
    .map((arm) => {
      const end = y.position(lastFinite(arm.band.median));
      return { arm, y: Number.isFinite(end) ? end : plot.top };
    })
    .sort((one, other) => one.y - other.y);
  for (let place = 1; place < labels.length; place++) {
    labels[place]!.y = Math.max(labels[place]!.y, labels[place - 1]!.y + gap);
  }
  // Whatever was pushed below the edge is pushed back, and pushes those above it.
  let limit = plot.bottom;
  for (const label of labels.toReversed()) {
    label.y = Math.min(label.y, limit);
    limit = label.y - gap;
  }
  return labels;
}

function lastFinite(values: Float64Array): number {
  return values.findLast((value) => Number.isFinite(value)) ?? NaN;
}
