import type { Metric } from '../../sdk/experiment.ts';
import type { ArmStyle } from './arm-style.ts';
import { drawAxes, type Plot } from './axes.ts';
import { type Band, createBand, type Points } from './band.ts';
import { escapeText } from './escape.ts';
import { writeAmount, writeCount, writeNumber } from './number.ts';
import { areaPath, linePath, place } from './paths.ts';
import { createScale, type Scale } from './scale.ts';

/** One arm in a chart, with the points of each of its seeds. */
export interface ChartArm {
  readonly name: string;
  readonly style: ArmStyle;
  readonly trials: readonly Points[];
}

const width = 860;
const height = 340;
/** Up to so many steps an arm each is marked, and says its numbers when pointed at. */
const mostMarks = 40;
/** Rows of an arm in the table of a chart. */
const mostRows = 200;

/**
 * A metric over steps: for each arm the median of its seeds as a line and their range as a band, what it shows in
 * words, and its numbers in a table that can be unfolded. In pieces, some of them empty, none of which takes long to
 * make.
 *
 * @param id begins the ids of what is labelled.
 */
export function* metricChart(id: string, name: string, metric: Metric, arms: readonly ChartArm[]): Generator<string> {
  const drawn: DrawnArm[] = [];
  for (const arm of arms) {
    const band = createBand(arm.trials);
    if (band.steps.length > 0) drawn.push({ ...arm, band });
    yield '';
  }
  const count = drawn.reduce((sum, { trials }) => sum + trials.reduce((all, { steps }) => all + steps.length, 0), 0);
  if (count === 0) {
    yield '<p class="quiet">Nothing was logged.</p>';
    return;
  }
  const labelled = drawn.map((arm) => (arm.name.length > 18 ? `${arm.name.slice(0, 17)}…` : arm.name));
  const labelWidth = 46 + 7.5 * Math.max(...labelled.map((label) => label.length));
  const beside: Plot = { left: 8, right: width - labelWidth, top: 30, bottom: height - 48 };
  // The labels of the one axis do not depend on where the other begins.
  const longest = Math.max(...scalesFor(drawn, metric, beside).y.ticks.map(({ label }) => label.length), 1);
  const plot: Plot = { ...beside, left: 10 + 7.2 * longest };
  const scales = scalesFor(drawn, metric, plot);
  const step = metric.step ?? 'step';
  const labels = endLabels(drawn, scales, plot).map(({ index, y }) => {
    const { hue, dashes, width: stroke } = drawn[index]!.style;
    return (
      `<g class="${hue}"><path class="line" d="M${place(plot.right + 10)} ${place(y)}h24" stroke-width="${stroke}" stroke-dasharray="${dashes}"/>` +
      `<text class="arm-label" x="${place(plot.right + 40)}" y="${place(y)}" dy=".32em">${escapeText(labelled[index]!)}</text></g>`
    );
  });
  const ends = drawn.map(({ name: arm, band }) => `${arm} ends at ${describeEnd(band)}`).join('; ');
  yield (
    `<figure class="chart"><svg viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-description">` +
    `<title id="${id}-title">${escapeText(`${name} over ${step}`)}</title>` +
    `<desc id="${id}-description">${escapeText(`${ends}.`)}</desc>` +
    drawAxes(plot, scales.x, scales.y, { x: step, y: metric.unit })
  );
  // The first arm, which is the paper's as a rule, lies on top.
  for (const { style, band, trials } of drawn.toReversed()) {
    yield drawBand(style, band, scales, step, metric.unit) + drawMisses(style, trials, scales, plot);
  }
  yield `${labels.join('')}</svg><figcaption>${caption(drawn, metric, scales, count)}</figcaption></figure>`;
  yield dataTable(name, metric, drawn);
}

interface Scales {
  readonly x: Scale;
  readonly y: Scale;
}

type DrawnArm = ChartArm & { readonly band: Band };

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

