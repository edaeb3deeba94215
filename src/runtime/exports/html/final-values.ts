import type { Metric } from '../../sdk/experiment.ts';
import { armSwatch } from './arm-style.ts';
import { escapeText } from './escape.ts';
import type { ChartArm } from './drawn-arm.ts';
import { writeNumber } from './number.ts';

/** A metric with what each arm logged of it. */
export interface MetricArms {
  readonly name: string;
  readonly metric: Metric;
  readonly arms: readonly (ChartArm & { readonly competes: boolean })[];
}

/** A table of the last values: for each arm and metric the median over seeds and the range; the best of each is marked. */
export function finalValuesTable(metrics: readonly MetricArms[], about: (arm: string) => string): string {
  const columns = metrics.map(({ metric, arms }) => {
    const finals = arms.map(({ trials }) =>
      summarise(trials.map(({ steps, values }) => values[steps.length - 1] ?? NaN)),
    );
    const competing = finals.filter((final, index) => arms[index]!.competes && !Number.isNaN(final.median));
    const medians = competing.map(({ median }) => median);
    const best =
      metric.better === 'neither' || medians.length < 2
        ? NaN
        : metric.better === 'lower'
          ? Math.min(...medians)
          : Math.max(...medians);
    return { finals, best, arms };
  });
  const heads = metrics.map(
    ({ name, metric }) =>
      `<th scope="col"><span class="name">${escapeText(name)}</span><br>${escapeText(metric.unit)}</th>`,
  );
  const rows = (metrics[0]?.arms ?? []).map(({ name, style }, row) => {
    const cells = columns.map(({ finals, best, arms }) => {
      const { median, low, high, missing } = finals[row]!;
      const marked = arms[row]!.competes && median === best;
      const note = missing === 0 ? '' : `<br><span class="unit">${missing} not finite or missing</span>`;
      if (Number.isNaN(median)) return `<td>–${note}</td>`;
      return `<td${marked ? ' class="strong"' : ''}>${writeNumber(median)}${marked ? '<span class="best"> best</span>' : ''}<br><span class="unit">${writeNumber(low)} to ${writeNumber(high)}</span>${note}</td>`;
    });
    return `<tr><th scope="row">${armSwatch(style)} ${escapeText(name)}<br><span class="about">${escapeText(about(name))}</span></th>${cells.join('')}</tr>`;
  });
  return (
    '<div class="scroll" tabindex="0" role="group" aria-label="Final values"><table class="finals">' +
    '<caption>Last logged values: median over seeds, and lowest to highest</caption>' +
    `<thead><tr><th scope="col">arm</th>${heads.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
  );
}

interface Summary {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Seeds without a finite last value, which take no part. */
  readonly missing: number;
}

function summarise(values: readonly number[]): Summary {
  const finite = values.filter((value) => Number.isFinite(value)).sort((one, other) => one - other);
  const middle = finite.length >>> 1;
  const median =
    finite.length === 0 ? NaN : finite.length % 2 === 1 ? finite[middle]! : (finite[middle - 1]! + finite[middle]!) / 2;
  return { median, low: finite[0] ?? NaN, high: finite.at(-1) ?? NaN, missing: values.length - finite.length };
}
