import type { Metric } from '../../sdk/experiment.ts';
import type { DrawnArm } from './drawn-arm.ts';
import { escapeText } from './escape.ts';
import { writeCount, writeNumber } from './number.ts';

/** Rows of an arm. */
const mostRows = 200;

/** The numbers of a chart, to unfold: for each arm the median and range of its seeds over steps. */
export function dataTable(name: string, metric: Metric, arms: readonly DrawnArm[]): string {
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
    `<div class="scroll" tabindex="0" role="group" aria-label="${escapeText(`Numbers of ${name}`)}"><table class="numbers">` +
    `<caption>${escapeText(`${name} in ${metric.unit} over seeds${note}`)}</caption>` +
    `<thead><tr><th scope="col">${escapeText(metric.step ?? 'step')}</th><th scope="col">median</th><th scope="col">lowest</th><th scope="col">highest</th><th scope="col">seeds</th></tr></thead>` +
    `${bodies.join('')}</table></div></details>`
  );
}