/** What finite numbers (on a logarithmic axis: above 0) range over; from infinity to its opposite where there is none. */
function rangeOf(lists: readonly Float64Array[], logarithmic: boolean): { min: number; max: number } {
  let min = Infinity;
  let max = -Infinity;
  for (const list of lists) {
    for (const value of list) {
      if (!Number.isFinite(value) || (logarithmic && value <= 0)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return { min, max };
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
function endLabels(arms: readonly DrawnArm[], { y }: Scales, plot: Plot): { index: number; y: number }[] {
  const gap = 16;
  const labels = arms
    .map(({ band }, index) => {
      const end = y.position(lastFinite(band.median));
      return { index, y: Number.isFinite(end) ? end : plot.top };
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

function describeEnd({ median, low, high }: Band): string {
  const last = median.length - 1;
  return `${writeNumber(median[last]!)} (${writeNumber(low[last]!)} to ${writeNumber(high[last]!)})`;
}

const directions: Readonly<Record<Metric['better'], string>> = {
  lower: ' Lower is better.',
  higher: ' Higher is better.',
  neither: '',
};

function caption(arms: readonly DrawnArm[], metric: Metric, { x, y }: Scales, count: number): string {
  const seeds = arms.map(({ trials }) => trials.length);
  const fewest = Math.min(...seeds);
  const most = Math.max(...seeds);
  const over =
    most === 1
      ? 'One seed an arm.'
      : `Line: median over ${fewest === most ? most : `${fewest} to ${most}`} seeds; band: their whole range.`;
  const sentences = [
    `${over}${directions[metric.better]} Drawn from ${writeAmount(count, 'logged point')}, reduced only where several fall on one pixel.`,
  ];
  const misses = countMisses(arms, x, y);
  if (misses.notFinite > 0) {
    sentences.push(
      `${writeAmount(misses.notFinite, 'value')} not finite: marked × on the upper edge, and left out of median and range.`,
    );
  }
  if (misses.offAxis > 0) {
    sentences.push(
      `${writeAmount(misses.offAxis, 'point')} at or below 0, where a logarithmic axis has no place for them.`,
    );
  }
  return escapeText(sentences.join(' '));
}

function countMisses(arms: readonly DrawnArm[], x: Scale, y: Scale): { notFinite: number; offAxis: number } {
  let notFinite = 0;
  let offAxis = 0;
  for (const { trials } of arms) {
    for (const { steps, values } of trials) {
      for (let index = 0; index < steps.length; index++) {
        const value = values[index]!;
        if (!Number.isFinite(value)) notFinite++;
        else if ((y.logarithmic && value <= 0) || (x.logarithmic && steps[index]! <= 0)) offAxis++;
      }
    }
  }
  return { notFinite, offAxis };
}

function dataTable(name: string, metric: Metric, arms: readonly DrawnArm[]): string {
  const shortened = arms.some(({ band }) => band.steps.length > mostRows);
  const bodies = arms.map(({ name: arm, band }) => {
    const count = band.steps.length;
    const rows = Math.min(count, mostRows);
    let body = `<tbody><tr><th colspan="5" scope="rowgroup">${escapeText(arm)}</th></tr>`;
    for (let row = 0; row < rows; row++) {
      const index = rows === 1 ? 0 : Math.round((row * (count - 1)) / (rows - 1));
      const cells = [band.median[index]!, band.low[index]!, band.high[index]!].map(
        (value) => `<td>${writeNumber(value, 6)}</td>`,
      );
      body += `<tr><th scope="row">${writeNumber(band.steps[index]!, 9)}</th>${cells.join('')}<td>${band.seeds[index]!}</td></tr>`;
    }
    return `${body}</tbody>`;
  });
  const note = shortened
    ? ` (${writeCount(mostRows)} steps an arm, evenly spaced; an export as CSV has every point)`
    : '';
  return (
    `<details><summary>Numbers of ${escapeText(name)}</summary>` +
    `<div class="scroll" tabindex="0" role="region" aria-label="${escapeText(`Numbers of ${name}`)}"><table class="numbers">` +
    `<caption>${escapeText(`${name} in ${metric.unit} over seeds${note}`)}</caption>` +
    `<thead><tr><th scope="col">${escapeText(metric.step ?? 'step')}</th><th scope="col">median</th><th scope="col">lowest</th><th scope="col">highest</th><th scope="col">seeds</th></tr></thead>` +
    `${bodies.join('')}</table></div></details>`
  );
}
