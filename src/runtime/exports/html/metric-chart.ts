import type { Metric } from '../../sdk/experiment.ts';
import { createBand } from './band.ts';
import { curveChart } from './curve-chart.ts';
import { dataTable } from './data-table.ts';
import type { Chart, ChartArm, DrawnArm } from './drawn-arm.ts';
import { escapeText } from './escape.ts';
import { writeAmount, writeNumber } from './number.ts';
import { rangeChart } from './range-chart.ts';

/**
 * A metric as a chart, what it shows in words, and its numbers in a table that can be unfolded. In pieces, some of them
 * empty, none of which takes long to make.
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
  const once = drawn.every(({ band }) => band.steps.length === 1);
  const { pieces, logarithmic } = (once ? rangeChart : curveChart)(id, name, metric, drawn);
  yield '<figure class="chart">';
  yield* pieces;
  yield `<figcaption>${caption(drawn, metric, once, logarithmic, count)}</figcaption></figure>`;
  yield dataTable(name, metric, drawn);
}

const directions: Readonly<Record<Metric['better'], string>> = {
  lower: ' Lower is better.',
  higher: ' Higher is better.',
  neither: '',
};

function caption(
  arms: readonly DrawnArm[],
  metric: Metric,
  once: boolean,
  logarithmic: Chart['logarithmic'],
  count: number,
): string {
  const seeds = arms.map(({ trials }) => trials.length);
  const fewest = Math.min(...seeds);
  const most = Math.max(...seeds);
  const [middle, range] = once ? ['Dot', 'bar'] : ['Line', 'band'];
  const over =
    most === 1
      ? 'One seed an arm.'
      : `${middle}: median over ${fewest === most ? most : `${fewest} to ${most}`} seeds; ${range}: their whole range.`;
  const source = once
    ? `Logged once, at ${metric.step ?? 'step'} ${[...new Set(arms.map(({ band }) => writeNumber(band.steps[0]!, 9)))].join(', ')}.`
    : `Drawn from ${writeAmount(count, 'logged point')}, reduced only where several fall on one pixel.`;
  const sentences = [`${over}${directions[metric.better]} ${source}`];
  const misses = countMisses(arms, logarithmic);
  if (misses.notFinite > 0) {
    const marked = once ? '' : ' marked × on the upper edge, and';
    sentences.push(`${writeAmount(misses.notFinite, 'value')} not finite:${marked} left out of median and range.`);
  }
  if (misses.offAxis > 0) {
    sentences.push(
      `${writeAmount(misses.offAxis, 'point')} at or below 0, where a logarithmic axis has no place for them.`,
    );
  }
  return escapeText(sentences.join(' '));
}

function countMisses(
  arms: readonly DrawnArm[],
  logarithmic: Chart['logarithmic'],
): { notFinite: number; offAxis: number } {
  let notFinite = 0;
  let offAxis = 0;
  for (const { trials } of arms) {
    for (const { steps, values } of trials) {
      for (let index = 0; index < steps.length; index++) {
        const value = values[index]!;
        if (!Number.isFinite(value)) notFinite++;
        else if ((logarithmic.values && value <= 0) || (logarithmic.steps && steps[index]! <= 0)) offAxis++;
      }
    }
  }
  return { notFinite, offAxis };
}
